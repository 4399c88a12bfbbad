import { join } from 'node:path';
import { Command, Option } from 'commander';
import { formatRows, ROW_FORMATS, type RowFormat } from '../results/row-formats.js';
import { openRun } from '../results/store.js';
import { TIMELINE_FILE, timelinePoints } from '../results/timelines.js';
import { InputError } from '../workloads/input-error.js';
import { unknownName } from '../workloads/nearest.js';
import { EXIT_DONE } from './exit-code.js';
import type { Io } from './io.js';
import type { RunWork } from './run-work.js';

export const exportCommand = (io: Io, run: RunWork): Command =>
  new Command('export')
    .description("print a run's observations to stdout")
    .argument('<directory>', 'a run directory, complete or not')
    .addOption(new Option('--format <name>', 'how to print them').choices(ROW_FORMATS).default('csv'))
    .option('--part <name>', 'only the points of this part')
    .addHelpText('after', '\nExample:\n  acklab export results/<run> --part latency --format json | jq .[0].tps')
    .action((directory: string, options: { format: RowFormat; part?: string }) =>
      run(() => {
        const opened = openRun(directory);
        const parts = opened.manifest.parts.map((part) => part.name);
        if (options.part !== undefined && !parts.includes(options.part)) {
          throw new InputError(`${directory}: ${unknownName('part', options.part, parts)}`);
        }
        const rows = opened.rows().filter((row) => options.part === undefined || row.part === options.part);
        if (rows.length === 0 && timelinePoints(opened).size > 0) {
          throw new InputError(
            `${directory}: holds no steady points; its timelines are in ${join(directory, TIMELINE_FILE)}`,
          );
        }
        io.stdout.write(formatRows(rows, options.format));
        return EXIT_DONE;
      }),
    );
