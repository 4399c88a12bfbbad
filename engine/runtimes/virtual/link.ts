/** The network between the source and one replica under virtual time: events one way, ACKs the other, both in order. */
import {
  type Ack,
  type AckInbox,
  type AckLink,
  type Cost,
  type EventLink,
  type EventPacket,
  type Fiber,
  type Forwarding,
  NET_BUFFER_BYTES,
  type Parked,
  SEMI_SYNC_HEADER_BYTES,
} from '../../actors/primitives.js';
import type { Microseconds } from '../../protocol/parameters.js';
import type { Kernel, VirtualFiber } from './kernel.js';

/** Packets in flight or unread before the sender must wait: 4 MiB of full buffers, as a TCP send window. */
const WINDOW_PACKETS = 256;

/** One direction's delay: half a round trip, and half of its overhead. */
export interface Delay {
  rtt: Cost;
  readonly overhead: Cost;
  /** Does a forwarder take packets in and pass them on, or do they travel by themselves? */
  readonly forwarded: boolean;
}

/** Where one fiber sleeps until somebody has something for it. */
class Sleeper {
  readonly #kernel: Kernel;
  #fiber: VirtualFiber | undefined = undefined;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  get asleep(): boolean {
    return this.#fiber !== undefined;
  }

  sleep(self: Fiber): Parked {
    this.#fiber = self as VirtualFiber;
    this.#kernel.park(this.#fiber);
    return true;
  }

  wake(): void {
    const fiber = this.#fiber;
    if (!fiber) return;
    this.#fiber = undefined;
    this.#kernel.wake(fiber);
  }
}

/**
 * Packets of one direction, in order, each a few numbers. They pass three gates: sent, accepted (the delay begins), and
 * handed over (the receiver may read). Without a forwarder a packet is accepted as it is sent, and handed over when due.
 */
class Path {
  readonly #kernel: Kernel;
  readonly #delay: Delay;
  words: Float64Array;
  readonly #width: number;
  #due = new Float64Array(WINDOW_PACKETS);
  /** One less than the packets there are places for, a power of two. */
  #mask = WINDOW_PACKETS - 1;
  #head = 0;
  #handed = 0;
  #accepted = 0;
  #tail = 0;
  /** Packets do not overtake. */
  #lastDue: Microseconds = 0;
  readonly #alarm: number;
  readonly #sleeper: Sleeper;
  /** Nothing gets through; what is sent waits. */
  cut = false;

  constructor(kernel: Kernel, delay: Delay, width: number) {
    this.#kernel = kernel;
    this.#delay = delay;
    this.#width = width;
    this.words = new Float64Array(WINDOW_PACKETS * width);
    this.#sleeper = new Sleeper(kernel);
    this.#alarm = kernel.happening({ happen: () => this.#sleeper.wake() });
  }

  get lastDue(): Microseconds {
    return this.#lastDue;
  }

  get hasRoom(): boolean {
    return this.#tail - this.#head < WINDOW_PACKETS;
  }

  /** A place for the next packet's words; `send` then sends them. Events stop at the window, ACKs have none. */
  nextSlot(): number {
    if (this.#tail - this.#head > this.#mask) this.#grow();
    return (this.#tail & this.#mask) * this.#width;
  }

  #grow(): void {
    const { words } = this;
    const due = this.#due;
    const mask = this.#mask;
    const width = this.#width;
    this.words = new Float64Array(2 * words.length);
    this.#due = new Float64Array(2 * due.length);
    this.#mask = 2 * mask + 1;
    for (let packet = this.#head; packet < this.#tail; packet++) {
      const from = packet & mask;
      const to = packet & this.#mask;
      this.words.set(words.subarray(from * width, (from + 1) * width), to * width);
      this.#due[to] = due[from] as number;
    }
  }

  /** Sends the packet in `nextSlot`, of which the line has sent the last bit at `sentAt`. */
  send(sentAt: Microseconds): void {
    // Until it is accepted, its place holds when the line has sent it.
    this.#due[this.#tail++ & this.#mask] = sentAt;
    if (this.#delay.forwarded) this.#sleeper.wake();
    else {
      this.#begin(sentAt);
      if (this.#sleeper.asleep && this.#accepted - this.#handed === 1) this.#kernel.at(this.#lastDue, this.#alarm);
    }
  }

  #begin(at: Microseconds): void {
    const { rtt, overhead } = this.#delay;
    this.#lastDue = Math.max(this.#lastDue, at + (rtt.draw() + overhead.draw()) / 2);
    this.#due[this.#accepted++ & this.#mask] = this.#lastDue;
  }

  offered(): boolean {
    return this.#accepted < this.#tail;
  }

  accept(): void {
    if (this.offered()) this.#begin(Math.max(this.#kernel.time, this.#due[this.#accepted & this.#mask] as number));
  }

  due(): boolean {
    return this.#handed < this.#accepted && this.#nextDue() <= this.#kernel.time && !this.cut;
  }

  #nextDue(): Microseconds {
    return this.#due[this.#handed & this.#mask] as number;
  }

  /** Hands the next packet over; the answer is its slot. */
  handOver(): number {
    return (this.#handed++ & this.#mask) * this.#width;
  }

  /** Slot of the next packet that may be read, or -1. */
  read(): number {
    if (this.#head === this.#handed) return -1;
    return (this.#head++ & this.#mask) * this.#width;
  }

  /** Parks until something is offered or due. */
  sleep(self: Fiber): Parked {
    this.#sleeper.sleep(self);
    if (this.#handed < this.#accepted && !this.cut) this.#kernel.at(this.#nextDue(), this.#alarm);
    return true;
  }

  /** What was held back is repeated: it arrives a one-way delay from now, or when it would have. Calls `due` for each. */
  heal(due: (at: Microseconds) => void): void {
    if (!this.cut) return;
    this.cut = false;
    const { rtt, overhead } = this.#delay;
    const soonest = this.#kernel.time + (rtt.draw() + overhead.draw()) / 2;
    for (let packet = this.#handed; packet < this.#accepted; packet++) {
      const at = Math.max(soonest, this.#due[packet & this.#mask] as number);
      this.#due[packet & this.#mask] = at;
      due(at);
    }
    this.#lastDue = Math.max(this.#lastDue, soonest);
    if (this.#sleeper.asleep && this.#handed < this.#accepted) this.#kernel.at(this.#nextDue(), this.#alarm);
  }

  /**
   * How far `end` gets, the largest of the first words of what is under way and will arrive though the sender is gone:
   * what had arrived, and what its line had sent (`sentWord`) by now, unless nothing gets through.
   */
  reach(end: number, sentWord: number): number {
    let farthest = end;
    for (let packet = this.#head; packet < this.#tail; packet++) {
      const slot = (packet & this.#mask) * this.#width;
      const sent = (this.words[slot + sentWord] as number) <= this.#kernel.time;
      if (packet < this.#handed || (sent && !this.cut)) farthest = Math.max(farthest, this.words[slot] as number);
    }
    return farthest;
  }

  /** Whatever is under way is lost. */
  clear(): void {
    this.#head = this.#tail;
    this.#handed = this.#tail;
    this.#accepted = this.#tail;
    this.#sleeper.wake();
  }
}

/** What both directions have in common: a path, and what a forwarder sees of it. */
abstract class ForwardedLink implements Forwarding {
  protected readonly path: Path;

  constructor(path: Path) {
    this.path = path;
  }

  offered(): boolean {
    return this.path.offered();
  }

  accept(): void {
    this.path.accept();
  }

  due(): boolean {
    return this.path.due();
  }

  waitForWork(self: Fiber): Parked {
    return this.path.sleep(self);
  }

  abstract forward(): void;

  /** Nothing gets through from now on, until it heals; nothing is lost. What is due has arrived. */
  partition(): void {
    while (this.path.due()) this.forward();
    this.path.cut = true;
  }

  abstract heal(): void;
}

/** end, asks for an ACK, sent, arrived. */
const PACKET_WORDS = 4;
const ARRIVED_WORD = 3;

export class VirtualEventLink extends ForwardedLink implements EventLink {
  readonly #kernel: Kernel;
  readonly #forwarded: boolean;
  #bitsPerSecond: number;
  readonly #inbox: VirtualAckInbox | undefined;
  readonly packet: EventPacket = { end: 0, asksForAck: false, sentAt: 0, arrivedAt: 0 };
  #bufferEnd = 0;
  #bufferBytes = 0;
  #bufferAsks = false;
  /** When the line has sent what it was given so far. */
  #lineFree: Microseconds = 0;
  /** Of everything handed to it, sent or not. */
  #transmitted: Microseconds = 0;
  readonly #reader: Sleeper;
  readonly #sender: Sleeper;
  closed = false;
  broken = false;
  /** Something was flushed after the close. */
  #lost = false;

  /** `inbox`: where the ACKs of this connection arrive; who waits there is told when it closes. */
  constructor(kernel: Kernel, delay: Delay, bitsPerSecond: number, inbox?: VirtualAckInbox) {
    super(new Path(kernel, delay, PACKET_WORDS));
    this.#kernel = kernel;
    this.#reader = new Sleeper(kernel);
    this.#sender = new Sleeper(kernel);
    this.#inbox = inbox;
    this.#forwarded = delay.forwarded;
    this.#bitsPerSecond = bitsPerSecond;
  }

  copy(bytes: number, semisyncHeader: boolean): void {
    this.#bufferBytes += bytes + (semisyncHeader ? SEMI_SYNC_HEADER_BYTES : 0);
  }

  append(end: number, asksForAck: boolean): void {
    this.#bufferEnd = end;
    this.#bufferAsks ||= asksForAck;
  }

  /** Time for which the line was sending, up to `now`, µs; nothing where bandwidth is unlimited. */
  busyUntil(now: Microseconds): Microseconds {
    return this.#transmitted - Math.max(0, this.#lineFree - now);
  }

  full(): boolean {
    return this.#bufferBytes >= NET_BUFFER_BYTES;
  }

  buffered(): boolean {
    return this.#bufferBytes > 0;
  }

  hasRoom(): boolean {
    return this.path.hasRoom;
  }

  flush(): void {
    if (this.closed) {
      this.broken ||= this.#lost;
      this.#lost = true;
      this.#bufferBytes = 0;
      this.#bufferAsks = false;
      return;
    }
    const now = this.#kernel.time;
    const transmission = this.#bitsPerSecond > 0 ? (this.#bufferBytes * 8e6) / this.#bitsPerSecond : 0;
    this.#lineFree = Math.max(now, this.#lineFree) + transmission;
    this.#transmitted += transmission;
    const slot = this.path.nextSlot();
    const { words } = this.path;
    words[slot] = this.#bufferEnd;
    words[slot + 1] = this.#bufferAsks ? 1 : 0;
    words[slot + 2] = now;
    // Until it has arrived.
    words[slot + ARRIVED_WORD] = this.#lineFree;
    this.#bufferBytes = 0;
    this.#bufferAsks = false;
    this.path.send(this.#lineFree);
  }

  waitForRoom(self: Fiber): Parked {
    return this.#sender.sleep(self);
  }

  forward(): void {
    if (this.closed) return;
    this.path.words[this.path.handOver() + ARRIVED_WORD] = this.#kernel.time;
    this.#reader.wake();
  }

  poll(): boolean {
    if (!this.#forwarded && this.path.due()) this.forward();
    const slot = this.path.read();
    if (slot < 0) return false;
    const { words } = this.path;
    const { packet } = this;
    packet.end = words[slot] as number;
    packet.asksForAck = words[slot + 1] === 1;
    packet.sentAt = words[slot + 2] as number;
    packet.arrivedAt = words[slot + ARRIVED_WORD] as number;
    this.#sender.wake();
    return true;
  }

  waitForPacket(self: Fiber): Parked {
    return this.#forwarded ? this.#reader.sleep(self) : this.path.sleep(self);
  }

  setBandwidth(bitsPerSecond: number): void {
    this.#bitsPerSecond = bitsPerSecond;
  }

  heal(): void {
    this.path.heal(() => {});
  }

  /** End of what the replica will have though the source dies now, given what it has taken from here already. */
  reach(taken: number): number {
    return this.path.reach(Math.max(taken, this.packet.end), ARRIVED_WORD);
  }

  /** There are no bytes: the relay log is its end position. */
  store(): void {}

  /** The source itself ends the connection: its reader fails at once. */
  end(): void {
    this.close();
    this.broken = true;
  }

  close(): void {
    this.closed = true;
    this.path.clear();
    this.#reader.wake();
    this.#sender.wake();
    this.#inbox?.interrupt();
  }
}

/** ACKs that have arrived for one thread, oldest first. */
export class VirtualAckInbox implements AckInbox {
  readonly ack: Ack = { replica: 0, position: 0, sentAt: 0, arrivedAt: 0, relayedAt: 0, returnedAt: 0 };
  #arrived: Float64Array = new Float64Array(64 * ACK_WORDS);
  #head = 0;
  #tail = 0;
  readonly #reader: Sleeper;

  constructor(kernel: Kernel) {
    this.#reader = new Sleeper(kernel);
  }

  /** Called at the instant of arrival; `words` holds one ACK at `from`. */
  arrive(words: Float64Array, from: number): void {
    if (this.#tail - this.#head === this.#arrived.length / ACK_WORDS) this.#grow();
    const to = (this.#tail++ % (this.#arrived.length / ACK_WORDS)) * ACK_WORDS;
    for (let word = 0; word < ACK_WORDS; word++) this.#arrived[to + word] = words[from + word] as number;
    this.interrupt();
  }

  poll(): boolean {
    if (this.#head === this.#tail) return false;
    const from = (this.#head++ % (this.#arrived.length / ACK_WORDS)) * ACK_WORDS;
    const { ack } = this;
    const words = this.#arrived;
    ack.replica = words[from] as number;
    ack.position = words[from + 1] as number;
    ack.sentAt = words[from + 2] as number;
    ack.arrivedAt = words[from + 3] as number;
    ack.relayedAt = words[from + 4] as number;
    ack.returnedAt = words[from + 5] as number;
    return true;
  }

  waitForAck(self: Fiber): Parked {
    return this.#reader.sleep(self);
  }

  /** The connection has closed: whoever reads here must look. */
  interrupt(): void {
    this.#reader.wake();
  }

  #grow(): void {
    const capacity = this.#arrived.length / ACK_WORDS;
    const larger = new Float64Array(this.#arrived.length * 2);
    for (let i = 0; i < capacity; i++) {
      const from = ((this.#head + i) % capacity) * ACK_WORDS;
      larger.set(this.#arrived.subarray(from, from + ACK_WORDS), i * ACK_WORDS);
    }
    this.#arrived = larger;
    this.#head = 0;
    this.#tail = capacity;
  }
}

/** replica, position, sent, arrived, relayed, returned. */
const ACK_WORDS = 6;

export class VirtualAckLink extends ForwardedLink implements AckLink {
  readonly #kernel: Kernel;
  readonly #replica: number;
  readonly #inbox: VirtualAckInbox;
  readonly #forwarded: boolean;
  readonly #arrives: number;

  constructor(kernel: Kernel, delay: Delay, replica: number, inbox: VirtualAckInbox) {
    super(new Path(kernel, delay, ACK_WORDS));
    this.#kernel = kernel;
    this.#replica = replica;
    this.#inbox = inbox;
    this.#forwarded = delay.forwarded;
    this.#arrives = kernel.happening({
      happen: () => {
        if (this.path.due()) this.forward();
      },
    });
  }

  heal(): void {
    this.path.heal((at) => {
      if (!this.#forwarded) this.#kernel.at(at, this.#arrives);
    });
  }

  /** The replica's machine is gone: what did not get through never will. */
  lose(): void {
    if (this.path.cut) this.path.clear();
  }

  send(position: number, sentAt: Microseconds, arrivedAt: Microseconds, relayedAt: Microseconds): void {
    const slot = this.path.nextSlot();
    const { words } = this.path;
    words[slot] = this.#replica;
    words[slot + 1] = position;
    words[slot + 2] = sentAt;
    words[slot + 3] = arrivedAt;
    words[slot + 4] = relayedAt;
    this.path.send(this.#kernel.time);
    if (!this.#forwarded) this.#kernel.at(this.path.lastDue, this.#arrives);
  }

  forward(): void {
    const slot = this.path.handOver();
    this.path.read();
    this.path.words[slot + 5] = this.#kernel.time;
    this.#inbox.arrive(this.path.words, slot);
  }
}
