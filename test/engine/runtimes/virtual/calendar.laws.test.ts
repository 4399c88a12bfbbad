import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Calendar } from '../../../../engine/runtimes/virtual/calendar.js';

/** A small range of times, so that many events share an instant; `undefined` takes the next event out. */
const steps = fc.array(fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined, freq: 3 }), { maxLength: 400 });

test('events come out by time, and at one time in the order they went in', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 8 }), (sequence, capacity) => {
      const calendar = new Calendar(capacity);
      let oracle: { time: number; item: number }[] = [];
      const expectNext = (): void => {
        // Array.prototype.sort is stable: equal times stay in the order of insertion.
        oracle.sort((a, b) => a.time - b.time);
        expect(calendar.size).toBe(oracle.length);
        expect(calendar.nextTime()).toBe(oracle[0]?.time ?? Number.POSITIVE_INFINITY);
        if (oracle[0]) expect(calendar.nextItem()).toBe(oracle[0].item);
      };
      sequence.forEach((time, item) => {
        if (time !== undefined) {
          calendar.push(time, item);
          oracle.push({ time, item });
        } else if (oracle.length > 0) {
          calendar.pop();
          oracle = oracle.slice(1);
        }
        expectNext();
      });
      while (oracle.length > 0) {
        calendar.pop();
        oracle = oracle.slice(1);
        expectNext();
      }
    }),
    { numRuns: 300 },
  );
});
