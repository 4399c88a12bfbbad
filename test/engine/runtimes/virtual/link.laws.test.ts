import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { forwarder } from '../../../../engine/actors/forwarder.js';
import type { Script } from '../../../../engine/actors/primitives.js';
import { VirtualAckInbox, VirtualAckLink, VirtualEventLink } from '../../../../engine/runtimes/virtual/link.js';
import { fixed, newWorld, scripted } from './world.js';

interface Received {
  readonly end: number;
  readonly asks: boolean;
  readonly at: number;
}

/** Packets of one event each, sent after pauses; the reader works on each before it looks for the next. */
function transmit(
  packets: readonly { pause: number; bytes: number; asks: boolean; delay: number }[],
  bitsPerSecond: number,
  reading = 0,
  forwarded = false,
): { received: Received[]; sentAt: number[] } {
  const { kernel, host, spawn, stuck } = newWorld();
  const delays = scripted(packets.map(({ delay }) => 2 * delay));
  const link = new VirtualEventLink(kernel, { rtt: delays, overhead: fixed(0), forwarded }, bitsPerSecond);
  if (forwarded) spawn('proxy', (self) => forwarder(self, host, link, fixed(0)));
  const received: Received[] = [];
  const sentAt: number[] = [];
  spawn('sender', function* (self): Script {
    let end = 0;
    for (const { pause, bytes, asks } of packets) {
      if (kernel.sleep(self, pause)) yield;
      while (!link.hasRoom()) if (link.waitForRoom(self)) yield;
      end += bytes;
      link.copy(bytes, false);
      link.append(end, asks);
      sentAt.push(kernel.now());
      link.flush();
    }
  });
  spawn('reader', function* (self): Script {
    while (received.length < packets.length) {
      while (!link.poll()) if (link.waitForPacket(self)) yield;
      received.push({ end: link.packet.end, asks: link.packet.asksForAck, at: kernel.now() });
      if (host.use(self, reading)) yield;
    }
  });
  expect(stuck()).toEqual(forwarded ? ['proxy'] : []);
  return { received, sentAt };
}

const packets = fc.array(
  fc.record({
    pause: fc.integer({ min: 0, max: 50 }),
    bytes: fc.integer({ min: 1, max: 5000 }),
    asks: fc.boolean(),
    delay: fc.integer({ min: 0, max: 300 }),
  }),
  { minLength: 1, maxLength: 60 },
);

describe('events to a replica', () => {
  test('arrive all, in order, each after its transmission and delay, none before another sent earlier', () => {
    fc.assert(
      fc.property(packets, fc.constantFrom(0, 1e6, 1e8), (list, bitsPerSecond) => {
        const { received, sentAt } = transmit(list, bitsPerSecond);
        let [end, lineFree, last] = [0, 0, 0];
        list.forEach(({ bytes, asks, delay }, index) => {
          end += bytes;
          // A line of b bits per second needs 8 bytes × 10^6 / b µs for a packet, one after the other.
          lineFree = Math.max(sentAt[index]!, lineFree) + (bitsPerSecond > 0 ? (bytes * 8e6) / bitsPerSecond : 0);
          last = Math.max(last, lineFree + delay);
          expect(received[index]).toEqual({ end, asks, at: last });
        });
      }),
    );
  });

  test('through a proxy that costs nothing: all, in order, at the same instants', () => {
    fc.assert(
      fc.property(packets, fc.constantFrom(0, 1e6, 1e8), (list, bitsPerSecond) => {
        expect(transmit(list, bitsPerSecond, 0, true)).toEqual(transmit(list, bitsPerSecond));
      }),
    );
  });

  test('bandwidth: 100 packets of 1,000 bytes at 8 Mbit/s take 100 ms, and half a round trip', () => {
    const list = Array.from({ length: 100 }, () => ({ pause: 0, bytes: 1000, asks: false, delay: 250 }));
    expect(transmit(list, 8e6).received.at(-1)?.at).toBe(100_000 + 250);
  });

  test('back-pressure: who sends faster than is read waits for room, and nothing is lost', () => {
    const list = Array.from({ length: 1000 }, () => ({ pause: 0, bytes: 100, asks: false, delay: 10 }));
    const { received, sentAt } = transmit(list, 0, 5);
    expect(received.map(({ end }) => end)).toEqual(list.map((_, index) => 100 * (index + 1)));
    // 256 packets fit; the next goes out when the first is taken, and from then on one for each that is read.
    expect(sentAt[255]).toBe(0);
    expect(sentAt[256]).toBe(10);
    expect(sentAt[999]).toBe(10 + 5 * (999 - 256));
  });

  test('a buffer is one packet: its last end, and a question if any of its events asks', () => {
    const { kernel, spawn, stuck } = newWorld();
    const link = new VirtualEventLink(kernel, { rtt: fixed(0), overhead: fixed(0), forwarded: false }, 0);
    spawn('sender', function* (): Script {
      expect([link.buffered(), link.full()]).toEqual([false, false]);
      link.copy(100, false);
      link.append(100, true);
      link.copy(100, false);
      link.append(200, false);
      expect([link.buffered(), link.full()]).toEqual([true, false]);
      link.copy(16_384, false);
      link.append(16_584, false);
      expect(link.full()).toBe(true);
      link.flush();
      expect([link.buffered(), link.full()]).toEqual([false, false]);
    });
    spawn('reader', function* (self): Script {
      while (!link.poll()) if (link.waitForPacket(self)) yield;
      expect(link.packet).toMatchObject({ end: 16_584, asksForAck: true });
      expect(link.poll()).toBe(false);
    });
    expect(stuck()).toEqual([]);
  });

  test('closing loses what is under way and wakes both ends', () => {
    const { kernel, spawn, stuck } = newWorld();
    const link = new VirtualEventLink(kernel, { rtt: fixed(1000), overhead: fixed(0), forwarded: false }, 0);
    const seen: string[] = [];
    spawn('sender', function* (self): Script {
      for (let end = 1; !link.closed; end++) {
        while (!link.hasRoom() && !link.closed) if (link.waitForRoom(self)) yield;
        link.copy(1, false);
        link.append(end, false);
        link.flush();
      }
      seen.push(`sender ${kernel.now()}`);
    });
    spawn('reader', function* (self): Script {
      while (!link.closed) {
        while (!link.poll() && !link.closed) if (link.waitForPacket(self)) yield;
      }
      seen.push(`reader ${kernel.now()}`);
    });
    spawn('saboteur', function* (self): Script {
      if (kernel.sleep(self, 100)) yield;
      link.close();
    });
    expect(stuck()).toEqual([]);
    expect(seen.sort()).toEqual(['reader 100', 'sender 100']);
  });
});

describe('a partition', () => {
  /** Packets of one event each, every 10 µs, 100 µs away; nothing gets through from `from` to `until`. */
  function across(from: number, until: number, forwarded: boolean): Received[] {
    const { kernel, host, spawn } = newWorld();
    const link = new VirtualEventLink(kernel, { rtt: fixed(200), overhead: fixed(0), forwarded }, 0);
    if (forwarded) spawn('proxy', (self) => forwarder(self, host, link, fixed(0)));
    const received: Received[] = [];
    spawn('sender', function* (self): Script {
      for (let end = 1; end <= 40; end++) {
        link.copy(1, false);
        link.append(end, end % 3 === 0);
        link.flush();
        if (kernel.sleep(self, 10)) yield;
      }
    });
    spawn('reader', function* (self): Script {
      for (;;) {
        while (!link.poll()) if (link.waitForPacket(self)) yield;
        received.push({ end: link.packet.end, asks: link.packet.asksForAck, at: kernel.now() });
      }
    });
    kernel.at(from, kernel.happening({ happen: () => link.partition() }));
    kernel.at(until, kernel.happening({ happen: () => link.heal() }));
    kernel.run();
    return received;
  }

  test.each([false, true])(
    'holds packets back and loses none, each arrives half a round trip after it heals at the soonest; proxy: %s',
    (forwarded) => {
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0, max: 600 }), (from, length) => {
          const until = from + length;
          across(from, until, forwarded).forEach(({ end, asks, at }, index) => {
            expect([end, asks]).toEqual([index + 1, (index + 1) % 3 === 0]);
            const due = 10 * index + 100;
            // Those of the very instant at which it begins may go either way.
            if (due < from) expect(at).toBe(due);
            else if (due > from) expect(at).toBe(Math.max(due, until + 100));
          });
          expect(across(from, until, forwarded).length).toBe(40);
        }),
      );
    },
  );

  test('canary: a link that is not cut delivers in between', () => {
    const inTime = across(1e6, 1e6, false);
    expect(inTime.some(({ at }) => at > 200 && at < 300)).toBe(true);
    expect(across(150, 500, false).some(({ at }) => at > 200 && at < 600)).toBe(false);
  });

  test('ACKs: the same', () => {
    const { kernel, spawn } = newWorld();
    const inbox = new VirtualAckInbox(kernel);
    const link = new VirtualAckLink(kernel, { rtt: fixed(200), overhead: fixed(0), forwarded: false }, 0, inbox);
    const at: number[] = [];
    spawn('replica', function* (self): Script {
      for (let position = 1; position <= 5; position++) {
        link.send(position, 0, 0, 0);
        if (kernel.sleep(self, 100)) yield;
      }
    });
    spawn('source', function* (self): Script {
      for (;;) {
        while (!inbox.poll()) if (inbox.waitForAck(self)) yield;
        at.push(kernel.now());
      }
    });
    for (const [time, happen] of [
      [150, () => link.partition()],
      [350, () => link.heal()],
    ] as const) {
      kernel.at(time, kernel.happening({ happen }));
    }
    kernel.run();
    // Sent at 0, 100, 200, 300 and 400; the second is under way at 150, the last is sent after the partition.
    expect(at).toEqual([100, 450, 450, 450, 500]);
  });

  test('what a replica will have when the source dies: what has arrived and what is on its way, unless it is cut', () => {
    const { kernel, spawn } = newWorld();
    // 125 bytes at 1 Mbit/s: 1,000 µs on the line each.
    const link = new VirtualEventLink(kernel, { rtt: fixed(200), overhead: fixed(0), forwarded: false }, 1e6);
    const reach: number[] = [];
    spawn('sender', function* (self): Script {
      for (let end = 1; end <= 3; end++) {
        link.copy(125, false);
        link.append(end, false);
        link.flush();
      }
      for (const wait of [500, 600, 950]) {
        if (kernel.sleep(self, wait)) yield;
        reach.push(link.reach(0));
      }
      link.partition();
      reach.push(link.reach(0), link.reach(2));
    });
    kernel.run();
    expect(reach).toEqual([0, 1, 2, 1, 2]);
  });
});

describe('ACKs to the source', () => {
  test('of several replicas arrive all, each replica’s in order, in the order of their arrival', () => {
    const acks = fc.array(
      fc.record({
        replica: fc.integer({ min: 0, max: 2 }),
        pause: fc.integer({ min: 0, max: 30 }),
        delay: fc.integer({ min: 0, max: 200 }),
      }),
      { maxLength: 100 },
    );
    fc.assert(
      fc.property(acks, (list) => {
        const { kernel, spawn, stuck } = newWorld();
        const inbox = new VirtualAckInbox(kernel);
        const expected: { replica: number; position: number; at: number; order: number }[] = [];
        let order = 0;
        for (let replica = 0; replica < 3; replica++) {
          const mine = list.filter((ack) => ack.replica === replica);
          const delays = scripted([...mine.map(({ delay }) => 2 * delay), 0]);
          const link = new VirtualAckLink(
            kernel,
            { rtt: delays, overhead: fixed(0), forwarded: false },
            replica,
            inbox,
          );
          spawn(`replica ${replica}`, function* (self): Script {
            let [position, last] = [0, 0];
            for (const { pause, delay } of mine) {
              if (kernel.sleep(self, pause)) yield;
              last = Math.max(last, kernel.now() + delay);
              expected.push({ replica, position: ++position, at: last, order: order++ });
              link.send(position, 0, 0, 0);
            }
          });
        }
        const received: { replica: number; position: number; at: number }[] = [];
        spawn('collector', function* (self): Script {
          while (received.length < list.length) {
            while (!inbox.poll()) if (inbox.waitForAck(self)) yield;
            const { replica, position, returnedAt } = inbox.ack;
            expect(returnedAt).toBe(kernel.now());
            received.push({ replica, position, at: kernel.now() });
          }
        });
        expect(stuck()).toEqual([]);
        const inOrder = expected.sort((a, b) => a.at - b.at || a.order - b.order);
        expect(received).toEqual(inOrder.map(({ replica, position, at }) => ({ replica, position, at })));
      }),
    );
  });

  test('none is lost or early, however many are under way on a long line', () => {
    const { kernel, spawn, stuck } = newWorld();
    const inbox = new VirtualAckInbox(kernel);
    const link = new VirtualAckLink(kernel, { rtt: fixed(200_000), overhead: fixed(0), forwarded: false }, 0, inbox);
    spawn('replica', function* (self): Script {
      for (let position = 1; position <= 1000; position++) {
        if (kernel.sleep(self, 10)) yield;
        link.send(position, 0, 0, 0);
      }
    });
    const received: string[] = [];
    spawn('collector', function* (self): Script {
      while (received.length < 1000) {
        while (!inbox.poll()) if (inbox.waitForAck(self)) yield;
        received.push(`${inbox.ack.position} at ${kernel.now()}`);
      }
    });
    expect(stuck()).toEqual([]);
    const wrong = received.find((ack, i) => ack !== `${i + 1} at ${10 * (i + 1) + 100_000}`);
    expect(wrong).toBeUndefined();
  });

  test('ACKs wait for a collector that is busy', () => {
    const { kernel, host, spawn, stuck } = newWorld();
    const inbox = new VirtualAckInbox(kernel);
    const link = new VirtualAckLink(kernel, { rtt: fixed(20), overhead: fixed(0), forwarded: false }, 0, inbox);
    spawn('replica', function* (self): Script {
      for (let position = 1; position <= 200; position++) {
        if (kernel.sleep(self, 1)) yield;
        link.send(position, 0, 0, 0);
      }
    });
    const received: number[] = [];
    spawn('collector', function* (self): Script {
      if (host.use(self, 500)) yield;
      while (received.length < 200) {
        while (!inbox.poll()) if (inbox.waitForAck(self)) yield;
        received.push(inbox.ack.position);
      }
    });
    expect(stuck()).toEqual([]);
    expect(received).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
  });
});
