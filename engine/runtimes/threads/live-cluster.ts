/**
 * A living cluster on worker threads, in real time. The coordinator reads what the workers share whenever somebody asks,
 * and tells them what to do by orders; it knows who is connected from their notices.
 */
import { CLIENT } from '../../measure/phases.js';
import type { SetEvent } from '../../protocol/faults.js';
import { forReplica, type Microseconds, type Settings } from '../../protocol/parameters.js';
import { type TransactionShape, transactionShape } from '../../protocol/positions.js';
import type { SemiSync } from '../../protocol/semi-sync.js';
import type { Activity, DumpThread, IoThreadState, LiveCluster, LiveClusterOptions } from '../live/cluster.js';
import { type ReadClock, startClock } from './clock.js';
import { Crew, type CrewOptions, type Life } from './crew.js';
import type { Notice } from './job.js';
import { allocateLink, moveRelayLog, relayLogOf } from './shared.js';

/** One replica's connection, as far as the coordinator knows. */
interface Connection {
  /** How many of this replica had registered before. */
  readonly number: number;
  readonly memory: SharedArrayBuffer;
  readonly semisync: boolean;
}

interface ReplicaState {
  io: IoThreadState;
  /** rpl_semi_sync_slave_enabled on both sides, for the next connection. */
  semisync: boolean;
  connection: Connection | undefined;
  registrations: number;
  /** Resolves when the source's threads have heard of all registrations so far, each in its turn. */
  served: Promise<void>;
  /** Of the connections before, those that may have somebody on them still, or whose memory can be used again. */
  last: Connection[];
  /** Resolves when the I/O thread that runs has ended. */
  ended: Deferred | undefined;
  /** By connection: those readers that have not ended. */
  readonly readers: Map<number, { readonly since: Microseconds; readonly ended: Deferred }>;
}

interface Deferred {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
}

/** The longest that setTimeout waits; for longer it would not wait at all. */
const TIMER_MOST_MS = 2 ** 31 - 1;

function deferred(): Deferred {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

export class ThreadsLiveCluster implements LiveCluster {
  readonly settings: Settings;
  readonly shape: TransactionShape;
  readonly #options: LiveClusterOptions;
  readonly #crew: Crew;
  readonly #life: Life;
  readonly #readClock: ReadClock;
  readonly #replicas: readonly ReplicaState[];
  readonly #free: number[] = [];
  #sessions = 0;
  /** Answers that commits wait for. Index: session. */
  readonly #committed: (() => void)[] = [];
  /** Changes of variables under way, by the number of the order. */
  readonly #setting = new Map<number, () => void>();
  #orders = 0;
  #load: number;
  registered: ((replica: number) => void) | undefined = undefined;

  /** Resolves when its workers run; replicas that are to be started connect from then on. */
  static async begin(
    settings: Settings,
    options: LiveClusterOptions,
    crewOptions: CrewOptions = {},
  ): Promise<ThreadsLiveCluster> {
    const given = { ...settings, clients: options.loadMost + options.sessions };
    const crew = new Crew(crewOptions);
    let cluster: ThreadsLiveCluster | undefined;
    try {
      const lives = { load: options.load, loadMost: options.loadMost };
      // Nobody has anything to tell before it has an order.
      const life = await crew.begin(given, lives, (notice) => {
        if (cluster) cluster.#hear(notice);
      });
      cluster = new ThreadsLiveCluster(given, options, crew, life);
      return cluster;
    } catch (error) {
      await crew.close();
      throw error;
    }
  }

  private constructor(settings: Settings, options: LiveClusterOptions, crew: Crew, life: Life) {
    this.settings = settings;
    this.shape = transactionShape(settings.events_per_tx, settings.bytes_per_tx);
    this.#options = options;
    this.#crew = crew;
    this.#life = life;
    this.#load = options.load;
    this.#readClock = startClock(life.epoch);
    this.#replicas = options.started.map((_, replica) => ({
      io: 'stopped',
      semisync: forReplica(settings.semisync, replica),
      connection: undefined,
      registrations: 0,
      served: Promise.resolve(),
      last: [],
      ended: undefined,
      readers: new Map(),
    }));
    options.started.forEach((started, replica) => {
      if (started) this.#connect(replica, 'connected');
    });
  }

  /** Rejects when a worker has failed; resolves never. */
  get failed(): Promise<never> {
    return this.#life.failed;
  }

  close(): Promise<void> {
    return this.#crew.close();
  }

  get now(): Microseconds {
    return this.#readClock();
  }

  get semisync(): SemiSync {
    return this.#life.shared.semisync;
  }

  get binlogEnd(): number {
    return this.#life.shared.state.binlogEnd[0] as number;
  }

  get load(): number {
    return this.#load;
  }

  get dumpThreads(): DumpThread[] {
    return this.#replicas.flatMap(({ readers }, replica) =>
      [...readers.values()].slice(-1).map(({ since }) => ({ replica, since })),
    );
  }

  #replica = (index: number): ReplicaState => this.#replicas[index] as ReplicaState;

  ioThread(replica: number): IoThreadState {
    return this.#replica(replica).io;
  }

  acknowledges(replica: number): boolean {
    const { io, connection } = this.#replica(replica);
    return io === 'running' && connection?.semisync === true;
  }

  relayEnd(replica: number): number {
    return relayLogOf(this.#life.shared.state, replica).relayEnd;
  }

  moveRelayEnd(replica: number, position: number): void {
    moveRelayLog(this.#life.shared.state, replica, position);
  }

  acksSent(replica: number): number {
    return relayLogOf(this.#life.shared.state, replica).acksSent;
  }

  async startIoThread(replica: number): Promise<void> {
    await this.#replica(replica).ended?.promise;
    this.#connect(replica, 'connecting');
  }

  #connect(replica: number, at: 'connecting' | 'connected'): void {
    const state = this.#replica(replica);
    const { plan } = this.#life;
    if (state.connection) state.last.push(state.connection);
    // One that never registered leaves its number to the next: its readers are to take turns.
    const number = state.registrations;
    const connection = { number, memory: this.#memoryFor(state), semisync: state.semisync };
    state.io = 'connecting';
    state.connection = connection;
    state.ended = deferred();
    const { memory, semisync } = connection;
    this.#life.order(plan.replica(replica), { kind: 'connect', replica, at, connection: number, memory, semisync });
  }

  /**
   * A worker that never rests collects its garbage late: memory of connections is used again, when its I/O thread and its
   * reader have ended and the ACK receiver reads elsewhere. The last one it may still read.
   */
  #memoryFor(state: ReplicaState): SharedArrayBuffer {
    const index = state.last.findIndex(({ number }) => number < state.registrations - 3 && !state.readers.has(number));
    const [free] = index < 0 ? [] : state.last.splice(index, 1);
    if (!free) return allocateLink(this.settings);
    new Uint8Array(free.memory).fill(0);
    return free.memory;
  }

  async stopIoThread(replica: number): Promise<void> {
    const { ended } = this.#replica(replica);
    if (!ended) return;
    this.#life.order(this.#life.plan.replica(replica), { kind: 'disconnect', replica });
    await ended.promise;
  }

  #hear(notice: Notice): void {
    switch (notice.kind) {
      case 'committed':
        this.#committed[notice.session]?.();
        return;
      case 'set':
        this.#setting.get(notice.order)?.();
        this.#setting.delete(notice.order);
        return;
      case 'registered':
        this.#register(notice.replica);
        return;
      case 'I/O thread ended': {
        const state = this.#replica(notice.replica);
        state.io = 'stopped';
        state.ended?.resolve();
        state.ended = undefined;
        return;
      }
      case 'reader ended': {
        const { readers } = this.#replica(notice.replica);
        readers.get(notice.connection)?.ended.resolve();
        readers.delete(notice.connection);
      }
    }
  }

  /** The I/O thread has asked for the binlog: the source's threads hear of it. */
  #register(replica: number): void {
    const state = this.#replica(replica);
    const connection = state.connection as Connection;
    state.registrations++;
    state.io = 'running';
    this.registered?.(replica);
    const last = state.readers.get(connection.number - 2);
    state.readers.set(connection.number, { since: this.now, ended: deferred() });
    // A reader's fiber is used again by the next but one: that one was told to end when the next began.
    state.served = state.served.then(() => last?.ended.promise).then(() => this.#serve(replica, connection));
  }

  #serve(replica: number, { number: connection, memory, semisync }: Connection): void {
    const { plan, order } = this.#life;
    if (this.settings.ack_collector === 'receiver-thread')
      order(plan.ackReceiver, { kind: 'collect', replica, memory });
    order(plan.reader(replica, connection), { kind: 'serve', replica, memory, semisync, connection });
  }

  async set(event: SetEvent): Promise<void> {
    const { plan } = this.#life;
    if (event.parameter === 'semisync') {
      this.#replica(event.replica as number).semisync = event.value;
      return;
    }
    if (event.parameter === 'clients') this.#load = event.value;
    const order = this.#orders++;
    const done = new Promise<void>((resolve) => this.#setting.set(order, resolve));
    const ofReplica = event.parameter === 'sync_relay_log';
    const fiber = ofReplica ? plan.replica(event.replica as number) : plan.administrator;
    this.#life.order(fiber, { kind: 'set', event, order });
    await done;
  }

  activity(session: number): Activity {
    const { phases, began } = this.#life.shared.state;
    const since = began[session] as number;
    // Before its first transaction it has done nothing yet.
    return { phase: since === 0 ? CLIENT : (phases[session] as number), since };
  }

  takeSession(): number | undefined {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.#sessions === this.#options.sessions) return undefined;
    return this.#options.loadMost + this.#sessions++;
  }

  giveSession(session: number): void {
    this.#free.push(session);
  }

  commit(session: number): Promise<void> {
    return new Promise((resolve) => {
      this.#committed[session] = resolve;
      this.#life.order(this.#life.plan.client(session), { kind: 'commit', session });
    });
  }

  async wait(duration: Microseconds): Promise<void> {
    for (let rest = duration / 1000; rest > 0; rest -= TIMER_MOST_MS) {
      // Who waits keeps nothing alive: the workers do.
      await new Promise((resolve) => setTimeout(resolve, Math.min(rest, TIMER_MOST_MS)).unref());
    }
  }
}
