/** The network between the source and one replica in the threads runtime: real bytes, handed over when they are due. */
import {
  type AckLink,
  type Cost,
  type EventInlet,
  type EventOutlet,
  type EventPacket,
  type Fiber,
  NET_BUFFER_BYTES,
  type Parked,
  SEMI_SYNC_HEADER_BYTES,
} from '../../actors/primitives.js';
import type { Microseconds } from '../../protocol/parameters.js';
import { eventEnd, eventsBetween, type TransactionShape, transactionStartAt } from '../../protocol/positions.js';
import { readAround, writeAround } from '../../sync/ring-bytes.js';
import { SpscConsumer, SpscProducer } from '../../sync/spsc-ring.js';
import type { BytesTail } from './binlog.js';
import { EventChecker } from './event-bytes.js';
import {
  ACK_ARRIVED_AT,
  ACK_DUE_AT,
  ACK_POSITION,
  ACK_RELAYED_AT,
  ACK_SENT_AT,
  ASKS,
  BYTES,
  closeLink,
  DUE_AT,
  END,
  isClosed,
  type LinkMemory,
  SENT_AT,
} from './link.layout.js';
import type { LogFile } from './log-file.js';
import type { Scheduler, ThreadFiber } from './scheduler.js';
import type { Sleeper } from './sleeper.js';

/** One direction's delay: half a round trip, and half of its overhead. */
export interface Delay {
  readonly rtt: Cost;
  readonly overhead: Cost;
}

const drawDelay = ({ rtt, overhead }: Delay): Microseconds => (rtt.draw() + overhead.draw()) / 2;

/** In front of every event to a semi-sync replica (MySQL's `ReplSemiSyncBase::kPacketMagicNum`, `kPacketFlagSync`). */
const MAGIC = 0xef;
const FLAG_SYNC = 0x01;

/** The dump reader's end. */
export class EventSender implements EventOutlet {
  readonly #scheduler: Scheduler;
  readonly #memory: LinkMemory;
  readonly #tail: BytesTail;
  readonly #packets: SpscProducer;
  readonly #delay: Delay;
  readonly #bitsPerSecond: number;
  readonly #receiver: Sleeper;
  readonly #self: Sleeper;
  readonly #hasHeader: boolean;
  /** MySQL's network buffer: what has been read and not been sent. */
  readonly #buffer: Uint8Array;
  #buffered = 0;
  #headerAt = -1;
  #end = 0;
  #asks = false;
  #sent = 0;
  #lineFree: Microseconds = 0;
  #lastDue: Microseconds = 0;
  broken = false;
  /** Something was flushed after the close. */
  #lost = false;

  /** `hasHeader`: both ends of a connection agree on that as it begins. */
  constructor(
    scheduler: Scheduler,
    memory: LinkMemory,
    tail: BytesTail,
    delay: Delay,
    options: { readonly bitsPerSecond: number; readonly hasHeader: boolean },
    sleepers: { readonly receiver: Sleeper; readonly sender: Sleeper },
  ) {
    this.#scheduler = scheduler;
    this.#memory = memory;
    this.#tail = tail;
    this.#packets = new SpscProducer(memory.packets);
    this.#delay = delay;
    this.#bitsPerSecond = options.bitsPerSecond;
    this.#hasHeader = options.hasHeader;
    this.#receiver = sleepers.receiver;
    this.#self = sleepers.sender;
    this.#buffer = new Uint8Array(memory.bytes.length / 4);
  }

  get closed(): boolean {
    return isClosed(this.#memory);
  }

  /** The source itself ends the connection: its reader fails at once. */
  end(): void {
    closeLink(this.#memory);
    this.broken = true;
    this.#receiver.wake();
    this.#self.wake();
  }

  copy(bytes: number): void {
    if (this.#hasHeader) {
      this.#headerAt = this.#buffered;
      this.#buffered += SEMI_SYNC_HEADER_BYTES;
    }
    this.#tail.take(this.#buffer, this.#buffered, bytes);
    this.#buffered += bytes;
  }

  append(end: number, asksForAck: boolean): void {
    if (this.#headerAt >= 0) {
      this.#buffer[this.#headerAt] = MAGIC;
      this.#buffer[this.#headerAt + 1] = asksForAck ? FLAG_SYNC : 0;
    }
    this.#end = end;
    this.#asks ||= asksForAck;
  }

  full(): boolean {
    return this.#buffered >= NET_BUFFER_BYTES;
  }

  buffered(): boolean {
    return this.#buffered > 0;
  }

  hasRoom(): boolean {
    const { bytes, freed } = this.#memory;
    const used = (this.#sent - Atomics.load(freed, 0)) | 0;
    return this.#packets.hasRoom() && bytes.length - used >= this.#buffered;
  }

  waitForRoom(self: Fiber): Parked {
    (self as ThreadFiber).waitsFor = 'room in the send window';
    return this.#self.sleepUnless(() => this.hasRoom() || this.closed);
  }

  flush(): void {
    if (this.closed) {
      this.broken ||= this.#lost;
      this.#lost = true;
      this.#buffered = 0;
      this.#asks = false;
      return;
    }
    const now = this.#scheduler.refresh();
    const { bytes } = this.#memory;
    writeAround(bytes, this.#sent, this.#buffer, this.#buffered);
    this.#sent = (this.#sent + this.#buffered) | 0;
    const transmission = this.#bitsPerSecond > 0 ? (this.#buffered * 8e6) / this.#bitsPerSecond : 0;
    this.#lineFree = Math.max(now, this.#lineFree) + transmission;
    // Packets do not overtake.
    this.#lastDue = Math.max(this.#lastDue, this.#lineFree + drawDelay(this.#delay));
    const at = this.#packets.claim();
    const { words } = this.#packets;
    words[at + END] = this.#end;
    words[at + ASKS] = this.#asks ? 1 : 0;
    words[at + SENT_AT] = now;
    words[at + DUE_AT] = this.#lastDue;
    words[at + BYTES] = this.#buffered;
    this.#packets.publish();
    this.#buffered = 0;
    this.#asks = false;
    this.#receiver.wake();
  }
}

/** The replica's end. */
export class EventReceiver implements EventInlet {
  readonly #scheduler: Scheduler;
  readonly #memory: LinkMemory;
  readonly #shape: TransactionShape;
  readonly #header: number;
  readonly #packets: SpscConsumer;
  readonly #acks: AckSender;
  readonly #sender: Sleeper;
  readonly #self: Sleeper;
  /** What has been received and is not in the relay log. */
  readonly #received: Uint8Array;
  #stored = 0;
  #relayEnd: number;
  /** Of the next event. */
  #transactionStart: number;
  #index: number;
  #taken = 0;
  readonly #checker: EventChecker;
  readonly #file: LogFile | undefined;
  readonly packet: EventPacket = { end: 0, asksForAck: false, sentAt: 0, arrivedAt: 0 };

  /** `header`: bytes in front of each event. `start`: where the relay log begins. */
  constructor(
    scheduler: Scheduler,
    memory: LinkMemory,
    shape: TransactionShape,
    options: { readonly header: number; readonly start: number; readonly file: LogFile | undefined },
    acks: AckSender,
    sleepers: { readonly receiver: Sleeper; readonly sender: Sleeper },
  ) {
    this.#scheduler = scheduler;
    this.#memory = memory;
    this.#shape = shape;
    this.#acks = acks;
    this.#header = options.header;
    this.#relayEnd = options.start;
    this.#file = options.file;
    this.#packets = new SpscConsumer(memory.packets);
    this.#sender = sleepers.sender;
    this.#self = sleepers.receiver;
    this.#received = new Uint8Array(memory.bytes.length / 4);
    this.#checker = new EventChecker(this.#received);
    this.#transactionStart = transactionStartAt(shape, options.start);
    this.#index = eventsBetween(shape, this.#transactionStart, options.start);
  }

  get closed(): boolean {
    return isClosed(this.#memory);
  }

  /** The replica goes: what is under way is lost, and the source notices when it next sends. */
  close(): void {
    closeLink(this.#memory);
    this.#sender.wake();
    this.#self.wake();
    this.#acks.interrupt();
  }

  /** A packet may ask for an ACK: none is taken while the way back is full, as a write to a full socket blocks. */
  poll(): boolean {
    const at = this.#packets.front();
    if (at < 0 || !this.#acks.hasRoom() || this.closed) return false;
    const { words } = this.#packets;
    if ((words[at + DUE_AT] as number) > this.#scheduler.refresh()) return false;
    const { packet } = this;
    packet.end = words[at + END] as number;
    packet.asksForAck = words[at + ASKS] === 1;
    packet.sentAt = words[at + SENT_AT] as number;
    packet.arrivedAt = this.#scheduler.time;
    const length = words[at + BYTES] as number;
    readAround(this.#memory.bytes, this.#taken, this.#received, 0, length);
    this.#taken = (this.#taken + length) | 0;
    this.#stored = 0;
    this.#packets.advance();
    this.#packets.release();
    // Not before the bytes are copied out: the sender overwrites them.
    Atomics.store(this.#memory.freed, 0, this.#taken);
    this.#sender.wake();
    return true;
  }

  waitForPacket(self: Fiber): Parked {
    const fiber = self as ThreadFiber;
    if (!this.#acks.hasRoom()) {
      fiber.waitsFor = 'room for an ACK';
      return this.#self.sleepUnless(() => this.#acks.hasRoom() || this.closed);
    }
    fiber.waitsFor = 'events';
    const due = this.#nextDue();
    if (due !== Number.POSITIVE_INFINITY) {
      // Whatever comes meanwhile comes behind it.
      this.#scheduler.alarm(fiber, due);
      return true;
    }
    return this.#self.sleepUnless(() => this.#packets.front() >= 0 || this.closed);
  }

  #nextDue(): Microseconds {
    const at = this.#packets.front();
    return at < 0 ? Number.POSITIVE_INFINITY : (this.#packets.words[at + DUE_AT] as number);
  }

  store(end: number): void {
    while (this.#relayEnd < end) {
      const nextEnd = eventEnd(this.#shape, this.#transactionStart, this.#index);
      const size = nextEnd - this.#relayEnd;
      if (this.#header > 0 && this.#received[this.#stored] !== MAGIC) {
        throw new Error(`the event that ends at ${nextEnd} has no semi-sync header`);
      }
      this.#stored += this.#header;
      this.#checker.check(this.#stored, size, nextEnd);
      this.#file?.append(this.#received, this.#stored, size);
      this.#file?.write();
      this.#stored += size;
      this.#relayEnd = nextEnd;
      if (++this.#index === this.#shape.events) {
        this.#index = 0;
        this.#transactionStart = nextEnd;
      }
    }
  }
}

/** A replica's way back. */
export class AckSender implements AckLink {
  readonly #scheduler: Scheduler;
  readonly #ring: SpscProducer;
  readonly #delay: Delay;
  readonly #receiver: Sleeper;
  #lastDue: Microseconds = 0;

  constructor(scheduler: Scheduler, memory: LinkMemory, delay: Delay, receiver: Sleeper) {
    this.#scheduler = scheduler;
    this.#ring = new SpscProducer(memory.acks);
    this.#delay = delay;
    this.#receiver = receiver;
  }

  hasRoom(): boolean {
    return this.#ring.hasRoom();
  }

  /** The connection has closed: who collects its ACKs must look. */
  interrupt(): void {
    this.#receiver.wake();
  }

  send(position: number, sentAt: Microseconds, arrivedAt: Microseconds, relayedAt: Microseconds): void {
    const at = this.#ring.claim();
    // `EventReceiver.poll` has looked.
    if (at < 0) throw new Error('the replica sends more ACKs than it was asked for');
    this.#lastDue = Math.max(this.#lastDue, this.#scheduler.refresh() + drawDelay(this.#delay));
    const { words } = this.#ring;
    words[at + ACK_POSITION] = position;
    words[at + ACK_SENT_AT] = sentAt;
    words[at + ACK_ARRIVED_AT] = arrivedAt;
    words[at + ACK_RELAYED_AT] = relayedAt;
    words[at + ACK_DUE_AT] = this.#lastDue;
    this.#ring.publish();
    this.#receiver.wake();
  }
}
