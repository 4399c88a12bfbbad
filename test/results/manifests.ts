import { type Manifest, packParts, type RunRequest } from '../../results/store-manifest.js';
import type { Point } from '../../workloads/workload.js';
import { DEFAULT_THREADS } from './default-threads.js';

/** Nothing but what is said. */
export const someRequest = (changes: Partial<RunRequest>): RunRequest => ({
  workloads: [],
  set: [],
  calibrations: [],
  seed: null,
  precision: 0.05,
  runtime: null,
  threads: DEFAULT_THREADS,
  ...changes,
});

/** The record of a run of one part with the given points, not begun. */
export function someManifest(points: readonly Point[], changes: Partial<Manifest> = {}): Manifest {
  const part = {
    name: 'growth',
    title: 'Growth',
    question: 'How does throughput grow?',
    runtime: 'virtual' as const,
    points,
    charts: [{ name: 'growth', subject: 'throughput', x: 'clients', y: 'tps' }],
  };
  return {
    format: 1,
    acklab: '0.0.0-test',
    node: process.versions.node,
    workload: { name: 'growth', title: 'Growth', description: '', omitted: [] },
    request: someRequest({ workloads: ['growth'] }),
    jobs: 1,
    machine: { cpu_model: 'abacus', cores: 1, memory_bytes: 1, os: 'none' },
    status: 'running',
    started: '2026-01-02T03:04:05.678Z',
    finished: null,
    wall_seconds: 0,
    warnings: [],
    parts: packParts({ name: 'growth', title: 'Growth', description: '', parts: [part] }),
    ...changes,
  };
}
