import type { SweepRow } from '../../analysis/row.js';
import { SWEEP_COLUMNS } from '../../analysis/row.js';

/** A row with every column filled in; `changes` on top. */
export function someRow(point: number, changes: Partial<SweepRow> = {}): SweepRow {
  const blank = Object.fromEntries(SWEEP_COLUMNS.map((name) => [name, null])) as unknown as SweepRow;
  return {
    ...blank,
    runtime: 'virtual',
    profile: 'mysql-5.7',
    wait_point: 'AFTER_SYNC',
    replicas: 1,
    rtt_us: '1000',
    relay_fsync_us: '100',
    clients: 16,
    tps: 1234.5678901234567,
    point,
    part: 'latency',
    variant: '',
    ...changes,
  };
}
