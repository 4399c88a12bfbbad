import { fileURLToPath } from 'node:url';
import { defaultSettings } from '../../../../engine/protocol/parameters.js';
import type { Point } from '../../../../workloads/workload.js';

export const WORKER_DOUBLE = fileURLToPath(new URL('./worker-double.mjs', import.meta.url));

/** Points with 1, 2, 3 … clients, each of which keeps a worker busy for `busyMs`. */
export function somePoints(count: number, busyMs = 0): Point[] {
  return Array.from({ length: count }, (_, index) => ({
    index,
    part: 'growth',
    variant: '',
    swept: ['clients'],
    runtime: 'virtual',
    repetition: null,
    settings: {
      ...defaultSettings('mysql-5.7'),
      clients: index + 1,
      think: { kind: 'constant', mean: 1000 * busyMs },
    },
  }));
}
