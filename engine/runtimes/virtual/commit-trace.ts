/**
 * One commit's life, as it was in a run: where its session was and when, who held which mutex, what was on its way
 * between source and replicas. Whoever watches stands between the actors and their primitives, and changes nothing: the
 * run is that of `simulate`, event by event.
 */
import type { Fiber } from '../../actors/primitives.js';
import { LOCK_AFTER_BINLOG_SYNC, LOCK_COMMIT, LOCK_LOG, LOCK_SYNC } from '../../measure/phases.js';
import { checkSettings } from '../../protocol/check-settings.js';
import { type Group, NOBODY, type StageQueue } from '../../protocol/group-commit.js';
import type { Microseconds, Settings } from '../../protocol/parameters.js';
import { createVirtualCluster, type VirtualCluster } from './cluster.js';
import type { VirtualFiber } from './kernel.js';
import type { VirtualMutex } from './mutex.js';
import type { VirtualReplica } from './replica.js';

/** All times of a trace are µs since the transaction began. */
export interface Span {
  readonly from: Microseconds;
  readonly to: Microseconds;
}

/** The session is in one phase at any instant (`PHASES`). */
export interface PhaseSpan extends Span {
  readonly phase: number;
}

export const TRACED_LOCKS = ['LOCK_log', 'LOCK_sync', 'LOCK_after_binlog_sync', 'LOCK_commit', 'LOCK_binlog_'] as const;
export type TracedLock = (typeof TRACED_LOCKS)[number];

export interface HoldSpan extends Span {
  readonly lock: TracedLock;
  /** The thread, as the runtime calls it: `client 3`, `dump reader 0`. */
  readonly holder: string;
  /** Held for the group that the transaction is in, by its leader. */
  readonly ours: boolean;
}

/** The transaction joins a group, or its group joins another. */
export interface GroupTaken {
  readonly at: Microseconds;
  readonly stage: 'flush' | 'sync' | 'commit';
  readonly size: number;
  readonly leader: string;
}

/** A packet of events on its way to a replica, or an ACK on its way back. */
export interface Flight extends Span {
  readonly kind: 'events' | 'ACK';
  readonly replica: number;
  /** Has it (part of) the transaction, or acknowledges it? */
  readonly ours: boolean;
  /** Of events: does it ask for an ACK? */
  readonly asksForAck: boolean;
  /** When its receiver, which may have been busy, took it. */
  readonly taken: Microseconds;
}

/** What a replica's dump reader and I/O thread do with the transaction. */
export interface ReplicaPart {
  readonly replica: number;
  /** The dump reader reads its events, up to the instant at which the last of them is handed to the network. */
  readonly read: Span | undefined;
  /** In the relay log. */
  readonly written: Microseconds | undefined;
  /** fsyncs of the relay log while it had the transaction, or part of it. */
  readonly fsyncs: readonly Span[];
}

export interface CommitTrace {
  readonly session: number;
  /** As its client feels it. */
  readonly latency: Microseconds;
  /** Its rank among those it was chosen from, 0…1, and how many these were. */
  readonly quantile: number;
  readonly among: number;
  readonly phases: readonly PhaseSpan[];
  readonly groups: readonly GroupTaken[];
  readonly holds: readonly HoldSpan[];
  readonly flights: readonly Flight[];
  readonly replicas: readonly ReplicaPart[];
  /** Where its bytes lie in the binlog. */
  readonly position: { readonly start: number; readonly end: number };
  /** Dump readers may send it from here on. */
  readonly published: Microseconds | undefined;
  /** As many replicas as are waited for have acknowledged it. */
  readonly acknowledged: Microseconds | undefined;
  /** Whether semi-sync was ON as it began, and each time that it switched meanwhile. Empty under ASYNC. */
  readonly switches: readonly { readonly at: Microseconds; readonly on: boolean }[];
}

/** Commits before those among which one is chosen: the start-up, in which all clients begin at once, is no example. */
const WARM_UP = 200;
const WARM_UP_PER_CLIENT = 20;
const CHOICE = 200;
/** About a second of computing: where everybody is woken by everything, this many events must do. */
const MAX_EVENTS = 5_000_000;

interface Chosen {
  readonly session: number;
  readonly began: Microseconds;
  readonly latency: Microseconds;
}

/**
 * Follows the commit whose latency is at that quantile of `CHOICE` after the warm-up. `undefined` where none is answered.
 * The run is made twice: the first time to choose. Throws `SettingsError`.
 */
export function traceCommit(settings: Settings, quantile: number): CommitTrace | undefined {
  checkSettings(settings);
  const found = candidates(settings);
  if (found.length === 0) return undefined;
  const rank = Math.round(quantile * (found.length - 1));
  const chosen = [...found].sort((a, b) => a.latency - b.latency || a.began - b.began)[rank]!;
  return new Witness(settings, chosen).watch(found.length > 1 ? rank / (found.length - 1) : 0, found.length);
}

function candidates(settings: Settings): Chosen[] {
  const found: Chosen[] = [];
  const warmUp = WARM_UP + WARM_UP_PER_CLIENT * settings.clients;
  const { kernel, source } = createVirtualCluster(settings, (latency, session) => {
    found.push({ session, began: source.meter.began[session] as number, latency });
    if (found.length === warmUp + CHOICE || kernel.calendar.scheduled > MAX_EVENTS) kernel.stop();
  });
  kernel.run();
  return found.slice(Math.min(warmUp, Math.ceil(found.length / 2))).slice(-CHOICE);
}

const LOCK_OF_PHASE = new Map<number, TracedLock>([
  [LOCK_LOG, 'LOCK_log'],
  [LOCK_SYNC, 'LOCK_sync'],
  [LOCK_AFTER_BINLOG_SYNC, 'LOCK_after_binlog_sync'],
  [LOCK_COMMIT, 'LOCK_commit'],
]);

interface OpenHold {
  holder: VirtualFiber;
  from: Microseconds;
}

interface Sent {
  readonly from: Microseconds;
  readonly start: number;
  readonly end: number;
  readonly asksForAck: boolean;
}

/** Wraps what the actors call, and writes down what concerns the chosen transaction. */
class Witness {
  readonly #cluster: VirtualCluster;
  readonly #chosen: Chosen;
  readonly #end: Microseconds;
  readonly #phases: PhaseSpan[] = [];
  #phase: { phase: number; from: Microseconds } | undefined;
  /** Phases that it has left, those of no length included. */
  readonly #left: { at: Microseconds; phase: number }[] = [];
  #positionBefore = 0;
  readonly #groups: GroupTaken[] = [];
  readonly #holds: HoldSpan[] = [];
  readonly #held = new Map<TracedLock, OpenHold>();
  readonly #flights: (Omit<Flight, 'ours'> & { readonly start: number; readonly end: number })[] = [];
  readonly #onWake: ((fiber: VirtualFiber) => void)[] = [];
  readonly #reads: { from: Microseconds; to: Microseconds; start: number; end: number; replica: number }[] = [];
  readonly #stores: { at: Microseconds; end: number; replica: number }[] = [];
  readonly #fsyncs: (Span & { replica: number })[] = [];
  #published: Microseconds | undefined;
  #acknowledged: Microseconds | undefined;
  readonly #switches: { at: Microseconds; on: boolean }[] = [];

  constructor(settings: Settings, chosen: Chosen) {
    this.#chosen = chosen;
    this.#end = chosen.began + chosen.latency;
    this.#cluster = createVirtualCluster(settings, () => {});
    this.#watchPhases();
    this.#watchWakes();
    this.#watchLocks();
    this.#watchQueues();
    this.#watchPositions();
    for (const replica of this.#cluster.replicas) this.#watchReplica(replica);
    this.#watchAcks();
  }

  /** What was under way when the client had its answer is followed to its own end, for as long again. */
  watch(quantile: number, among: number): CommitTrace {
    const { kernel, source } = this.#cluster;
    const { session, began, latency } = this.#chosen;
    kernel.run(this.#end);
    const end = source.sessions.position[session] as number;
    const start = end - source.shape.bytes;
    kernel.run(this.#end + latency);
    for (const [lock, { holder, from }] of this.#held) this.#close(lock, holder, from, kernel.time);
    return {
      session,
      latency,
      quantile,
      among,
      phases: this.#phases,
      groups: this.#groups,
      holds: this.#ownHolds(),
      flights: this.#ownFlights(start, end),
      replicas: this.#cluster.replicas.map(({ index }) => this.#part(index, start, end)),
      position: { start, end },
      published: this.#published === undefined ? undefined : this.#published - began,
      acknowledged: this.#acknowledged === undefined ? undefined : this.#acknowledged - began,
      switches: this.#switches,
    };
  }

  /** Of the ACKs that cover it, each replica's first. */
  #ownFlights(start: number, end: number): Flight[] {
    const acknowledged = new Set<number>();
    return this.#flights
      .filter(({ from, to }) => to >= 0 && from <= this.#chosen.latency)
      .sort((a, b) => a.from - b.from)
      .map(({ start: first, end: last, ...flight }) => {
        if (flight.kind === 'events') return { ...flight, ours: last > start && first < end };
        const ours = last >= end && !acknowledged.has(flight.replica);
        if (ours) acknowledged.add(flight.replica);
        return { ...flight, ours };
      });
  }

  #part(replica: number, start: number, end: number): ReplicaPart {
    const reads = this.#reads.filter((read) => read.replica === replica && read.end > start && read.start < end);
    const stores = this.#stores.filter((store) => store.replica === replica && store.end > start);
    const began = stores[0]?.at;
    const written = stores.find((store) => store.end >= end)?.at;
    return {
      replica,
      read: reads.length > 0 ? { from: reads[0]!.from, to: reads.at(-1)!.to } : undefined,
      written,
      fsyncs: this.#fsyncs.filter(
        (fsync) =>
          fsync.replica === replica &&
          began !== undefined &&
          fsync.from >= began &&
          fsync.from <= (written ?? this.#chosen.latency),
      ),
    };
  }

  /** Relative to the transaction's beginning. */
  get #now(): Microseconds {
    return this.#cluster.kernel.time - this.#chosen.began;
  }

  get #isUnderWay(): boolean {
    const { time } = this.#cluster.kernel;
    return time >= this.#chosen.began && time <= this.#end;
  }

  #watchPhases(): void {
    const { meter, sessions } = this.#cluster.source;
    const { session, began } = this.#chosen;
    const [begin, to] = [meter.begin.bind(meter), meter.to.bind(meter)];
    meter.begin = (of, at, phase) => {
      begin(of, at, phase);
      if (of !== session || at !== began) return;
      this.#phase = { phase, from: 0 };
      this.#positionBefore = sessions.position[session] as number;
      this.#noteSwitch();
    };
    meter.to = (of, phase, now) => {
      to(of, phase, now);
      if (of !== session || this.#phase === undefined) return;
      const at = now - began;
      this.#left.push({ at, phase: this.#phase.phase });
      const last = this.#phases.at(-1);
      // Whoever waits for several members' ACKs is told after each, and goes on waiting.
      const from = last?.phase === this.#phase.phase ? this.#phases.pop()!.from : this.#phase.from;
      if (at > from) this.#phases.push({ phase: this.#phase.phase, from, to: at });
      this.#phase = at >= this.#chosen.latency ? undefined : { phase, from: at };
    };
  }

  #watchWakes(): void {
    const { kernel } = this.#cluster;
    const wake = kernel.wake.bind(kernel);
    kernel.wake = (fiber) => {
      wake(fiber);
      for (const told of this.#onWake) told(fiber);
    };
  }

  #watchLocks(): void {
    const { lockLog, lockSync, lockAfterBinlogSync, lockCommit, lockBinlog } = this.#cluster.source;
    const mutexes = [lockLog, lockSync, lockAfterBinlogSync, lockCommit, lockBinlog];
    for (const [index, mutex] of mutexes.entries()) this.#watchLock(TRACED_LOCKS[index]!, mutex);
  }

  #watchLock(lock: TracedLock, mutex: VirtualMutex): void {
    let releasing = false;
    const took = (holder: VirtualFiber): void => {
      this.#held.set(lock, { holder, from: this.#cluster.kernel.time });
    };
    const acquire = mutex.acquire.bind(mutex);
    const takeOrQueue = mutex.takeOrQueue.bind(mutex);
    const release = mutex.release.bind(mutex);
    mutex.acquire = (self) => {
      const parked = acquire(self);
      if (!parked) took(self as VirtualFiber);
      return parked;
    };
    mutex.takeOrQueue = (fiber) => {
      const has = takeOrQueue(fiber);
      if (has) took(fiber);
      return has;
    };
    mutex.release = (self) => {
      const open = this.#held.get(lock);
      this.#held.delete(lock);
      if (open) this.#close(lock, open.holder, open.from, this.#cluster.kernel.time);
      releasing = true;
      release(self);
      releasing = false;
    };
    // First in, first out, it is handed over: the heir holds it before its turn comes.
    this.#onWake.push((fiber) => {
      if (releasing && fiber.needs === undefined && !this.#held.has(lock)) took(fiber);
    });
  }

  #close(lock: TracedLock, holder: VirtualFiber, from: Microseconds, to: Microseconds): void {
    const { began } = this.#chosen;
    if (to <= began || from >= this.#end) return;
    this.#holds.push({ lock, holder: holder.name, from: from - began, to: to - began, ours: false });
  }

  /** A hold is the group's own where the transaction stops waiting for that lock under it. */
  #ownHolds(): HoldSpan[] {
    const own = new Set<HoldSpan>();
    for (const { at, phase } of this.#left) {
      const lock = LOCK_OF_PHASE.get(phase);
      const hold = this.#holds.findLast((one) => one.lock === lock && one.from <= at && one.to >= at);
      if (hold) own.add(hold);
    }
    return this.#holds.map((hold) => ({ ...hold, ours: own.has(hold) }));
  }

  #watchQueues(): void {
    const { flushQueue, syncQueue, commitQueue } = this.#cluster.source;
    this.#watchQueue('flush', flushQueue, 'LOCK_log');
    this.#watchQueue('sync', syncQueue, 'LOCK_sync');
    this.#watchQueue('commit', commitQueue, 'LOCK_commit');
  }

  #watchQueue(stage: GroupTaken['stage'], queue: StageQueue, lock: TracedLock): void {
    const takeInto = queue.takeInto.bind(queue);
    queue.takeInto = (group: Group) => {
      takeInto(group);
      if (!this.#isUnderWay || !this.#isIn(group)) return;
      const leader = this.#held.get(lock)?.holder.name ?? '';
      this.#groups.push({ at: this.#now, stage, size: group.size, leader });
    };
  }

  #isIn({ first }: Group): boolean {
    const { next } = this.#cluster.source.sessions;
    for (let session = first; session !== NOBODY; session = next[session] as number) {
      if (session === this.#chosen.session) return true;
    }
    return false;
  }

  /** While it is under way, the transaction has a position of its own only once its events have been written. */
  #isBehind(position: number): boolean {
    const own = this.#cluster.source.sessions.position[this.#chosen.session] as number;
    return this.#isUnderWay && own > this.#positionBefore && position >= own;
  }

  #watchPositions(): void {
    const { binlog, semisync } = this.#cluster.source;
    const publish = binlog.publish.bind(binlog);
    binlog.publish = (self: Fiber, end: number) => {
      if (this.#published === undefined && this.#isBehind(end)) this.#published = this.#cluster.kernel.time;
      return publish(self, end);
    };
    const switchOff = semisync.switchOff.bind(semisync);
    semisync.switchOff = () => {
      switchOff();
      this.#noteSwitch();
    };
    const acknowledge = semisync.acknowledge.bind(semisync);
    semisync.acknowledge = (replica, position) => {
      const releases = acknowledge(replica, position);
      this.#noteSwitch();
      if (this.#acknowledged === undefined && this.#isBehind(semisync.acked)) {
        this.#acknowledged = this.#cluster.kernel.time;
      }
      return releases;
    };
  }

  #noteSwitch(): void {
    const { on, enabled } = this.#cluster.source.semisync;
    const isNews = enabled && this.#switches.at(-1)?.on !== on;
    if (isNews && this.#isUnderWay) this.#switches.push({ at: this.#now, on });
  }

  #watchReplica(replica: VirtualReplica): void {
    const { events, relayDisk, index } = replica;
    const [append, flush, poll, store] = [events.append, events.flush, events.poll, events.store];
    const buffer = { start: replica.relayEnd, end: replica.relayEnd, asksForAck: false, from: 0 };
    const sent: Sent[] = [];
    events.append = (end, asksForAck) => {
      append.call(events, end, asksForAck);
      if (buffer.start === buffer.end) buffer.from = this.#now;
      buffer.end = end;
      buffer.asksForAck ||= asksForAck;
    };
    events.flush = () => {
      flush.call(events);
      const { start, end, asksForAck, from } = buffer;
      const now = this.#now;
      sent.push({ from: now, start, end, asksForAck });
      if (now >= 0) this.#reads.push({ from, to: now, start, end, replica: index });
      buffer.start = end;
      buffer.asksForAck = false;
    };
    events.poll = () => {
      const has = poll.call(events);
      const packet = has ? sent.shift() : undefined;
      if (packet && this.#now >= 0) {
        const to = events.packet.arrivedAt - this.#chosen.began;
        this.#flights.push({ kind: 'events', replica: index, to, taken: this.#now, ...packet });
      }
      return has;
    };
    events.store = () => {
      store.call(events);
      if (this.#now >= 0) this.#stores.push({ at: this.#now, end: replica.relayEnd, replica: index });
    };
    this.#watchRelayDisk(index, relayDisk);
  }

  #watchRelayDisk(replica: number, disk: VirtualReplica['relayDisk']): void {
    const fsync = disk.fsync.bind(disk);
    let waiting: { fiber: Fiber; from: Microseconds } | undefined;
    disk.fsync = (self) => {
      const parked = fsync(self);
      if (parked) waiting = { fiber: self, from: this.#now };
      return parked;
    };
    this.#onWake.push((fiber) => {
      if (waiting?.fiber !== fiber) return;
      if (this.#now >= 0) this.#fsyncs.push({ replica, from: waiting.from, to: this.#now });
      waiting = undefined;
    });
  }

  /** ACKs of one replica arrive in the order in which they were sent. */
  #watchAcks(): void {
    const { replicas } = this.#cluster;
    const sent = replicas.map((): { from: Microseconds; position: number }[] => []);
    for (const { acks, index } of replicas) {
      const send = acks.send.bind(acks);
      acks.send = (position, ...instants) => {
        send(position, ...instants);
        sent[index]!.push({ from: this.#now, position });
      };
    }
    for (const inbox of new Set(replicas.map((replica) => replica.inbox))) {
      const poll = inbox.poll.bind(inbox);
      inbox.poll = () => {
        const has = poll();
        const { replica, returnedAt } = inbox.ack;
        const ack = has ? sent[replica]!.shift() : undefined;
        if (ack && this.#now >= 0) {
          const { from, position } = ack;
          const to = returnedAt - this.#chosen.began;
          const flight = { kind: 'ACK' as const, replica, from, to, taken: this.#now, asksForAck: false };
          this.#flights.push({ ...flight, start: position, end: position });
        }
        return has;
      };
    }
  }
}
