/** Run directories that make a history. */
import { join } from 'node:path';
import { defaultSettings, type Settings } from '../../engine/protocol/parameters.js';
import { createRun } from '../../results/store.js';
import type { Point } from '../../workloads/workload.js';
import { someManifest } from './manifests.js';
import { someRow } from './rows.js';

export interface HistoryRun {
  /** Day of March 2026 on which it was started. */
  readonly day: number;
  readonly code?: string;
  readonly set?: Partial<Settings>;
  /** Throughput of each point, repetition by repetition. */
  readonly tps: Readonly<Record<number, readonly number[]>>;
}

/** Writes a complete run with a point for each number of clients, repeated by seed; gives its directory. */
export function writeHistoryRun(
  folder: string,
  { day, code = 'a', set, tps }: HistoryRun,
  runtime: 'virtual' | 'threads',
): string {
  const path = join(folder, `${String(day).padStart(2, '0')}-nightly`);
  const samples = Object.entries(tps).flatMap(([clients, values]) =>
    values.map((value, repetition) => ({ clients: Number(clients), value, seed: 42 + repetition })),
  );
  const points = samples.map(({ clients, seed }, index): Point => {
    const settings = { ...defaultSettings('mysql-5.7'), ...set, clients, seed };
    const repetition = runtime === 'threads' ? seed - 41 : null;
    return { index, part: 'growth', variant: '', swept: ['clients', 'seed'], settings, runtime, repetition };
  });
  const started = `2026-03-${String(day).padStart(2, '0')}T02:00:00.000Z`;
  const run = createRun(path, someManifest(points, { started, code: { 'engine/actors/committer': code } }));
  for (const [index, { clients, value, seed }] of samples.entries()) {
    run.append(someRow(index, { runtime, clients, seed, tps: value, latency_p95_us: (1.3e6 * clients) / value }));
  }
  run.finish({ status: 'complete', finished: null, wall_seconds: 1, warnings: [] });
  return path;
}
