import { join } from 'node:path';
import { Command, Option } from 'commander';
import { SWEEP_COLUMNS, type SweepRow } from '../analysis/row.js';
import { formatRows, ROW_FORMATS, type RowFormat } from '../results/row-formats.js';
import { openRun } from '../results/store.js';
import { TIMELINE_FILE, timelinePoints } from '../results/timelines.js';
import { InputError } from '../workloads/input-error.js';
import { unknownName } from '../workloads/nearest.js';
import { EXIT_DONE } from './exit-code.js';
import type { Io } from './io.js';
import type { RunWork } from './run-work.js';
import { plainTable } from './table.js';

interface ExportOptions {
  readonly format: RowFormat;
  readonly part?: string;
  readonly columns?: string;
}

const EXAMPLES = `
Examples:
  acklab export results/<run> --part latency --format json | jq .[0].tps
  acklab export results/<run> --columns rtt_us,clients,tps,tps_ci95_low,tps_ci95_high`;

export const exportCommand = (io: Io, run: RunWork): Command =>
  new Command('export')
    .description("print a run's observations to stdout")
    .argument('<directory>', 'a run directory, complete or not')
    .addOption(new Option('--format <name>', 'how to print them').choices(ROW_FORMATS).default('csv'))
    .option('--part <name>', 'only the points of this part')
    .addOption(new Option('--columns <names>', 'a table of these columns, rounded, for people').conflicts('format'))
    .addHelpText('after', EXAMPLES)
    .action((directory: string, options: ExportOptions) =>
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
        const { columns } = options;
        io.stdout.write(columns === undefined ? formatRows(rows, options.format) : tableOf(rows, columns));
        return EXIT_DONE;
      }),
    );

function tableOf(rows: readonly SweepRow[], list: string): string {
  const names = list.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !(SWEEP_COLUMNS as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw new InputError(`--columns ${list}: ${unknownName('column', unknown, SWEEP_COLUMNS)}`);
  const columns = names as (keyof SweepRow)[];
  return plainTable(
    columns,
    rows.map((row) => columns.map((column) => rounded(row[column]))),
  );
}

/** Three digits are within the interval of nearly every point; whole numbers stay whole. */
const rounded = (value: string | number | null): string | number | null =>
  typeof value !== 'number' || Number.isInteger(value)
    ? value
    : Math.abs(value) >= 100
      ? Math.round(value)
      : Number(value.toPrecision(3));
