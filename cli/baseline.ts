import { Command } from 'commander';
import { writeBaseline } from '../results/baseline.js';
import { recordedRun } from '../results/recorded-runs.js';
import { openRun } from '../results/store.js';
import { InputError } from '../workloads/input-error.js';
import { EXIT_DONE } from './exit-code.js';
import type { Io } from './io.js';
import type { RunWork } from './run-work.js';

const BASELINES_FOLDER = 'results/baselines';

const EXAMPLES = `
Examples:
  acklab baseline save results/<run>                    to ${BASELINES_FOLDER}/<workload>.json; commit it
  acklab baseline save results/<run> --out nightly.json
  acklab compare ${BASELINES_FOLDER}/default.json results/<later run>`;

export const baselineCommand = (io: Io, run: RunWork): Command => {
  const command = new Command('baseline')
    .description('keep a run as a small file that later ones are held against')
    .usage('save <directory>')
    .addHelpText('after', EXAMPLES);
  command
    .command('save')
    .description('write the baseline of a run, over the one that is there')
    .argument('<directory>', 'a complete run directory')
    .option('--out <file>', `the file (default: ${BASELINES_FOLDER}/<workload>.json)`)
    .addHelpText('after', EXAMPLES)
    .action((directory: string, { out }: { out?: string }) =>
      run(() => {
        const recorded = recordedRun(openRun(directory));
        const path = out ?? `${BASELINES_FOLDER}/${recorded.workload}.json`;
        if (!path.endsWith('.json')) throw new InputError(`--out ${path}: a baseline is JSON; name it ${path}.json`);
        writeBaseline(path, recorded);
        io.stdout.write(`${path}\n`);
        return EXIT_DONE;
      }),
    );
  return command;
};
