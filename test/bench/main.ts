/**
 * `npm run bench`: how fast the engine is, printed as tables and written as JSON (`--json FILE`). Figures depend on the
 * machine; the ratios against the reference loop, taken in the same run, are what can be compared between machines.
 * `--record FILE` writes a baseline for `acklab compare`.
 */
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { writeBaseline } from '../../results/baseline.js';
import { timeDuels } from './duel.js';
import type { Latency, Rate } from './result.js';
import { recordRound, recordRounds } from './rounds.js';
import { timeSweep } from './sweep.js';
import { timeTasks } from './tasks.js';
import { benchThreads } from './threads.js';
import { timeWakes } from './wake-latency.js';

const options = {
  json: { type: 'string' },
  record: { type: 'string' },
  round: { type: 'boolean' },
  seconds: { type: 'string', default: '2' },
} as const;
const { values } = parseArgs({ options });
if (values.round) {
  console.log(JSON.stringify(recordRound()));
  process.exit();
}
if (values.record !== undefined) {
  writeBaseline(values.record, recordRounds());
  process.exit();
}
const seconds = Number(values.seconds);
console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}`);
const tasks = await timeTasks(seconds);
printRates('one thread', tasks);
const sweeps = [await timeSweep(Math.max(3, Math.round(3 * seconds)), tasks[0]!.median)];
printRates('several workers', sweeps);
const duels = await timeDuels(Math.max(5, Math.round(40 * seconds)));
printRates('shared memory', duels);
const latencies = await timeWakes(Math.max(100, Math.round(1000 * seconds)));
printLatencies(latencies);
const threads = await benchThreads(seconds);
// What runs beside a duel takes the core of one of its sides, and it is that which is measured then.
const load = loadavg()[0]!;
if (load > cpus().length + 1) {
  console.log(
    `warning: ${load.toFixed(1)} threads want to run on ${cpus().length} cores, so what two threads do is not`,
  );
  console.log('what they could do; run this again when nothing else does');
}
if (values.json) {
  const results = [...tasks, ...sweeps, ...duels];
  writeFileSync(
    values.json,
    `${JSON.stringify({ node: process.version, load, results, latencies, threads }, null, 2)}\n`,
  );
}

function printRates(title: string, rates: readonly Rate[]): void {
  const number = (value: number): string => Math.round(value).toLocaleString('en');
  const table = tableOf(title, 'median', 'p25', 'best', 'unit', 'ratio to reference', 'times its rival (p25 to p75)');
  for (const { name, unit, median, low, high, ratio, rival } of rates) {
    const times = rival ? `${rival.ratio.toFixed(1)} (${rival.low.toFixed(1)} to ${rival.high.toFixed(1)})` : '';
    table.push([name, number(median), number(low), number(high), unit, ratio.toPrecision(3), times]);
  }
  console.log(table.toString());
}

function printLatencies(found: readonly Latency[]): void {
  const table = tableOf('latency', 'p50', 'p99', 'unit', 'samples');
  for (const { name, p50_us, p99_us, samples } of found) {
    table.push([name, p50_us.toFixed(1), p99_us.toFixed(1), 'µs', samples]);
  }
  console.log(table.toString());
}

function tableOf(...head: string[]) {
  return new Table({ head, style: { head: [], border: [] } });
}
