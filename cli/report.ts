import { Command } from 'commander';
import { defaultJobs } from '../engine/runtimes/pool/run-points.js';
import { publish } from '../results/publish.js';
import { openRun } from '../results/store.js';
import { EXIT_DONE, EXIT_INTERRUPTED } from './exit-code.js';
import { withInterrupt } from './interrupt.js';
import type { Io } from './io.js';
import type { RunWork } from './run-work.js';

export const reportCommand = (io: Io, run: RunWork): Command =>
  new Command('report')
    .description("draw a run's charts and write its report anew, from the run directory alone")
    .argument('<directory>', 'a run directory, complete or not')
    .addHelpText('after', '\nExample:\n  acklab report results/<run>')
    .action((directory: string) =>
      run(() =>
        withInterrupt(async (signal) => {
          const published = await publish(openRun(directory), { jobs: defaultJobs(), signal });
          if (published === 'interrupted') {
            io.stderr.write(`acklab: interrupted; go on with: acklab report ${directory}\n`);
            return EXIT_INTERRUPTED;
          }
          for (const problem of published.undrawn) io.stderr.write(`acklab: warning: not drawn: ${problem}\n`);
          io.stdout.write(`${published.report}\n`);
          return EXIT_DONE;
        }),
      ),
    );
