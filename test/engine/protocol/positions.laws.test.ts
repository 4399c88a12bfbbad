import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  BINLOG_START,
  eventEnd,
  eventEndAfter,
  eventsBetween,
  type TransactionShape,
  transactionShape,
} from '../../../engine/protocol/positions.js';

/** The oracle: every event's end, one after the other, from the start of the binlog. */
function everyEnd(shape: TransactionShape, transactions: number): number[] {
  const ends = [BINLOG_START];
  for (let t = 0; t < transactions; t++) {
    const start = BINLOG_START + t * shape.bytes;
    for (let index = 0; index < shape.events; index++) ends.push(eventEnd(shape, start, index));
  }
  return ends;
}

const shapes = fc
  .record({ events: fc.integer({ min: 1, max: 40 }), spare: fc.integer({ min: 0, max: 500 }) })
  .map(({ events, spare }) => transactionShape(events, 23 * events + spare));

test('a transaction of 480 bytes in 5 events, arithmetic shown', () => {
  const shape = transactionShape(5, 480);
  expect([0, 1, 2, 3, 4].map((index) => eventEnd(shape, 154, index))).toEqual([250, 346, 442, 538, 634]);
  const uneven = transactionShape(3, 100);
  expect([0, 1, 2].map((index) => eventEnd(uneven, 154, index))).toEqual([187, 220, 254]);
});

test('the ends of a transaction grow, and the last one is where the next begins', () => {
  fc.assert(
    fc.property(shapes, fc.integer({ min: 1, max: 5 }), (shape, transactions) => {
      const ends = everyEnd(shape, transactions);
      for (let i = 1; i < ends.length; i++) expect(ends[i]!).toBeGreaterThan(ends[i - 1]!);
      expect(ends.at(-1)).toBe(BINLOG_START + transactions * shape.bytes);
    }),
  );
});

test('eventsBetween and eventEndAfter agree with counting one by one', () => {
  fc.assert(
    fc.property(shapes, fc.nat(), fc.nat(), (shape, a, b) => {
      const ends = everyEnd(shape, 4);
      const from = Math.min(a % ends.length, b % ends.length);
      const to = Math.max(a % ends.length, b % ends.length);
      expect(eventsBetween(shape, ends[from]!, ends[to]!)).toBe(to - from);
      expect(eventEndAfter(shape, ends[from]!, to - from)).toBe(ends[to]);
    }),
  );
});

test('positions stay exact where a long run takes them: 2^40 bytes', () => {
  const shape = transactionShape(7, 1000);
  const transactions = 2 ** 40 / 8;
  const far = BINLOG_START + transactions * shape.bytes;
  expect(eventEndAfter(shape, BINLOG_START, transactions * 7)).toBe(far);
  expect(eventsBetween(shape, far, eventEndAfter(shape, far, 9))).toBe(9);
});
