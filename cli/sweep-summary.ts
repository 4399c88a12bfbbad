import { join } from 'node:path';
import { styleText } from 'node:util';
import { timeText } from '../analysis/chart-columns.js';
import { type SeriesSummary, summarizePart } from '../analysis/summary.js';
import type { TimelineRun } from '../analysis/timeline.js';
import type { Published } from '../results/publish.js';
import { ROWS_FILE, type RunDirectory } from '../results/store.js';
import { TIMELINE_FILE, timelines } from '../results/timelines.js';
import type { Io } from './io.js';
import { plainTable } from './table.js';

export interface SweepEnd {
  readonly published: Published;
  /** Of this session; a resumed run has more. */
  readonly points: number;
  readonly simulationSeconds: number;
  readonly wallSeconds: number;
}

const rate = ({ points, simulationSeconds }: SweepEnd): number => points / Math.max(simulationSeconds, 0.001);

export function printSummary(io: Io, run: RunDirectory, end: SweepEnd, options: { json?: true; quiet?: true }): void {
  if (options.json) io.stdout.write(`${JSON.stringify(summaryObject(run, end), null, 2)}\n`);
  else if (!options.quiet) io.stdout.write(summaryText(io, run, end));
  for (const problem of end.published.undrawn) io.stderr.write(`acklab: warning: not drawn: ${problem}\n`);
  const warned = run.manifest.warnings.length;
  if (warned > 0 && !options.quiet) {
    const points = warned === 1 ? '1 point carries a warning' : `${warned} points carry warnings`;
    io.stderr.write(`acklab: ${points}; see the report, or the last columns of ${join(run.path, ROWS_FILE)}\n`);
  }
}

function summaryObject(run: RunDirectory, end: SweepEnd): object {
  const runs = timelines(run);
  return {
    directory: run.path,
    report: end.published.report,
    observations: join(run.path, ROWS_FILE),
    ...(runs.length === 0 ? {} : { timeline: join(run.path, TIMELINE_FILE), runs: runs.map(timelineObject) }),
    workload: run.manifest.workload.name,
    points: run.rows().length + runs.length,
    points_run_now: end.points,
    points_per_second: Number(rate(end).toFixed(1)),
    wall_seconds: Number(end.wallSeconds.toFixed(3)),
    findings: end.published.findings,
    undrawn: end.published.undrawn,
    warnings: run.manifest.warnings,
  };
}

function summaryText(io: Io, run: RunDirectory, end: SweepEnd): string {
  // Node looks at the stream, NO_COLOR and FORCE_COLOR.
  const bold = (text: string) => styleText('bold', text, { stream: io.stdout });
  const rows = run.rows();
  const runs = timelines(run);
  const parts = run.manifest.parts.map((part) => {
    const series = summarizePart(
      part.charts,
      rows.filter((row) => row.part === part.name),
    );
    const findings = end.published.findings.filter((finding) => finding.part === part.name);
    const sentences = findings.map(({ finding }) => `  ${finding}\n`).join('');
    const ofTimelines = runs.filter((one) => one.part === part.name);
    if (ofTimelines.length > 0) return `${bold(part.title)}\n${part.question}\n\n${indent(timelineTable(ofTimelines))}`;
    return `${bold(part.title)}\n${sentences}\n${indent(seriesTable(series))}`;
  });
  const { points, simulationSeconds, wallSeconds } = end;
  const speed =
    `${points} points in ${simulationSeconds.toFixed(1)} s (${rate(end).toFixed(0)} points/s), ` +
    `charts and report in ${(wallSeconds - simulationSeconds).toFixed(1)} s`;
  const data = runs.length === 0 ? ROWS_FILE : TIMELINE_FILE;
  return `\n${parts.join('\n')}\n${speed}\n${join(run.path, data)}\n${bold(end.published.report)}\n`;
}

/** What a script wants of a run: all but the intervals, which are in the file. */
function timelineObject({ point, part, variant, result }: TimelineRun): object {
  const { intervals, events, ...sums } = result;
  return { point, part, variant, ...sums };
}

const timelineTable = (runs: readonly TimelineRun[]): string =>
  plainTable(
    ['', 'stall', 'waiting', 'commits', 'unprotected', 'OFF', 'ON again after'],
    runs.map(({ variant, result }) => [
      variant,
      timeText(result.longest_stall.duration_us),
      result.committing_sessions_most,
      result.commits,
      result.unprotected,
      result.off_us === 0 ? 'never' : timeText(result.off_us),
      result.off_us === 0 ? '' : result.recovery_us === null ? 'not in this run' : timeText(result.recovery_us),
    ]),
  );

/** More curves than this are for the report. */
const SERIES_SHOWN = 5;

function seriesTable(series: readonly SeriesSummary[]): string {
  const shown = series.slice(0, SERIES_SHOWN);
  const table = plainTable(
    ['', 'lowest', 'highest', 'p95 there', 'there'],
    shown.map((row) => [row.series, row.lowest, row.highest, row.latencyThere, row.highestAt]),
  );
  const more = series.length - shown.length;
  return more > 0 ? `${table}and ${more} more\n` : table;
}

const indent = (text: string): string => text.replaceAll(/^(?=.)/gm, '  ');
