/**
 * Different ways to do the same thing between two threads, or in one. Every message is copied from an array of the sender's
 * to one of the receiver's, whoever carries it, and the receiver adds up what it got: a wrong sum is no result.
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

/** Tries of a side that waits, before it gives its core to the other: they may have but one. */
const TRIES = 2000;
const nap = new Int32Array(new SharedArrayBuffer(4));

export function retry(tries: number): number {
  if (tries >= TRIES) Atomics.wait(nap, 0, 0, 0.05);
  return tries + 1;
}

/** 0 + 1 + … + (messages - 1). */
function checkSum(sum: number, messages: number): void {
  const expected = (messages * (messages - 1)) / 2;
  if (sum !== expected) throw new Error(`the messages add up to ${sum}, not ${expected}`);
}

function sendSpsc(memory: SharedArrayBuffer, width: number, batch: number): Run {
  const ring = new SpscProducer(takeSpscMemory(new Arena(memory), CAPACITY, width));
  const { words } = ring;
  const message = new Float64Array(width);
  return (messages) => {
    for (let sent = 0, tries = 0; sent < messages; ) {
      const most = Math.min(batch, messages - sent);
      let claimed = 0;
      for (; claimed < most; claimed++) {
        const at = ring.claim();
        if (at < 0) break;
        message[0] = sent + claimed;
        for (let word = 0; word < width; word++) words[at + word] = message[word] as number;
      }
      if (claimed === 0) tries = retry(tries);
      else {
        ring.publish();
        sent += claimed;
        tries = 0;
      }
    }
  };
}

function receiveSpsc(memory: SharedArrayBuffer, width: number, batch: number): Run {
  const ring = new SpscConsumer(takeSpscMemory(new Arena(memory), CAPACITY, width));
  const { words } = ring;
  const message = new Float64Array(width);
  return (messages) => {
    let sum = 0;
    for (let received = 0, tries = 0; received < messages; ) {
      let read = 0;
      for (; read < batch; read++) {
        const at = ring.front();
        if (at < 0) break;
        for (let word = 0; word < width; word++) message[word] = words[at + word] as number;
        sum += message[0] as number;
        ring.advance();
      }
      if (read === 0) tries = retry(tries);
      else {
        ring.release();
        received += read;
        tries = 0;
      }
    }
    checkSum(sum, messages);
  };
}

function sendRingbuf(memory: SharedArrayBuffer, width: number, batch: number): Run {
  const ring = new RingBuffer(memory, Float64Array);
  const source = new Float64Array(width * batch);
  return (messages) => {
    for (let sent = 0, tries = 0; sent < messages; ) {
      const most = Math.min(batch, messages - sent);
      for (let each = 0; each < most; each++) source[each * width] = sent + each;
      const pushed = ring.push(source, most * width);
      if (pushed === 0) tries = retry(tries);
      else {
        sent += pushed / width;
        tries = 0;
      }
    }
  };
}

function receiveRingbuf(memory: SharedArrayBuffer, width: number, batch: number): Run {
  const ring = new RingBuffer(memory, Float64Array);
  const target = new Float64Array(width * batch);
  return (messages) => {
    let sum = 0;
    for (let received = 0, tries = 0; received < messages; ) {
      const popped = ring.pop(target, target.length);
      if (popped === 0) tries = retry(tries);
      else {
        for (let at = 0; at < popped; at += width) sum += target[at] as number;
        received += popped / width;
        tries = 0;
      }
    }
    checkSum(sum, messages);
  };
}

const spscBytes = (width: number): number => allocateFor((arena) => takeSpscMemory(arena, CAPACITY, width)).byteLength;
const ringbufBytes = (width: number): number =>
  RingBuffer.getStorageForCapacity(CAPACITY * width, Float64Array).byteLength;

/** Ours and ringbuf.js, with the same messages in the same batches. */
function ringDuels(bytes: 8 | 256, batch: number, inOneThread: boolean): Duel[] {
  const width = bytes / 8;
  const what = `${bytes}-byte messages, ${batch === 1 ? 'single' : `by ${batch}`}, ${inOneThread ? 'one thread' : 'two threads'}`;
  const common = { unit: 'messages/s', operations: inOneThread ? 51_200 : 100_000, inOneThread };
  const rival = `ringbuf.js: ${what}`;
  return [
    {
      ...common,
      name: `SPSC ring: ${what}`,
      bytes: spscBytes(width),
      rival,
      sides: [(memory) => sendSpsc(memory, width, batch), (memory) => receiveSpsc(memory, width, batch)],
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
      ring.words[at] = sent;
      ring.publish();
    }
  };
}

function receiveMpsc(memory: SharedArrayBuffer): Run {
  const ring = new MpscConsumer(takeMpscMemory(new Arena(memory), CAPACITY, 1));
  return (messages) => {
    let sum = 0;
    for (let received = 0; received < messages; received++) {
      let at = ring.front();
      for (let tries = 0; at < 0; at = ring.front()) tries = retry(tries);
      sum += ring.words[at] as number;
      ring.release();
    }
    checkSum(sum, messages);
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
      let sum = 0;
      let received = 0;
      port.on('message', (message: number) => {
        sum += message;
        received++;
        if (received < messages) return;
        port.removeAllListeners('message');
        checkSum(sum, messages);
        resolve();
      });
    });

const POSTED = 'postMessage: 8-byte messages, two threads';
const posted: Duel[] = [
  {
    name: 'MPSC ring: 8-byte messages, two threads',
    unit: 'messages/s',
    operations: 100_000,
    bytes: allocateFor((arena) => takeMpscMemory(arena, CAPACITY, 1)).byteLength,
    rival: POSTED,
    sides: [sendMpsc, receiveMpsc],
  },
  {
    name: POSTED,
    unit: 'messages/s',
    operations: 10_000,
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
    operations: 100_000,
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
