/**
 * Different ways to do the same thing between two threads, or in one. Every message is made word by word where its sender
 * can write it, and looked at word by word where its receiver finds it: in place where a ring allows that, in an array of
 * their own where it copies. A wrong word is no result.
 */
import type { MessagePort } from 'node:worker_threads';
import { RingBuffer } from 'ringbuf.js';
import { Arena, allocateFor } from '../../engine/sync/arena.js';
import { MpscConsumer, MpscProducer, takeMpscMemory } from '../../engine/sync/mpsc-ring.js';
import { SharedMutex } from '../../engine/sync/mutex.js';
import { SpscConsumer, SpscProducer, takeSpscMemory } from '../../engine/sync/spsc-ring.js';
import { takeFiberTable } from '../../engine/sync/wait-queue.js';
import { takeWakeMemory, WakeReceiver, WakeSender } from '../../engine/sync/wake-ring.js';
import { OPERATIONS, reference } from './tasks.js';

/** One side of a duel, made once; called with how many messages for each run. */
export type Run = (messages: number) => void | Promise<void>;

export interface Duel {
  readonly name: string;
  readonly unit: string;
  /** Operations in one run, of both sides together. */
  readonly operations: number;
  /** Of shared memory. */
  readonly bytes: number;
  /** Name of the duel to be held against. */
  readonly rival?: string;
  /** Both sides one after the other in one thread, so many messages at a time; between two threads otherwise. */
  readonly inOneThread?: boolean;
  readonly sides: readonly [Side, Side];
}

type Side = (memory: SharedArrayBuffer, port: MessagePort) => Run;

/** Messages that a ring holds. */
const CAPACITY = 1024;
/** Messages that go in before they come out again, where both happens in one thread. */
export const ROUND_TRIP = 64;
const BATCH = 16;

/** Looks of a side that waits: about as long as a nap takes, which it then takes, for both sides may have but one core. */
const TRIES = 50;
/**
 * Steps between two looks, some 1 µs: who looks at an index all the time takes its cache line away from whoever is about
 * to write it, and reads message by message what it could read in one go.
 */
const PAUSE = 1000;
const nap = new Int32Array(new SharedArrayBuffer(4));
/** Kept, so that the steps are taken. */
let steps = 0;

export function retry(tries: number): number {
  if (tries >= TRIES) Atomics.wait(nap, 0, 0, 0.05);
  for (let step = 0; step < PAUSE; step++) steps = (Math.imul(steps, 5) + 1) | 0;
  return tries + 1;
}

/** Written field by field, as whoever makes one does: every word of message n says n. */
function writeMessage(words: Float64Array, at: number, width: number, n: number): void {
  if (width === 1) words[at] = n;
  for (let word = at; word <= at + width - 8; word += 8) {
    words[word] = n;
    words[word + 1] = n;
    words[word + 2] = n;
    words[word + 3] = n;
    words[word + 4] = n;
    words[word + 5] = n;
    words[word + 6] = n;
    words[word + 7] = n;
  }
}

/** Read field by field: throws unless every word says n. */
function readMessage(words: Float64Array, at: number, width: number, n: number): void {
  let right = width > 1 || words[at] === n;
  for (let word = at; word <= at + width - 8; word += 8) {
    right &&=
      words[word] === n &&
      words[word + 1] === n &&
      words[word + 2] === n &&
      words[word + 3] === n &&
      words[word + 4] === n &&
      words[word + 5] === n &&
      words[word + 6] === n &&
      words[word + 7] === n;
  }
  if (!right) throw new Error(`message ${n} says something else`);
}

function sendSpsc(memory: SharedArrayBuffer, width: number): Run {
  const ring = new SpscProducer(takeSpscMemory(new Arena(memory), CAPACITY, width));
  const { words } = ring;
  return (messages) => {
    for (let sent = 0; sent < messages; sent++) {
      let at = ring.claim();
      for (let tries = 0; at < 0; at = ring.claim()) tries = retry(tries);
      writeMessage(words, at, width, sent);
      ring.publish();
    }
  };
}

function receiveSpsc(memory: SharedArrayBuffer, width: number): Run {
  const ring = new SpscConsumer(takeSpscMemory(new Arena(memory), CAPACITY, width));
  const { words } = ring;
  return (messages) => {
    for (let received = 0; received < messages; received++) {
      let at = ring.front();
      for (let tries = 0; at < 0; at = ring.front()) tries = retry(tries);
      readMessage(words, at, width, received);
      ring.advance();
      ring.release();
    }
  };
}

function sendRuns(memory: SharedArrayBuffer, width: number): Run {
  const ring = new SpscProducer(takeSpscMemory(new Arena(memory), CAPACITY, width));
  const { words } = ring;
  return (messages) => {
    for (let sent = 0, tries = 0; sent < messages; ) {
      const claimed = ring.claimRun(Math.min(BATCH, messages - sent));
      for (let each = 0, at = ring.runAt; each < claimed; each++, at += width) {
        writeMessage(words, at, width, sent + each);
      }
      if (claimed > 0) ring.publish();
      tries = claimed > 0 ? 0 : retry(tries);
      sent += claimed;
    }
  };
}

function receiveRuns(memory: SharedArrayBuffer, width: number): Run {
  const ring = new SpscConsumer(takeSpscMemory(new Arena(memory), CAPACITY, width));
  const { words } = ring;
  return (messages) => {
    for (let received = 0, tries = 0; received < messages; ) {
      const read = ring.frontRun(BATCH);
      for (let each = 0, at = ring.runAt; each < read; each++, at += width) {
        readMessage(words, at, width, received + each);
      }
      ring.advance(read);
      if (read > 0) ring.release();
      tries = read > 0 ? 0 : retry(tries);
      received += read;
    }
  };
}

function sendRingbuf(memory: SharedArrayBuffer, width: number, batch: number): Run {
  const ring = new RingBuffer(memory, Float64Array);
  const source = new Float64Array(width * batch);
  return (messages) => {
    for (let sent = 0; sent < messages; ) {
      const made = Math.min(batch, messages - sent);
      for (let each = 0; each < made; each++) writeMessage(source, each * width, width, sent + each);
      // It takes what there is room for.
      for (let pushed = 0, tries = 0; pushed < made * width; ) {
        const now = ring.push(source, made * width - pushed, pushed);
        pushed += now;
        if (now === 0) tries = retry(tries);
      }
      sent += made;
    }
  };
}

function receiveRingbuf(memory: SharedArrayBuffer, width: number, batch: number): Run {
  const ring = new RingBuffer(memory, Float64Array);
  const target = new Float64Array(width * batch);
  return (messages) => {
    for (let received = 0, tries = 0; received < messages; ) {
      const read = ring.pop(target, target.length) / width;
      for (let each = 0; each < read; each++) readMessage(target, each * width, width, received + each);
      tries = read > 0 ? 0 : retry(tries);
      received += read;
    }
  };
}

const spscBytes = (width: number): number => allocateFor((arena) => takeSpscMemory(arena, CAPACITY, width)).byteLength;
const ringbufBytes = (width: number): number =>
  RingBuffer.getStorageForCapacity(CAPACITY * width, Float64Array).byteLength;

/** Ours and ringbuf.js, with the same messages in the same batches. */
function ringDuels(bytes: 8 | 256, batch: number, inOneThread: boolean): Duel[] {
  const width = bytes / 8;
  const what = `${bytes}-byte messages, ${batch === 1 ? 'single' : `by ${batch}`}, ${inOneThread ? 'one thread' : 'two threads'}`;
  const common = { unit: 'messages/s', operations: inOneThread ? 51_200 : 200_000, inOneThread };
  const rival = `ringbuf.js: ${what}`;
  return [
    {
      ...common,
      name: `SPSC ring: ${what}`,
      bytes: spscBytes(width),
      rival,
      sides:
        batch === 1
          ? [(memory) => sendSpsc(memory, width), (memory) => receiveSpsc(memory, width)]
          : [(memory) => sendRuns(memory, width), (memory) => receiveRuns(memory, width)],
    },
    {
      ...common,
      name: rival,
      bytes: ringbufBytes(width),
      sides: [(memory) => sendRingbuf(memory, width, batch), (memory) => receiveRingbuf(memory, width, batch)],
    },
  ];
}

function sendMpsc(memory: SharedArrayBuffer): Run {
  const ring = new MpscProducer(takeMpscMemory(new Arena(memory), CAPACITY, 1));
  return (messages) => {
    for (let sent = 0; sent < messages; sent++) {
      let at = ring.claim();
      for (let tries = 0; at < 0; at = ring.claim()) tries = retry(tries);
      writeMessage(ring.words, at, 1, sent);
      ring.publish();
    }
  };
}

function receiveMpsc(memory: SharedArrayBuffer): Run {
  const ring = new MpscConsumer(takeMpscMemory(new Arena(memory), CAPACITY, 1));
  return (messages) => {
    for (let received = 0; received < messages; received++) {
      let at = ring.front();
      for (let tries = 0; at < 0; at = ring.front()) tries = retry(tries);
      readMessage(ring.words, at, 1, received);
      ring.release();
    }
  };
}

const sendPosted =
  (port: MessagePort): Run =>
  (messages) => {
    for (let sent = 0; sent < messages; sent++) port.postMessage(sent);
  };

const receivePosted =
  (port: MessagePort): Run =>
  (messages) =>
    new Promise((resolve) => {
      let received = 0;
      port.on('message', (message: number) => {
        if (message !== received) throw new Error(`message ${received} says ${message}`);
        received++;
        if (received < messages) return;
        port.removeAllListeners('message');
        resolve();
      });
    });

const POSTED = 'postMessage: 8-byte messages, two threads';
const posted: Duel[] = [
  {
    name: 'MPSC ring: 8-byte messages, two threads',
    unit: 'messages/s',
    operations: 200_000,
    bytes: allocateFor((arena) => takeMpscMemory(arena, CAPACITY, 1)).byteLength,
    rival: POSTED,
    sides: [sendMpsc, receiveMpsc],
  },
  {
    name: POSTED,
    unit: 'messages/s',
    operations: 100_000,
    bytes: 8,
    sides: [(_, port) => sendPosted(port), (_, port) => receivePosted(port)],
  },
];

/** Looks at the wake ring before a fiber's thread sleeps: some times what the other holds the mutex for. */
const POLLS = 100;

/** A thread with one fiber that takes the mutex, again and again, for one addition. */
function contend(memory: SharedArrayBuffer, side: number, sides: number): Run {
  const arena = new Arena(memory);
  const wakes = Array.from({ length: sides }, () => takeWakeMemory(arena, 1));
  const senders = wakes.map((each) => new WakeSender(each));
  const waker = { wake: (fiber: number) => senders[fiber]!.wake(fiber) };
  const mutex = new SharedMutex(arena, takeFiberTable(arena, sides), waker, 'barging');
  const counter = arena.float64(1);
  const receiver = new WakeReceiver(wakes[side]!);
  const sleepUntilWoken = (): void => {
    for (let polls = 0; ; polls++) {
      const rings = receiver.rings();
      if (receiver.poll() === side) return;
      if (polls >= POLLS) receiver.sleep(rings, Number.POSITIVE_INFINITY);
    }
  };
  return (rounds) => {
    for (let round = 0; round < rounds; round++) {
      if (!mutex.tryAcquire()) while (!mutex.acquireOrQueue(side)) sleepUntilWoken();
      counter[0] = (counter[0] as number) + 1;
      mutex.release();
    }
  };
}

const mutexBytes = 4096;
const idle = (): Run => () => {};
const mutexes: Duel[] = [
  {
    name: 'mutex: taken and released, uncontended',
    unit: 'rounds/s',
    operations: 51_200,
    bytes: mutexBytes,
    inOneThread: true,
    sides: [(memory) => contend(memory, 0, 1), idle],
  },
  {
    name: 'mutex: taken and released by two threads',
    unit: 'rounds/s',
    operations: 20_000,
    bytes: mutexBytes,
    sides: [(memory) => halved(contend(memory, 0, 2)), (memory) => halved(contend(memory, 1, 2))],
  },
];

/** Both sides together are to do what one is asked for. */
const halved =
  (run: Run): Run =>
  (operations) =>
    run(operations / 2);

export const DUELS: readonly Duel[] = [
  {
    name: 'reference loop, in turn with those below',
    unit: 'steps/s',
    operations: OPERATIONS,
    bytes: 8,
    sides: [idle, () => () => void reference()],
  },
  ...([8, 256] as const).flatMap((bytes) => [1, BATCH].flatMap((batch) => ringDuels(bytes, batch, true))),
  ...([8, 256] as const).flatMap((bytes) => [1, BATCH].flatMap((batch) => ringDuels(bytes, batch, false))),
  ...posted,
  ...mutexes,
];
