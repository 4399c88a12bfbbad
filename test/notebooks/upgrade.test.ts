/** The factors of seven changes: alone, last, and averaged over all orders, on servers whose answer is known. */
import { describe, expect, test } from 'vitest';
import type { Observed } from '../../notebooks/rows.js';
import {
  all,
  alone,
  average,
  CHANGES,
  everywhere,
  gaps,
  keys,
  last,
  madeBy,
  measuredLike,
  serversAt,
  splitByKeys,
} from '../../notebooks/upgrade.js';

const CHOICES = ['redo_flush=per-group', '', 'log_lock_in_fsync=released', 'binlog_reader=lock-free'];
const MORE = ['ack_collector=receiver-thread', 'waiter_wakeup=covered'];

/** A server with the changes of `made`, that commits `tps` known to a percent. */
function server(made: number, tps: number): Observed {
  const variant = [...CHOICES, ...MORE].filter((text, bit) => text !== '' && (made >> bit) & 1).join(', ');
  return {
    variant,
    events_per_tx: (made >> 1) & 1 ? 5 : 4,
    wait_point: (made >> 6) & 1 ? 'AFTER_SYNC' : 'AFTER_COMMIT',
    rtt_us: 1000,
    clients: 16,
    tps,
    tps_ci95_low: tps / 1.01,
    tps_ci95_high: tps * 1.01,
  } as Observed;
}

const SITUATION = { rtt_us: 1000, clients: 16 };
const rowsOf = (tps: (made: number) => number): Observed[] =>
  Array.from({ length: 128 }, (_, made) => server(made, tps(made)));
const serversOf = (tps: (made: number) => number) => serversAt(rowsOf(tps), SITUATION);
const has = (made: number, bit: number): boolean => ((made >> bit) & 1) === 1;

/** Every change a factor of its own, whatever the others: bricks on a pile. */
const FACTORS = [1.1, 0.9, 1.2, 1, 3, 2, 1.5];
const pile = serversOf((made) => FACTORS.reduce((tps, factor, bit) => (has(made, bit) ? tps * factor : tps), 1000));
/** Any of the last three opens one lock. */
const lock = serversOf((made) => (made >> 4 === 0 ? 1000 : 9000));

describe('servers', () => {
  test('are told apart by their changes, in any order of the rows', () => {
    const rows = rowsOf((made) => 1000 + made).reverse();
    expect(serversAt(rows, SITUATION).map(({ tps }) => tps - 1000)).toEqual(Array.from({ length: 128 }, (_, i) => i));
    expect(rows.map(madeBy)).toEqual(Array.from({ length: 128 }, (_, i) => 127 - i));
  });

  test('canary: one that is missing is noticed', () => {
    expect(() => serversAt(rowsOf(() => 1000).slice(1), SITUATION)).toThrow('127 of 128 servers');
  });
});

describe('of changes that do not touch each other', () => {
  test('each brings the same first, last, on average and in all 64 places', () => {
    FACTORS.forEach((factor, bit) => {
      for (const one of [alone(pile, bit), last(pile, bit), average(pile, bit), ...everywhere(pile, bit)]) {
        expect(one.ratio).toBeCloseTo(factor, 10);
      }
      expect(everywhere(pile, bit)).toHaveLength(64);
    });
  });

  test('intervals widen by the square root of two from one throughput to a ratio', () => {
    const { ratio, high } = alone(pile, 4);
    expect(Math.log(high / ratio)).toBeCloseTo(Math.SQRT2 * Math.log(1.01), 10);
  });

  test('an average over many servers is known better than any of them', () => {
    const { low, ratio } = average(pile, 4);
    expect(Math.log(ratio / low)).toBeLessThan(Math.log(1.01));
    expect(low).toBeLessThan(ratio);
  });
});

describe('of changes that all open one lock', () => {
  test('each brings everything first, nothing last, and they share the credit', () => {
    for (const bit of [4, 5, 6]) {
      expect(alone(lock, bit).ratio).toBeCloseTo(9, 10);
      expect(last(lock, bit).ratio).toBeCloseTo(1, 10);
      expect(average(lock, bit).ratio).toBeCloseTo(9 ** (1 / 3), 10);
    }
    expect(average(lock, 0).ratio).toBeCloseTo(1, 10);
  });

  test('they are its keys, and split the servers', () => {
    expect(keys(lock)).toEqual([4, 5, 6]);
    const { none, some } = splitByKeys(lock, keys(lock));
    expect(none).toEqual({ servers: 16, slowest: 1000, fastest: 1000 });
    expect(some).toEqual({ servers: 112, slowest: 9000, fastest: 9000 });
  });
});

test('averages multiply to the whole gain, however the changes play together', () => {
  const odd = serversOf((made) => 1000 + ((made * 7919) % 1009));
  const product = CHANGES.reduce((sum, _, bit) => sum * average(odd, bit).ratio, 1);
  expect(product).toBeCloseTo(all(odd).ratio, 10);
});

test('the model is held against the rows that were measured like it', () => {
  const measured = (profile: string, wait_point: string, tps: number) =>
    ({
      ...server(0, tps),
      profile,
      wait_point,
      replicas: 1,
      binlog_fsync_us: 100,
      sync_binlog: 1,
      sync_relay_log: 10000,
    }) as Observed;
  const rows = [measured('mysql-5.6', 'AFTER_COMMIT', 800), measured('mysql-5.7', 'AFTER_COMMIT', 4000)];
  expect(measuredLike(rows)).toEqual([rows[0]]);
  const model = [{ ...server(0, 1000), profile: 'mysql-5.6' }] as Observed[];
  expect(gaps(measuredLike(rows), model).map(({ error }) => error)).toEqual([0.25]);
});
