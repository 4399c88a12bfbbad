/** One producer, one consumer: message n is `width` words that all say n. */
import type { SpscMemory } from '../../../../engine/sync/spsc-ring.js';
import type { Stage, Tally } from './stage.js';

const CAPACITY = 64;
const WIDTH = 8;

/** `start`: what both indices hold at first. */
function begin(stage: Stage): SpscMemory {
  const { spscRing, spscLayout } = stage.engine;
  const memory = spscRing.takeSpscMemory(stage.arena, CAPACITY, WIDTH);
  if (stage.player === 0) {
    memory.control[spscLayout.TAIL] = stage.option('start');
    memory.control[spscLayout.HEAD] = stage.option('start');
  }
  stage.begin();
  return memory;
}

/** `batch`: messages that are published at once, at most. */
export function producer(stage: Stage): undefined {
  const ring = new stage.engine.spscRing.SpscProducer(begin(stage));
  const batch = stage.option('batch');
  let tries = 0;
  for (let sent = 0; sent < stage.rounds; ) {
    const wanted = Math.min(batch === 1 ? 1 : 1 + stage.below(batch), stage.rounds - sent);
    let claimed = 0;
    for (; claimed < wanted; claimed++) {
      const at = ring.claim();
      if (at < 0) break;
      for (let word = 0; word < WIDTH; word++) ring.words[at + word] = sent + claimed;
    }
    if (claimed === 0) tries = stage.retry(tries, 'a place');
    else {
      ring.publish();
      sent += claimed;
      tries = 0;
      stage.round(sent);
    }
  }
}

/** Allowed: after message n comes message n + 1, and all of its words say so. */
export function consumer(stage: Stage): Tally {
  const ring = new stage.engine.spscRing.SpscConsumer(begin(stage));
  const batch = stage.option('batch');
  let tries = 0;
  let pauses = 0;
  for (let received = 0; received < stage.rounds; ) {
    let read = 0;
    for (; read < batch; read++) {
      const at = ring.front();
      if (at < 0) break;
      for (let word = 0; word < WIDTH; word++) {
        const found = ring.words[at + word];
        if (found !== received + read) throw new Error(`word ${word} of message ${received + read} says ${found}`);
      }
      ring.advance();
    }
    if (read === 0) tries = stage.retry(tries, 'a message');
    else {
      ring.release();
      received += read;
      tries = 0;
      stage.round(received);
      // Held up now and then, so that the ring is full at times.
      if ((received & 1023) === 0) {
        pauses++;
        stage.dawdle(5000);
      }
    }
  }
  return { messages: stage.rounds, pauses };
}

/** As `producer`, a run at a time. */
export function runProducer(stage: Stage): undefined {
  const ring = new stage.engine.spscRing.SpscProducer(begin(stage));
  const batch = stage.option('batch');
  let tries = 0;
  for (let sent = 0; sent < stage.rounds; ) {
    const claimed = ring.claimRun(Math.min(1 + stage.below(batch), stage.rounds - sent));
    for (let each = 0; each < claimed; each++) {
      for (let word = 0; word < WIDTH; word++) ring.words[ring.runAt + each * WIDTH + word] = sent + each;
    }
    if (claimed === 0) tries = stage.retry(tries, 'a place');
    else {
      ring.publish();
      sent += claimed;
      tries = 0;
      stage.round(sent);
    }
  }
}

/** As `consumer`, a run at a time. */
export function runConsumer(stage: Stage): Tally {
  const ring = new stage.engine.spscRing.SpscConsumer(begin(stage));
  let tries = 0;
  for (let received = 0; received < stage.rounds; ) {
    const read = ring.frontRun(1 + stage.below(stage.option('batch')));
    for (let each = 0; each < read; each++) {
      for (let word = 0; word < WIDTH; word++) {
        const found = ring.words[ring.runAt + each * WIDTH + word];
        if (found !== received + each) throw new Error(`word ${word} of message ${received + each} says ${found}`);
      }
    }
    if (read === 0) tries = stage.retry(tries, 'a message');
    else {
      ring.advance(read);
      ring.release();
      received += read;
      tries = 0;
      stage.round(received);
    }
  }
  return { messages: stage.rounds };
}
