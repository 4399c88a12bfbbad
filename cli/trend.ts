import { Command } from 'commander';
import { RUNS_LEAST } from '../analysis/change-points.js';
import { quantityText } from '../analysis/chart-columns.js';
import { changeText, metricText } from '../analysis/comparison-text.js';
import { type Trend, type TrendSeries, trendOf } from '../analysis/trend.js';
import { changedSeries, runText, trendFinding } from '../analysis/trend-chart.js';
import { openRecordedRun } from '../results/recorded-runs.js';
import { writeTrend } from '../results/trend-files.js';
import { EXIT_DONE } from './exit-code.js';
import type { Io } from './io.js';
import { thresholdOption } from './options.js';
import { type Progress, startProgress } from './progress.js';
import type { RunWork } from './run-work.js';
import { plainTable } from './table.js';

interface TrendCommandOptions {
  readonly threshold: number;
  readonly out?: string;
  readonly json?: true;
  readonly quiet?: true;
}

const EXAMPLES = `
Examples:
  acklab trend results/*-nightly                      where throughput or latency changed, and what moved it
  acklab trend results/*-nightly --out trend          also as trend.csv, trend.svg and trend.png
  acklab trend results/baselines/default.json results/*-default --json | jq '.series[] | select(.changes != [])'

Runs are taken in the order in which they were started.`;

export const trendCommand = (io: Io, run: RunWork): Command =>
  new Command('trend')
    .description('find where the results of many runs of one workload changed')
    .argument('<runs...>', 'run directories, or baselines')
    .addOption(thresholdOption())
    .option('--out <dir>', 'write the history there as trend.csv, and its chart as trend.svg, .png and .vl.json')
    .option('--json', 'print one JSON object instead of the table')
    .option('--quiet', 'print neither progress nor table')
    .addHelpText('after', EXAMPLES)
    .action((paths: string[], options: TrendCommandOptions) => run(() => trend(io, paths, options)));

async function trend(io: Io, paths: readonly string[], options: TrendCommandOptions): Promise<number> {
  const runs = paths.map(openRecordedRun);
  let progress: Progress | undefined;
  let left = 0;
  const found = trendOf(runs, {
    threshold: options.threshold,
    onStart: (series) => {
      left = series;
      const work = { total: series, measured: 0, milliseconds: 0, unit: 'quantities' };
      progress = startProgress(io, work, options.quiet === true);
    },
    // What changed is tested again, part by part; that is not counted.
    onSeries: () => {
      if (left-- > 0) progress?.step();
    },
  });
  progress?.stop();
  if (options.json) io.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
  else if (!options.quiet) io.stdout.write(describe(found));
  if (found.untested > 0) {
    io.stderr.write(
      `acklab: ${found.untested} measured quantities are left out: they need ${RUNS_LEAST} runs at least\n`,
    );
  }
  if (options.out !== undefined) io.stderr.write(`${await writeTrend(options.out, found)}\n`);
  return EXIT_DONE;
}

/** More rows are for --json. */
const ROWS_MOST = 40;

function describe(trend: Trend): string {
  const changes = changedSeries(trend).flatMap((series) => series.changes.map((change) => ({ series, change })));
  if (changes.length === 0) return `${trendFinding(trend)}\n`;
  const rest = changes.length - ROWS_MOST;
  const table = plainTable(
    ['answer', 'quantity', 'since the run of', 'before', 'after', 'change'],
    changes
      .slice(0, ROWS_MOST)
      .map(({ series, change }) => [
        change.answer,
        `${metricText(series.metric)}, ${series.part}: ${series.point}`,
        runText(runAt(trend, series, change.at)),
        quantityText(series.metric, change.before, 4),
        quantityText(series.metric, change.after, 4),
        changeText(change.ratio),
      ]),
  );
  const more = rest > 0 ? `and ${rest} more; --json has all\n` : '';
  return `${trendFinding(trend)}\n\n${table}${more}\n${causes(trend)}`;
}

const runAt = (trend: Trend, series: TrendSeries, at: number): Trend['runs'][number] => trend.runs[series.runs[at]!]!;

/** One line for each run with which something changed. */
function causes(trend: Trend): string {
  const byRun = new Map<string, Set<string>>();
  for (const series of changedSeries(trend)) {
    for (const { at, because } of series.changes) {
      const run = runAt(trend, series, at);
      const key = `${runText(run)} (${run.name})`;
      byRun.set(key, new Set([...(byRun.get(key) ?? []), ...because]));
    }
  }
  const lines = [...byRun].sort(([a], [b]) => a.localeCompare(b));
  return lines.map(([run, because]) => `${run}: changed: ${[...because].join('; ') || 'nothing recorded'}\n`).join('');
}
