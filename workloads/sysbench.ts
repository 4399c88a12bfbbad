/**
 * sysbench's own report text, as `sysbench … run` prints it (0.4 to 1.0): the lines for threads, rate and mean latency.
 * A file may hold several reports one after the other, with anything between them.
 */
import { InputError } from './input-error.js';
import type { LoadRow } from './load-rows.js';

const THREADS = /^Number of threads:\s*(\d+)\s*$/;
const TRANSACTIONS = /^\s*transactions:\s+\d+\s+\(([\d.]+) per sec\.\)/;
/** What tests without a database print in its place. */
const EVENTS = /^\s*(?:events per second|events\/s \(eps\)):\s+([\d.]+)\s*$/;
/** 1.0 names the unit above, older ones behind each number: both are ms. */
const AVERAGE = /^\s*avg:\s+([\d.]+)(?:ms)?\s*$/;

export const isSysbench = (text: string): boolean => /^Number of threads:\s*\d+\s*$/m.test(text);

interface Report {
  readonly threads: number;
  readonly line: number;
  transactions?: number;
  events?: number;
  average_ms?: number;
}

/** `name`: the file, as errors name it. Throws `InputError`. */
export function sysbenchRows(text: string, name: string): LoadRow[] {
  const reports: Report[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const threads = THREADS.exec(line);
    if (threads !== null) reports.push({ threads: Number(threads[1]), line: index + 1 });
    const report = reports.at(-1);
    if (report === undefined) continue;
    const number = (pattern: RegExp): number | undefined => {
      const found = pattern.exec(line)?.[1];
      return found === undefined ? undefined : Number(found);
    };
    report.transactions ??= number(TRANSACTIONS)!;
    report.events ??= number(EVENTS)!;
    report.average_ms ??= number(AVERAGE)!;
  }
  return reports.map(({ threads, line, transactions, events, average_ms }) => {
    const tps = transactions ?? events;
    const place = `${name}:${line}`;
    if (tps === undefined) {
      throw new InputError(
        `${place}: the report that begins here has no line "transactions: … (… per sec.)"; was its run cut short? take it out, or run it again`,
      );
    }
    if (!(tps > 0)) throw new InputError(`${place}: the report that begins here did no transaction; take it out`);
    if (threads < 1) throw new InputError(`${place}: ${threads} threads can do nothing; take the report out`);
    const latency_mean_us = average_ms === undefined ? null : average_ms * 1000;
    return { clients: threads, tps, tps_low: null, tps_high: null, latency_mean_us, cells: {} };
  });
}
