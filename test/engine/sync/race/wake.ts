/** Player 0 sleeps on its doorbell; the others wake fibers of its, each those of its own share, in turn. */
import type { WakeMemory } from '../../../../engine/sync/wake-ring.js';
import type { Stage, Tally } from './stage.js';

const AWAY = 0;
const WOKEN = 1;

function begin(stage: Stage) {
  const share = stage.option('share');
  const fibers = share * (stage.players - 1);
  const memory: WakeMemory = stage.engine.wakeRing.takeWakeMemory(stage.arena, fibers);
  /** Index: fiber. */
  const states = stage.arena.int32(fibers);
  stage.begin();
  return { memory, states, fibers, share };
}

/** `share`: fibers of each sender. Wakes the next of its fibers as soon as that waits again, and lets the sleeper fall asleep now and then. */
export function sender(stage: Stage): undefined {
  const { memory, states, share } = begin(stage);
  const wakes = new stage.engine.wakeRing.WakeSender(memory);
  const first = (stage.player - 1) * share;
  for (let round = 0; round < stage.rounds; round++) {
    const fiber = first + (round % share);
    for (let tries = 0; Atomics.load(states, fiber) !== AWAY; ) {
      tries = stage.retry(tries, `fiber ${fiber} to be woken`);
    }
    Atomics.store(states, fiber, WOKEN);
    wakes.wake(fiber);
    stage.round(round);
    stage.dawdle(stage.below(round & 1 ? 2000 : 20));
  }
}

/** Allowed: each fiber once for each time that it is woken, those of one sender in its order; whoever sleeps is woken. */
export function sleeper(stage: Stage): Tally {
  const { memory, states, fibers, share } = begin(stage);
  const receiver = new stage.engine.wakeRing.WakeReceiver(memory);
  const next = new Int32Array(fibers / share);
  const total = stage.rounds * next.length;
  const tally = { woken: 0, slept: 0 };
  while (tally.woken < total) {
    const rings = receiver.rings();
    const before = tally.woken;
    for (let fiber = receiver.poll(); fiber >= 0; fiber = receiver.poll()) {
      if (Atomics.exchange(states, fiber, AWAY) !== WOKEN) throw new Error(`fiber ${fiber} is woken twice`);
      const sender = Math.floor(fiber / share);
      if (fiber % share !== next[sender])
        throw new Error(`fiber ${fiber} is woken before ${next[sender]} of its sender`);
      next[sender] = (fiber + 1) % share;
      tally.woken++;
      stage.round(tally.woken);
    }
    if (tally.woken > before) continue;
    tally.slept++;
    stage.waitsFor(`somebody to ring, has been woken ${tally.woken} times`);
    // With a time-out that may pass at the moment at which somebody rings, every fourth time.
    receiver.sleep(rings, tally.slept % 4 === 3 && stage.option('timeouts') === 1 ? 0.01 : Number.POSITIVE_INFINITY);
  }
  return tally;
}
