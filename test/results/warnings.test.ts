/** Warnings that differ in their numbers alone are one; others stay apart. */
import { expect, test } from 'vitest';
import { gatheredWarnings } from '../../results/report/warnings.js';

const row = (point: number, warnings: string | null) => ({ point, warnings });

test('one kind of warning is told once, with the range of its numbers and its points', () => {
  const rows = [
    row(3, 'half-width 4.4 %, not 2 %'),
    row(4, null),
    row(5, 'half-width 11.9 %, not 2 %; 1999 transactions were waiting'),
    row(6, 'half-width 2.6 %, not 2 %'),
  ];
  expect(gatheredWarnings(rows)).toEqual([
    { text: 'half-width 2.6 to 11.9 %, not 2 %', points: 'points 3, 5–6' },
    { text: '1999 transactions were waiting', points: 'point 5' },
  ]);
});

test('of lists that differ the first is an example', () => {
  const rows = [
    row(1, 'no answer in 72 ms: client 0 waits for an ACK, and 3 more'),
    row(2, 'no answer in 50 ms: client 1 waits for the group'),
  ];
  expect(gatheredWarnings(rows)).toEqual([
    { text: 'no answer in 50 to 72 ms, for example: client 0 waits for an ACK, and 3 more', points: 'points 1–2' },
  ]);
});

test('canary: warnings of other words stay apart', () => {
  expect(gatheredWarnings([row(1, 'too few commits'), row(2, 'too few clients')])).toHaveLength(2);
});
