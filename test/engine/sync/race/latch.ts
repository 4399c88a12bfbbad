/** Several threads, one latch: what it guards is a counter and a record, read and written without atomics. */
import { checkRecord, countUp, RECORD_WORDS } from './record.js';
import type { Stage, Tally } from './stage.js';

/**
 * Allowed: the record is whole whenever the latch is held, and at the end it has counted every round of everybody.
 * `together`: 1 when they begin every round together.
 */
export function holder(stage: Stage): Tally {
  const { lockLatch, unlockLatch } = stage.engine.latch;
  const words = stage.arena.int32(1);
  const record = stage.arena.float64(RECORD_WORDS);
  const arrived = stage.arena.int32(1);
  const together = stage.option('together') === 1;
  stage.begin();
  let last = 0;
  for (let round = 0; round < stage.rounds; round++) {
    if (together) stage.meet(arrived, round);
    stage.waitsFor('the latch');
    lockLatch(words, 0);
    last = countUp(record);
    // Held for long now and then, so that the others go to sleep for it.
    if (stage.below(64) === 0) stage.dawdle(stage.below(2000));
    if (stage.below(256) === 0) stage.nap();
    checkRecord(record, last);
    unlockLatch(words, 0);
    stage.dawdle(stage.below(100));
    stage.round(round);
  }
  return { last };
}
