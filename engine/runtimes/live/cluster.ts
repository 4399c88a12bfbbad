/**
 * A cluster that lives: virtual time goes on as its keeper lets it, clients beside the load commit when somebody tells them
 * to, and what an administrator does happens at once.
 */
import { client } from '../../actors/client.js';
import { setParameter } from '../../actors/saboteur.js';
import type { SetEvent } from '../../protocol/faults.js';
import type { Microseconds, Settings } from '../../protocol/parameters.js';
import { eventEnd, eventsBetween, transactionStartAt } from '../../protocol/positions.js';
import type { SemiSync } from '../../protocol/semi-sync.js';
import { createVirtualCluster, type VirtualCluster } from '../virtual/cluster.js';
import { VirtualFaults } from '../virtual/faults.js';
import { FREE, VirtualCondition } from '../virtual/mutex.js';

export interface LiveClusterOptions {
  /** Sessions that commit all the time. */
  readonly load: number;
  /** Sessions that commit when told to, at most. */
  readonly sessions: number;
  /** Does the replica's I/O thread run from the beginning? Index: replica. */
  readonly started: readonly boolean[];
}

/** A thread of the source that serves a replica's I/O thread, or still believes to. */
export interface DumpThread {
  readonly replica: number;
  readonly since: Microseconds;
}

/** `connecting`: started, and not registered at the source yet. */
export type IoThreadState = 'stopped' | 'connecting' | 'running';

interface Slot {
  readonly arrived: VirtualCondition;
  queued: boolean;
  done: (() => void) | undefined;
}

export class LiveCluster {
  readonly #cluster: VirtualCluster;
  readonly #faults: VirtualFaults;
  readonly #options: LiveClusterOptions;
  /** Index: session, after those of the load. */
  readonly #slots: Slot[] = [];
  readonly #free: number[] = [];
  /** When each replica was registered last. */
  readonly #registeredAt: Microseconds[];
  /** Told when a replica has registered at the source. */
  registered: ((replica: number) => void) | undefined = undefined;

  constructor(settings: Settings, options: LiveClusterOptions) {
    this.#options = options;
    const given = { ...settings, clients: options.load };
    const sessions = options.load + options.sessions;
    this.#cluster = createVirtualCluster(given, () => {}, options.load, sessions);
    this.#registeredAt = options.started.map(() => 0);
    this.#faults = new VirtualFaults(this.#cluster, (what, replica) => {
      if (what !== 'connected' || replica === undefined) return;
      this.#registeredAt[replica] = this.now;
      this.registered?.(replica);
    });
    options.started.forEach((started, replica) => {
      if (started) return;
      this.stopIoThread(replica);
      // Nobody has ever connected: no reader is left that would have to find out.
      this.#cluster.replicas[replica]?.events.end();
    });
  }

  get now(): Microseconds {
    return this.#cluster.kernel.time;
  }

  get settings(): Settings {
    return this.#cluster.source.settings;
  }

  /** Lets time go on until then. */
  run(until: Microseconds): void {
    if (until <= this.now) return;
    // Where nothing is left to happen, time stands still of itself.
    if (!this.#cluster.kernel.run(until)) this.#cluster.kernel.time = until;
  }

  get semisync(): SemiSync {
    return this.#cluster.source.semisync;
  }

  get binlogEnd(): number {
    return this.#cluster.source.binlog.end;
  }

  /** Is this the end of an event in the binlog, so that a replica may ask for what comes behind it? */
  isEventEnd(position: number): boolean {
    const { shape } = this.#cluster.source;
    const start = transactionStartAt(shape, position);
    const index = eventsBetween(shape, start, position);
    return position === start || eventEnd(shape, start, index - 1) === position;
  }

  get dumpThreads(): DumpThread[] {
    return this.#cluster.replicas.flatMap(({ index, reader }) =>
      reader && !reader.ended ? [{ replica: index, since: this.#registeredAt[index] as number }] : [],
    );
  }

  ioThread(replica: number): IoThreadState {
    const { ioThread, connected } = this.#replica(replica);
    if (!ioThread || ioThread.ended) return 'stopped';
    return connected ? 'running' : 'connecting';
  }

  /** Did the connection that the replica has now register as semi-synchronous? */
  acknowledges(replica: number): boolean {
    return this.ioThread(replica) === 'running' && this.#replica(replica).semisync;
  }

  relayEnd(replica: number): number {
    return this.#replica(replica).relayEnd;
  }

  /** CHANGE MASTER TO: the next connection asks for the binlog from here. */
  moveRelayEnd(replica: number, position: number): void {
    const moved = this.#replica(replica);
    moved.relayEnd = position;
    moved.relaySynced = position;
  }

  #replica(index: number) {
    return this.#cluster.replicas[index] as VirtualCluster['replicas'][number];
  }

  startIoThread(replica: number): void {
    this.#faults.afflict('start-io', replica);
  }

  stopIoThread(replica: number): void {
    this.#faults.afflict('stop-io', replica);
  }

  /** A variable changes; resolves when it has, which may have to wait for LOCK_binlog_. */
  set(event: SetEvent): Promise<void> {
    const { kernel } = this.#cluster;
    const faults = this.#faults;
    return new Promise((resolve) => {
      kernel.spawn('administrator', undefined, function* (self) {
        yield setParameter(self, faults, event);
        resolve();
      });
    });
  }

  /** A session that can commit; undefined where all are taken. */
  takeSession(): number | undefined {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.#slots.length === this.#options.sessions) return undefined;
    return this.#spawnSession();
  }

  /** Gives a session back, which must have no transaction under way. */
  giveSession(session: number): void {
    this.#free.push(session);
  }

  #spawnSession(): number {
    const { kernel, source, clientHost, streams } = this.#cluster;
    const session = this.#options.load + this.#slots.length;
    const slot: Slot = { arrived: new VirtualCondition(kernel, FREE), queued: false, done: undefined };
    this.#slots.push(slot);
    const load = {
      host: clientHost,
      think: streams.cost({ kind: 'constant', mean: 0 }),
      thinks: false,
      backlog: {
        arrived: slot.arrived,
        get intended() {
          return kernel.time;
        },
        take: () => {
          const { queued } = slot;
          slot.queued = false;
          return queued;
        },
      },
      completed: () => slot.done?.(),
    };
    kernel.spawn(`session ${session}`, clientHost, (self) => client(self, source, load, session));
    return session;
  }

  /** One transaction of this session, through the whole pipeline; resolves when its client would have its answer. */
  commit(session: number): Promise<void> {
    const slot = this.#slots[session - this.#options.load] as Slot;
    return new Promise((resolve) => {
      slot.done = resolve;
      slot.queued = true;
      slot.arrived.wakeOne();
    });
  }

  /** Resolves when this much virtual time has passed, µs. */
  wait(duration: Microseconds): Promise<void> {
    const { kernel } = this.#cluster;
    return new Promise((resolve) => {
      kernel.spawn('waiting', undefined, function* (self) {
        if (kernel.sleep(self, duration)) yield;
        resolve();
      });
    });
  }

  /** What a session of the source is doing, by phase, and since when its transaction began; between two it is the client's. */
  activity(session: number): { readonly phase: number; readonly since: Microseconds } {
    return this.#cluster.source.meter.activity(session);
  }
}
