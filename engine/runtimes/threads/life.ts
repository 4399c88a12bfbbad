/**
 * A worker's share of a cluster that lives: its clients commit when they are told to, replicas connect and go, variables
 * change. Orders come from the coordinator between two turns; what has become of them goes back as notices.
 */
import { CommitRequest } from '../../actors/arrivals.js';
import { client, Gate } from '../../actors/client.js';
import type { RelaySite, Source } from '../../actors/cluster.js';
import { readerForReplica } from '../../actors/dump-reader.js';
import type { Cost, Fiber, Script } from '../../actors/primitives.js';
import { connectToSource, replicaIoThread } from '../../actors/replica.js';
import { setVariable } from '../../actors/saboteur.js';
import { Arena } from '../../sync/arena.js';
import { SharedCondition } from '../../sync/condition.js';
import { type FiberTable, takeFiberTable } from '../../sync/wait-queue.js';
import { createCosts } from '../virtual/costs.js';
import { Streams } from '../virtual/random.js';
import type { ThreadAckInbox } from './ack-inbox.js';
import {
  ABSENT_BINLOG,
  ackSource,
  createBinlogConditions,
  createCommon,
  createLine,
  createLoad,
  createReaderEnd,
  createReplicaEnd,
  type Line,
  replicaSettings,
  spawn,
  startAckReceiver,
  type WorkerOptions,
} from './cluster.js';
import type { LifeOptions, Notice, Order } from './job.js';
import type { EventReceiver } from './link.js';
import { LiveBinlog, LiveBinlogTail } from './live-binlog.js';
import { ThreadCondition, ThreadMutex } from './mutex.js';
import { openLink, relayLogOf } from './shared.js';

type Tell = (notice: Notice) => void;
type SetOrder = Order & { kind: 'set' };

/** The same calls in the same order in every worker: see `createWorkerCluster`. What it gives obeys orders. */
export function createLiveWorker(options: WorkerOptions, life: LifeOptions, tell: Tell): (order: Order) => void {
  const { settings, shared, plan, worker } = options;
  const streams = new Streams(settings.seed);
  const hosts = (fiber: number): boolean => plan.owners[fiber] === worker;
  const common = createCommon(options, streams);
  const readersLockLog = new ThreadMutex('LOCK_log', shared.lockLog, options.scheduler);
  const { newEvents } = createBinlogConditions(settings, shared, options.scheduler, readersLockLog);

  const { binlog, state } = shared;
  const writes = createBinlogConditions(settings, shared, options.scheduler, common.lockLog);
  const source: Source = {
    ...common,
    costs: createCosts(settings, streams),
    binlog: hosts(plan.client(0))
      ? new LiveBinlog(binlog, common.shape, settings.clients, writes, state.binlogEnd)
      : ABSENT_BINLOG,
  };
  const sessions = new Sessions(options, source, life, streams, tell);
  const readers: Readers[] = [];
  const replicas: Replica[] = [];
  for (let index = 0; index < settings.replicas; index++) {
    const signals = { ...ABSENT_BINLOG, signal: (self: Fiber) => newEvents.broadcast(self) };
    const view = { ...common, lockLog: readersLockLog, costs: createCosts(settings, streams), binlog: signals };
    const line = createLine(options, streams, index);
    readers.push(new Readers(options, view, line, index, newEvents, tell));
    replicas.push(new Replica(options, line, index, tell));
  }
  const receivers: Source = { ...common, costs: createCosts(settings, streams), binlog: ABSENT_BINLOG };
  let inbox: ThreadAckInbox | undefined;
  if (settings.ack_collector === 'receiver-thread' && hosts(plan.ackReceiver)) {
    inbox = startAckReceiver(options, receivers, []);
  }
  if (hosts(plan.client(0))) sessions.begin();

  const setRelayLog = ({ event, order }: SetOrder): void => {
    if (event.parameter !== 'sync_relay_log') return;
    (replicas[event.replica as number] as Replica).io.syncRelayLog = event.value;
    tell({ kind: 'set', order });
  };
  return (order) => {
    switch (order.kind) {
      case 'commit':
        sessions.commit(order.session);
        break;
      case 'set':
        if (order.event.parameter === 'sync_relay_log') setRelayLog(order);
        else sessions.set(order);
        break;
      case 'connect':
        (replicas[order.replica] as Replica).connect(order);
        break;
      case 'disconnect':
        (replicas[order.replica] as Replica).disconnect();
        break;
      case 'serve':
        (readers[order.replica] as Readers).serve(order);
        break;
      case 'collect':
        inbox?.add(ackSource(options, order.replica, openLink(order.memory, settings)));
    }
  };
}

/** Clients that commit all the time, sessions that commit when they are told to, and whoever sets variables. */
class Sessions {
  readonly #options: WorkerOptions;
  readonly #source: Source;
  readonly #life: LifeOptions;
  readonly #load: ReturnType<typeof createLoad>;
  readonly #gate: Gate;
  readonly #tell: Tell;
  /** Index: session, after those of the load. */
  readonly #requests: CommitRequest[] = [];
  readonly #toSet: SetOrder[] = [];
  /** Nobody else waits or wakes where these sessions do: it is this worker's own memory. */
  readonly #arena = new Arena();
  readonly #fibers: FiberTable;

  constructor(options: WorkerOptions, source: Source, life: LifeOptions, streams: Streams, tell: Tell) {
    this.#options = options;
    this.#source = source;
    this.#life = life;
    this.#load = createLoad(options.settings, source.host, streams);
    this.#fibers = takeFiberTable(this.#arena, options.plan.names.length);
    this.#gate = new Gate(life.load, this.#condition('the load to grow'));
    this.#tell = tell;
  }

  begin(): void {
    const load = { ...this.#load, gate: this.#gate, completed: () => {} };
    for (let session = 0; session < this.#life.loadMost; session++) {
      spawn(this.#options, this.#options.plan.client(session), (self) => client(self, this.#source, load, session));
    }
  }

  commit(session: number): void {
    this.#request(session).ask(() => this.#tell({ kind: 'committed', session }));
  }

  #request(session: number): CommitRequest {
    const index = session - this.#life.loadMost;
    const request = this.#requests[index];
    if (request) return request;
    const { scheduler, plan } = this.#options;
    const created = new CommitRequest(this.#condition('a statement'), scheduler);
    this.#requests[index] = created;
    const load = { ...this.#load, thinks: false, backlog: created, completed: () => created.answered() };
    spawn(this.#options, plan.client(session), (self) => client(self, this.#source, load, session));
    return created;
  }

  #condition(name: string): ThreadCondition {
    const { scheduler } = this.#options;
    return new ThreadCondition(name, new SharedCondition(this.#arena, this.#fibers, scheduler), scheduler);
  }

  /** One after the other, by one fiber: it may have to wait for LOCK_binlog_. */
  set(order: SetOrder): void {
    if (this.#toSet.push(order) > 1) return;
    spawn(this.#options, this.#options.plan.administrator, (self) => this.#administer(self));
  }

  *#administer(self: Fiber): Script {
    for (let next = this.#toSet[0]; next; next = this.#toSet[0]) {
      const { event, order } = next;
      if (event.parameter === 'clients') {
        this.#gate.active = event.value;
        if (this.#gate.opened.broadcast(self)) yield;
      } else yield setVariable(self, this.#source, event);
      this.#toSet.shift();
      this.#tell({ kind: 'set', order });
    }
  }
}

/** The source's side of one replica's connections, one after the other. */
class Readers {
  readonly #options: WorkerOptions;
  readonly #source: Source;
  readonly #line: Line;
  readonly #index: number;
  readonly #newEvents: ThreadCondition;
  readonly #tell: Tell;
  #endLast: () => void = () => {};

  constructor(
    options: WorkerOptions,
    source: Source,
    line: Line,
    index: number,
    newEvents: ThreadCondition,
    tell: Tell,
  ) {
    this.#options = options;
    this.#source = source;
    this.#line = line;
    this.#index = index;
    this.#newEvents = newEvents;
    this.#tell = tell;
  }

  serve({ memory, semisync, connection }: Order & { kind: 'serve' }): void {
    const { settings, shared, plan } = this.#options;
    const { binlog, state } = shared;
    const index = this.#index;
    const { relayEnd } = relayLogOf(state, index);
    const link = openLink(memory, settings);
    const readerFiber = plan.reader(index, connection);
    const conditions = { newEvents: this.#newEvents };
    const tail = new LiveBinlogTail(binlog, this.#source.shape, conditions, state.binlogEnd, relayEnd);
    const ends = { line: this.#line, link, index, hasHeader: semisync, readerFiber };
    const end = createReaderEnd(this.#options, ends, tail);
    const target = { index, semisync, relayEnd, ...end };
    const endLast = this.#endLast;
    this.#endLast = enderOf(end);
    const source = this.#source;
    const tell = this.#tell;
    spawn(this.#options, readerFiber, (self) => serving(self, source, target, endLast, connection, tell));
  }
}

type ReaderEnd = ReturnType<typeof createReaderEnd>;

/** Made apart from what else a connection is made of: who may have to end it holds on to nothing of the one before. */
const enderOf =
  ({ events, inbox }: ReaderEnd) =>
  (): void => {
    events.end();
    inbox.interrupt();
  };

function* serving(
  self: Fiber,
  source: Source,
  target: Parameters<typeof readerForReplica>[2],
  endLast: () => void,
  connection: number,
  tell: Tell,
): Script {
  yield readerForReplica(self, source, target, endLast);
  tell({ kind: 'reader ended', replica: target.index, connection });
}

/** One replica, and the connection that it has. */
class Replica {
  readonly io: ReturnType<typeof replicaSettings>;
  readonly #options: WorkerOptions;
  readonly #line: Line;
  readonly #index: number;
  readonly #tell: Tell;
  #events: EventReceiver | undefined;
  #connecting = false;

  constructor(options: WorkerOptions, line: Line, index: number, tell: Tell) {
    this.#options = options;
    this.#line = line;
    this.#index = index;
    this.#tell = tell;
    this.io = replicaSettings(options, line);
  }

  /** The last I/O thread has ended. */
  connect({ memory, semisync, connection, at }: Order & { kind: 'connect' }): void {
    const { settings, plan, scheduler, shared } = this.#options;
    const link = openLink(memory, settings);
    const index = this.#index;
    const ends = { line: this.#line, link, index, hasHeader: semisync, readerFiber: plan.reader(index, connection) };
    const relayLog = relayLogOf(shared.state, index);
    const end = createReplicaEnd(this.#options, ends, relayLog.relayEnd, undefined);
    const { events } = end;
    this.#events = events;
    const site: RelaySite = Object.assign(relayLog, end);
    const { toReplica } = this.#line;
    const roundTrip: Cost = {
      draw: () => toReplica.rtt.draw() + toReplica.overhead.draw(),
      sum: (count) => toReplica.rtt.sum(count) + toReplica.overhead.sum(count),
    };
    const tell = this.#tell;
    const { io } = this;
    this.#connecting = at === 'connecting';
    const connected = (): void => {
      this.#connecting = false;
    };
    spawn(this.#options, plan.replica(index), function* (self) {
      if (at === 'connecting') yield connectToSource(self, scheduler, roundTrip);
      connected();
      if (!events.closed) {
        tell({ kind: 'registered', replica: index });
        yield replicaIoThread(self, site, io);
      }
      tell({ kind: 'I/O thread ended', replica: index });
    });
  }

  disconnect(): void {
    this.#events?.close();
    if (this.#connecting) this.#options.scheduler.cutShort(this.#options.plan.replica(this.#index));
  }
}
