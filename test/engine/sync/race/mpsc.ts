/** Several producers, one consumer: a message says who sent it and, `width` - 1 times, which of the sender's it is. */
import type { MpscMemory } from '../../../../engine/sync/mpsc-ring.js';
import type { Stage, Tally } from './stage.js';

const CAPACITY = 64;
const WIDTH = 8;

/** `start`: the first ticket, a multiple of the capacity. Player 0 consumes. */
function begin(stage: Stage): MpscMemory {
  const { mpscRing, mpscLayout } = stage.engine;
  const memory = mpscRing.takeMpscMemory(stage.arena, CAPACITY, WIDTH);
  if (stage.player === 0) {
    memory.control[mpscLayout.TAIL] = stage.option('start');
    memory.control[mpscLayout.HEAD] = stage.option('start');
    memory.sequences.fill(stage.option('start'));
  }
  stage.begin();
  return memory;
}

export function producer(stage: Stage): undefined {
  const ring = new stage.engine.mpscRing.MpscProducer(begin(stage));
  for (let sent = 0; sent < stage.rounds; sent++) {
    let at = ring.claim();
    for (let tries = 0; at < 0; at = ring.claim()) tries = stage.retry(tries, 'a place');
    ring.words[at] = stage.player;
    for (let word = 1; word < WIDTH; word++) ring.words[at + word] = sent;
    ring.publish();
    stage.round(sent);
  }
}

/** Allowed: after a producer's message n comes its message n + 1, whatever others send between, and all of it says so. */
export function consumer(stage: Stage): Tally {
  const ring = new stage.engine.mpscRing.MpscConsumer(begin(stage));
  const next = new Float64Array(stage.players);
  const total = stage.rounds * (stage.players - 1);
  let changes = 0;
  let last = -1;
  for (let received = 0; received < total; received++) {
    let at = ring.front();
    for (let tries = 0; at < 0; at = ring.front()) {
      tries = stage.retry(tries, `a message; has ${next.slice(1).join(', ')} of the producers'`);
    }
    const from = ring.words[at] as number;
    const expected = next[from] as number;
    for (let word = 1; word < WIDTH; word++) {
      const found = ring.words[at + word];
      if (found !== expected) throw new Error(`word ${word} of message ${expected} of player ${from} says ${found}`);
    }
    ring.release();
    next[from] = expected + 1;
    if (from !== last) changes++;
    last = from;
    stage.round(received);
    if ((received & 1023) === 0) stage.dawdle(20_000);
  }
  return { messages: total, changes };
}
