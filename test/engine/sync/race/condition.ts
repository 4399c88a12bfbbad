/** Waiting for what is published without a lock, for a position that is published under one, and with a deadline. */
import { Host, type Script } from './host.js';
import type { Stage, Tally } from './stage.js';

const GENERATION = 0;

/** Player 0 publishes a generation and wakes all; four fibers of the other two players wait for each of them. */
function beginGenerations(stage: Stage) {
  const host = new Host(stage, 3 * 3);
  const condition = new stage.engine.condition.SharedCondition(stage.arena, host.table, host);
  const words = stage.arena.int32(1);
  const arrived = stage.arena.int32(1);
  stage.begin();
  return { host, condition, words, arrived };
}

const WAITERS_EACH = 2;

/** Allowed: every waiter sees every generation, in order. */
export function generationWaiters(stage: Stage): Tally {
  const { host, condition, words, arrived } = beginGenerations(stage);
  const tally = { seen: 0, queued: 0 };
  function* waiter(id: number): Script {
    for (let generation = 0; generation < stage.rounds; generation++) {
      while (Atomics.load(words, GENERATION) === generation) {
        if (!condition.queueWhile(words, GENERATION, generation, id)) continue;
        tally.queued++;
        yield `generation ${generation + 1}`;
      }
      const seen = Atomics.load(words, GENERATION);
      if (seen !== generation + 1) throw new Error(`fiber ${id} sees generation ${seen} after ${generation}`);
      tally.seen++;
      stage.round(generation);
      Atomics.add(arrived, 0, 1);
    }
  }
  for (let n = 0; n < WAITERS_EACH; n++) host.spawn(stage.player + 3 * n, waiter(stage.player + 3 * n));
  host.run();
  return tally;
}

export function generationPublisher(stage: Stage): Tally {
  const { condition, words, arrived } = beginGenerations(stage);
  let woken = 0;
  for (let generation = 1; generation <= stage.rounds; generation++) {
    stage.dawdle(stage.below(400));
    Atomics.store(words, GENERATION, generation);
    woken += condition.wakeUpTo(0);
    const everybody = generation * WAITERS_EACH * (stage.players - 1);
    for (let tries = 0; Atomics.load(arrived, 0) < everybody; ) {
      tries = stage.retry(tries, `all to see generation ${generation}`);
    }
    stage.round(generation);
  }
  return { woken };
}

const FIBERS = 9;

/** Player 0 publishes positions under a mutex, six fibers of the other two players wait for one each. */
function beginPositions(stage: Stage) {
  const host = new Host(stage, FIBERS);
  const mutex = new stage.engine.mutex.SharedMutex(stage.arena, host.table, host, 'barging');
  const condition = new stage.engine.condition.SharedCondition(stage.arena, host.table, host);
  /** Guarded by the mutex: the published position. */
  const published = stage.arena.float64(1);
  /** What each fiber waits for; 0: nothing. */
  const wanted = stage.arena.int32(FIBERS);
  const ended = stage.arena.int32(1);
  stage.begin();
  function* acquire(id: number): Script {
    while (!mutex.acquireOrQueue(id)) yield 'the mutex';
  }
  return { host, mutex, condition, published, wanted, ended, acquire };
}

/** Allowed: a fiber is woken when its position has been published, and not before. */
export function positionWaiters(stage: Stage): Tally {
  const { host, mutex, condition, published, wanted, ended, acquire } = beginPositions(stage);
  const tally = { queued: 0 };
  function* waiter(id: number): Script {
    for (let round = 0; round < stage.rounds; round++) {
      yield* acquire(id);
      const position = published[0]! + 1 + stage.below(3);
      Atomics.store(wanted, id, position);
      condition.queue(id, position);
      mutex.release();
      tally.queued++;
      yield `position ${position}`;
      Atomics.store(wanted, id, 0);
      yield* acquire(id);
      const now = published[0]!;
      mutex.release();
      if (now < position) throw new Error(`fiber ${id} is woken at ${now} and waits for ${position}`);
      stage.round(round);
    }
    Atomics.add(ended, 0, 1);
  }
  for (let id = stage.player; id < FIBERS; id += stage.players) host.spawn(id, waiter(id));
  host.run();
  return tally;
}

/** Publishes the next position when somebody waits for one, and all whom the last one covered have gone on. */
export function positionPublisher(stage: Stage): Tally {
  const { host, mutex, condition, published, wanted, ended, acquire } = beginPositions(stage);
  const waiters = (FIBERS / stage.players) * (stage.players - 1);
  const tally = { woken: 0, positions: 0 };
  function* publisher(id: number): Script {
    for (let position = 1; ; position++) {
      for (let tries = 0; !wanted.some((_, fiber) => Atomics.load(wanted, fiber) > 0); ) {
        if (Atomics.load(ended, 0) === waiters) return;
        tries = stage.retry(tries, 'somebody to wait');
      }
      yield* acquire(id);
      published[0] = position;
      mutex.release();
      tally.woken += condition.wakeUpTo(position);
      for (let fiber = 0; fiber < FIBERS; fiber++) {
        for (let tries = 0; isBetween(Atomics.load(wanted, fiber), 1, position); ) {
          tries = stage.retry(tries, `fiber ${fiber} to go on: ${position} is published`);
        }
      }
      tally.positions++;
      stage.round(position);
    }
  }
  host.spawn(0, publisher(0));
  host.run();
  return tally;
}

const isBetween = (value: number, least: number, most: number): boolean => value >= least && value <= most;

const QUEUED = 4;
/** The one with a deadline. */
const LATE = 1;

/** Player 0 queues four, one of which it forgets again while player 1 wakes all that it finds. */
function beginDeadlines(stage: Stage) {
  const table = stage.engine.waitQueue.takeFiberTable(stage.arena, QUEUED);
  const woken = stage.arena.int32(QUEUED);
  const order: number[] = [];
  const waker = {
    wake: (fiber: number) => {
      Atomics.add(woken, fiber, 1);
      order.push(fiber);
    },
  };
  const condition = new stage.engine.condition.SharedCondition(stage.arena, table, waker);
  const turns = stage.arena.int32(2);
  stage.begin();
  const meet = (round: number): void => {
    Atomics.store(turns, stage.player, round);
    for (let tries = 0; Atomics.load(turns, 1 - stage.player) < round; ) tries = stage.retry(tries, 'the other');
    stage.round(round);
  };
  return { condition, woken, order, meet };
}

/** Allowed: forgotten and not woken, or woken once and not forgotten. The others: woken once. */
export function deadlineOwner(stage: Stage): Tally {
  const { condition, woken, meet } = beginDeadlines(stage);
  const tally = { forgotten: 0, woken: 0 };
  for (let round = 0; round < stage.rounds; round++) {
    woken.fill(0);
    for (let fiber = 0; fiber < QUEUED; fiber++) condition.queue(fiber, fiber);
    meet(3 * round + 1);
    stage.dawdle(stage.below(200));
    const forgotten = condition.forget(LATE);
    meet(3 * round + 2);
    for (let fiber = 0; fiber < QUEUED; fiber++) {
      const times = (woken[fiber] as number) + (fiber === LATE && forgotten ? 1 : 0);
      if (times !== 1) throw new Error(`fiber ${fiber} is taken out ${times} times, forgotten: ${forgotten}`);
    }
    if (forgotten) tally.forgotten++;
    else tally.woken++;
    meet(3 * round + 3);
  }
  return tally;
}

/** Wakes one by one, or all at once; either in the order in which they were queued. */
export function deadlineWaker(stage: Stage): undefined {
  const { condition, order, meet } = beginDeadlines(stage);
  for (let round = 0; round < stage.rounds; round++) {
    order.length = 0;
    meet(3 * round + 1);
    stage.dawdle(stage.below(200));
    if (round % 2 === 0) condition.wakeUpTo(QUEUED);
    else while (condition.wakeOne());
    meet(3 * round + 2);
    const sorted = order.every((fiber, index) => index === 0 || fiber > order[index - 1]!);
    if (!sorted) throw new Error(`woken in the order ${order.join(', ')}`);
    meet(3 * round + 3);
  }
}
