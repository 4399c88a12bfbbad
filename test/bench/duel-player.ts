/** A worker thread that plays one side of all duels. The second side tells how long each run took. */

import type { MessagePort } from 'node:worker_threads';
import { parentPort, workerData } from 'node:worker_threads';
import { DUELS, type Duel, ROUND_TRIP, type Run, retry } from './duels.js';

export interface DuelData {
  readonly side: 0 | 1;
  readonly rounds: number;
  /** Index: duel. */
  readonly memories: readonly SharedArrayBuffer[];
  /** One word: how often a side has stood at the start. */
  readonly start: SharedArrayBuffer;
  readonly port: MessagePort;
}

const { side, rounds, memories, start, port } = workerData as DuelData;
const starts = new Int32Array(start);
let meetings = 0;

/** Both sides leave it at the same time. */
function meet(): void {
  meetings++;
  Atomics.add(starts, 0, 1);
  for (let tries = 0; Atomics.load(starts, 0) < 2 * meetings; ) tries = retry(tries);
}

/** One thread plays both sides, by turns. */
function playBoth([one, other]: readonly Run[], operations: number): void {
  for (let done = 0; done < operations; done += ROUND_TRIP) {
    void one!(ROUND_TRIP);
    void other!(ROUND_TRIP);
  }
}

function runsOf({ sides, inOneThread }: Duel, index: number): Run[] {
  const open = (which: 0 | 1): Run => sides[which](memories[index]!, port);
  if (!inOneThread) return [open(side)];
  return side === 1 ? [open(0), open(1)] : [];
}

const runs = DUELS.map(runsOf);
/** Index: duel; seconds, by round. */
const seconds: number[][] = DUELS.map(() => []);
for (let round = 0; round < rounds; round++) {
  for (const [index, { operations, inOneThread }] of DUELS.entries()) {
    const own = runs[index]!;
    meet();
    const from = performance.now();
    if (!inOneThread) await own[0]!(operations);
    else if (own.length > 0) playBoth(own, operations);
    // The mutex is shared by both: the run is over when the slower side is done.
    meet();
    seconds[index]!.push((performance.now() - from) / 1000);
  }
}
port.close();
parentPort?.postMessage(seconds);
