/** Fibers of several threads, one mutex: what it guards is a counter and a record, read and written without atomics. */
import { Host, type Script } from './host.js';
import { checkRecord, countUp, RECORD_WORDS } from './record.js';
import type { Stage, Tally } from './stage.js';

const SERVED = 0;

/**
 * Allowed: the record is whole whenever the mutex is held; at the end it has counted every round of every fiber; under
 * fifo nobody is served twice while another waits. `fifo`: 1 for that discipline, 0 for barging. `fibers`: how many; where
 * each player has one, they begin every round together, so that nobody comes by later who would wake one left behind.
 */
export function host(stage: Stage): Tally {
  const fibers = stage.option('fibers');
  const host = new Host(stage, fibers);
  const together = fibers === stage.players;
  const fifo = stage.option('fifo') === 1;
  const { SharedMutex } = stage.engine.mutex;
  const mutex = new SharedMutex(stage.arena, host.table, host, fifo ? 'fifo' : 'barging');
  const record = stage.arena.float64(RECORD_WORDS);
  const served = stage.arena.int32(1);
  const arrived = stage.arena.int32(1);
  const tally = { last: 0, queued: 0 };
  stage.begin();

  function* fiber(id: number): Script {
    for (let round = 0; round < stage.rounds; round++) {
      if (together) stage.meet(arrived, round);
      // Sometimes without a try, as somebody does who comes too late for it.
      if (stage.below(4) === 0 || !mutex.tryAcquire()) yield* queueFor(id);
      tally.last = countUp(record);
      const mine = tally.last;
      Atomics.add(served, SERVED, 1);
      if (stage.below(32) === 0) {
        // Holds it while its thread runs others.
        host.wake(id);
        yield 'its own turn, with the mutex';
      } else stage.dawdle(stage.below(200));
      checkRecord(record, mine);
      mutex.release();
      stage.dawdle(stage.below(300));
      stage.round(mine);
    }
  }

  function* queueFor(id: number): Script {
    for (let first = true; !mutex.acquireOrQueue(id); first = false) {
      const before = Atomics.load(served, SERVED);
      if (first) tally.queued++;
      yield 'the mutex';
      if (!mutex.handsOver) continue;
      // The holder may not have counted itself at `before`; of the others each may have stood in front, once.
      const others = Atomics.load(served, SERVED) - before;
      if (others > fibers - 1) throw new Error(`overtaken: ${others} were served before fiber ${id}`);
      return;
    }
  }

  for (let id = stage.player; id < fibers; id += stage.players) host.spawn(id, fiber(id));
  host.run();
  return tally;
}
