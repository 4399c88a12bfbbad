/** ACKs arriving at one thread of the source, from one replica or, at the ACK receiver, from all: it polls each in turn. */
import type { Ack, AckInbox, Fiber, Parked } from '../../actors/primitives.js';
import { SpscConsumer, type SpscMemory } from '../../sync/spsc-ring.js';
import { ACK_ARRIVED_AT, ACK_DUE_AT, ACK_POSITION, ACK_RELAYED_AT, ACK_SENT_AT } from './link.layout.js';
import type { Scheduler, ThreadFiber } from './scheduler.js';
import type { Sleeper } from './sleeper.js';

/** Where one replica's ACKs come from: one connection. */
export interface AckSource {
  readonly replica: number;
  readonly acks: SpscMemory;
  /** The replica's end, which takes no packets while its ACKs have no room. */
  readonly sender: Sleeper;
  readonly closed: () => boolean;
}

interface Connection {
  readonly replica: number;
  readonly ring: SpscConsumer;
  readonly sender: Sleeper;
  readonly closed: () => boolean;
}

export class ThreadAckInbox implements AckInbox {
  readonly ack: Ack = { replica: 0, position: 0, sentAt: 0, arrivedAt: 0, relayedAt: 0, returnedAt: 0 };
  readonly #scheduler: Scheduler;
  #connections: readonly Connection[];
  readonly #self: Sleeper;
  readonly #isReaders: boolean;
  #nextConnection = 0;

  /** `of`: who collects them, a dump reader those of its own connection, or the ACK receiver all. */
  constructor(scheduler: Scheduler, sources: readonly AckSource[], self: Sleeper, of: 'reader' | 'receiver') {
    this.#scheduler = scheduler;
    this.#isReaders = of === 'reader';
    this.#connections = sources.map(connectionOf);
    this.#self = self;
  }

  /** A replica has connected: its ACKs come from there now. */
  add(source: AckSource): void {
    this.#connections = [
      ...this.#connections.filter(({ replica }) => replica !== source.replica),
      connectionOf(source),
    ];
    this.#nextConnection = 0;
    // One may have come before anybody looked there.
    this.#self.wake();
  }

  /** The connection has closed: whoever collects here must look. */
  interrupt(): void {
    this.#self.wake();
  }

  poll(): boolean {
    const connections = this.#connections;
    const now = this.#scheduler.refresh();
    for (let looked = 0; looked < connections.length; looked++) {
      const { replica, ring, sender } = connections[this.#nextConnection] as Connection;
      this.#nextConnection = (this.#nextConnection + 1) % connections.length;
      const at = ring.front();
      if (at < 0 || (ring.words[at + ACK_DUE_AT] as number) > now) continue;
      const { ack } = this;
      const { words } = ring;
      ack.replica = replica;
      ack.position = words[at + ACK_POSITION] as number;
      ack.sentAt = words[at + ACK_SENT_AT] as number;
      ack.arrivedAt = words[at + ACK_ARRIVED_AT] as number;
      ack.relayedAt = words[at + ACK_RELAYED_AT] as number;
      ack.returnedAt = now;
      ring.advance();
      ring.release();
      sender.wake();
      return true;
    }
    return false;
  }

  waitForAck(self: Fiber): Parked {
    const fiber = self as ThreadFiber;
    fiber.waitsFor = 'an ACK';
    const { earliest, empty } = this.#look();
    if (!empty) {
      this.#scheduler.alarm(fiber, earliest);
      return true;
    }
    // One that comes on a silent connection may be due before those that are under way.
    const parked = this.#self.sleepUnless(() => this.#look().earliest < earliest || this.#hasClosed());
    if (parked && earliest !== Number.POSITIVE_INFINITY) this.#self.alsoAt(fiber, earliest);
    return parked;
  }

  /** Where a dump reader waits for the ACK of its only connection, none will come any more. */
  #hasClosed(): boolean {
    return this.#isReaders && (this.#connections[0] as Connection).closed();
  }

  /** When the first ACK under way is due, and whether some connection has none under way, or is yet to come. */
  #look(): { earliest: number; empty: boolean } {
    let earliest = Number.POSITIVE_INFINITY;
    let empty = this.#connections.length === 0;
    for (const { ring } of this.#connections) {
      const at = ring.front();
      if (at < 0) empty = true;
      else earliest = Math.min(earliest, ring.words[at + ACK_DUE_AT] as number);
    }
    return { earliest, empty };
  }
}

const connectionOf = ({ acks, ...source }: AckSource): Connection => ({ ...source, ring: new SpscConsumer(acks) });
