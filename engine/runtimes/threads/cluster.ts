/**
 * Builds what one worker hosts of a cluster, over the memory that all its workers share, and sets its actors to work.
 * `life.ts` makes clusters that live of the same parts.
 */
import { ackReceiver } from '../../actors/ack-receiver.js';
import { ArrivalBacklog, arrivals } from '../../actors/arrivals.js';
import { client } from '../../actors/client.js';
import type { Binlog, Costs, Source } from '../../actors/cluster.js';
import { dumpReader } from '../../actors/dump-reader.js';
import type { Ack, Disk, Fiber, Host, Parked, Script } from '../../actors/primitives.js';
import { SEMI_SYNC_HEADER_BYTES } from '../../actors/primitives.js';
import { replicaIoThread } from '../../actors/replica.js';
import { PhaseMeter } from '../../measure/phases.js';
import { createSessions, StageQueue, SyncPeriod } from '../../protocol/group-commit.js';
import { defineNumbers } from '../../protocol/number-fields.js';
import { type Distribution, forReplica, type Microseconds, type Settings } from '../../protocol/parameters.js';
import { BINLOG_START, transactionShape } from '../../protocol/positions.js';
import type { SharedCondition } from '../../sync/condition.js';
import type { SharedMutex } from '../../sync/mutex.js';
import { createCosts } from '../virtual/costs.js';
import { Streams } from '../virtual/random.js';
import { type AckSource, ThreadAckInbox } from './ack-inbox.js';
import { type BinlogConditions, type BytesTail, ThreadBinlog, ThreadBinlogTail } from './binlog.js';
import { DelayDisk, RealDisk } from './disk.js';
import { AckSender, type Delay, EventReceiver, EventSender } from './link.js';
import { isClosed, type LinkMemory } from './link.layout.js';
import { LogFile } from './log-file.js';
import { ThreadCondition, ThreadMutex } from './mutex.js';
import type { FiberPlan } from './placement.js';
import type { Scheduler } from './scheduler.js';
import type { Shared } from './shared.js';
import { Sleeper } from './sleeper.js';

export interface WorkerCluster {
  /** As this worker's fibers see them; LOCK_log twice, for its writers and for the dump readers. */
  readonly mutexes: readonly ThreadMutex[];
  /** Present in the worker that hosts the clients. */
  readonly clients: HostedClients | undefined;
  readonly files: readonly LogFile[];
}

interface HostedClients {
  readonly source: Source;
  readonly binlog: ThreadBinlog;
  readonly backlog: ArrivalBacklog | undefined;
}

export interface WorkerOptions {
  readonly worker: number;
  readonly settings: Settings;
  readonly plan: FiberPlan;
  readonly shared: Shared;
  readonly scheduler: Scheduler;
  /** Paths of the real binlog and of each replica's real relay log; absent where disks are delays. */
  readonly files: readonly string[] | undefined;
  readonly lives: boolean;
}

type OnCompleted = (latency: Microseconds) => void;

/** The ACK that last moved the acknowledged position, where every thread sees it. */
class SharedAck implements Ack {
  declare replica: number;
  declare position: number;
  declare sentAt: number;
  declare arrivedAt: number;
  declare relayedAt: number;
  declare returnedAt: number;
  readonly memory: Float64Array;
  constructor(memory: Float64Array) {
    this.memory = memory;
  }
}
defineNumbers(SharedAck.prototype, ['replica', 'position', 'sentAt', 'arrivedAt', 'relayedAt', 'returnedAt']);

/** The core that the worker runs on: it computes for as long as it is told to, and nobody else of this worker meanwhile. */
class ThreadHost implements Host {
  readonly #scheduler: Scheduler;
  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }
  use(_self: Fiber, cost: Microseconds): Parked {
    if (cost > 0) this.#scheduler.compute(cost);
    return false;
  }
  enter(self: Fiber): Parked {
    return this.#scheduler.giveWay(self);
  }
}

/** In workers that do not host the clients: nobody there writes. */
function elsewhere(): never {
  throw new Error("the binlog is written by the clients' worker alone");
}
export const ABSENT_BINLOG: Binlog = {
  end: BINLOG_START,
  hasRoom: elsewhere,
  waitForRoom: elsewhere,
  append: elsewhere,
  flush: elsewhere,
  publish: elsewhere,
  signal: elsewhere,
};

/**
 * The same calls in the same order in every worker, whatever it hosts, so that all agree on which stream of random
 * numbers is whose; the fibers it hosts begin.
 */
export function createWorkerCluster(options: WorkerOptions, onCompleted: OnCompleted): WorkerCluster {
  const { settings, plan, worker, shared } = options;
  const streams = new Streams(settings.seed);
  const hosts = (fiber: number): boolean => plan.owners[fiber] === worker;
  const common = createCommon(options, streams);
  const files: LogFile[] = [];
  const openFile = (index: number): LogFile | undefined => {
    const path = options.files?.[index];
    if (path === undefined) return undefined;
    const file = new LogFile(path);
    files.push(file);
    return file;
  };

  const costs = createCosts(settings, streams);
  const clients = hosts(plan.client(0))
    ? startClients(options, { ...common, costs }, openFile(0), streams, onCompleted)
    : undefined;
  // The same mutex, counted by itself: who waits for whom is the question.
  const readersLockLog = new ThreadMutex('LOCK_log', shared.lockLog, options.scheduler);
  for (let index = 0; index < settings.replicas; index++) {
    const view = { ...common, lockLog: readersLockLog, costs: createCosts(settings, streams), binlog: ABSENT_BINLOG };
    const line = createLine(options, streams, index);
    const link = shared.links[index]!;
    const semisync = forReplica(settings.semisync, index);
    const ends = { line, link, index, hasHeader: common.semisync.enabled && semisync, readerFiber: plan.reader(index) };
    if (hosts(plan.reader(index))) {
      const conditions = createBinlogConditions(settings, shared, options.scheduler, readersLockLog);
      const tail = new ThreadBinlogTail(shared.binlog, index, conditions);
      const target = { index, semisync, relayEnd: BINLOG_START, ...createReaderEnd(options, ends, tail) };
      spawn(options, plan.reader(index), (self) => dumpReader(self, view, target));
    }
    if (hosts(plan.replica(index))) {
      const site = { relayEnd: BINLOG_START, relaySynced: BINLOG_START, acksSent: 0 };
      const replica = Object.assign(site, createReplicaEnd(options, ends, BINLOG_START, openFile(1 + index)));
      const io = replicaSettings(options, line);
      spawn(options, plan.replica(index), (self) => replicaIoThread(self, replica, io));
    }
  }
  if (common.semisync.enabled && settings.ack_collector === 'receiver-thread') {
    const view: Source = { ...common, costs: createCosts(settings, streams), binlog: ABSENT_BINLOG };
    if (hosts(plan.ackReceiver)) {
      const sources = shared.links.map((link, replica) => ackSource(options, replica, link));
      startAckReceiver(options, view, sources);
    }
  }
  const { lockLog, lockSync, lockAfterBinlogSync, lockCommit, lockBinlog } = common;
  return {
    mutexes: [lockLog, readersLockLog, lockSync, lockAfterBinlogSync, lockCommit, lockBinlog],
    clients,
    files,
  };
}

export function startAckReceiver(options: WorkerOptions, view: Source, sources: readonly AckSource[]): ThreadAckInbox {
  const { shared, plan, scheduler } = options;
  const self = new Sleeper(shared.receiverSleeps, plan.ackReceiver, scheduler);
  const inbox = new ThreadAckInbox(scheduler, sources, self, 'receiver');
  spawn(options, plan.ackReceiver, (fiber) => ackReceiver(fiber, view, inbox));
  return inbox;
}

export function spawn({ scheduler, plan }: WorkerOptions, fiber: number, script: (self: Fiber) => Script): void {
  scheduler.spawn(fiber, plan.names[fiber] as string, script);
}

type Common = Omit<Source, 'binlog' | 'costs' | MutexName> & Record<MutexName, ThreadMutex>;
type MutexName = 'lockLog' | 'lockSync' | 'lockAfterBinlogSync' | 'lockCommit' | 'lockBinlog';

/** What every worker has of the source. */
export function createCommon(options: WorkerOptions, streams: Streams): Common {
  const { settings, shared, scheduler, files, lives } = options;
  const mutex = (name: string, memory: SharedMutex) => new ThreadMutex(name, memory, scheduler);
  const condition = (name: string, memory: SharedCondition, of?: ThreadMutex) =>
    new ThreadCondition(name, memory, scheduler, of);
  const sessions = createSessions(settings.clients);
  const lockBinlog = mutex('LOCK_binlog_', shared.lockBinlog);
  const done = shared.done.map((memory) => condition('the group to be done', memory));
  return {
    settings,
    shape: transactionShape(settings.events_per_tx, settings.bytes_per_tx),
    clock: scheduler,
    host: new ThreadHost(scheduler),
    meter: new PhaseMeter(settings.clients, lives ? shared.state : undefined),
    sessions,
    flushQueue: new StageQueue(sessions),
    syncQueue: new StageQueue(sessions),
    commitQueue: new StageQueue(sessions),
    lockLog: mutex('LOCK_log', shared.lockLog),
    lockSync: mutex('LOCK_sync', shared.lockSync),
    lockAfterBinlogSync: mutex('LOCK_after_binlog_sync', shared.lockAfterBinlogSync),
    lockCommit: mutex('LOCK_commit', shared.lockCommit),
    done: Array.from({ length: settings.clients }, (_, session) => done[session % done.length] as ThreadCondition),
    syncPeriod: new SyncPeriod(settings.sync_binlog),
    binlogDisk: files
      ? new RealDisk('fdatasync of the binlog', shared.syncs[0] as Int32Array)
      : createDelayDisk(scheduler, 'fsync of the binlog', settings.binlog_fsync, settings, streams),
    redo: {
      written: 0,
      flushed: 0,
      flushing: false,
      disk: createDelayDisk(scheduler, 'fsync of the redo log', settings.redo_fsync, settings, streams),
      idle: condition('the redo log', shared.redoIdle),
    },
    semisync: shared.semisync,
    lockBinlog,
    acked: condition('an ACK', shared.acked, lockBinlog),
    lastAck: new SharedAck(shared.lastAck),
    groups: 0,
  };
}

function createDelayDisk(
  scheduler: Scheduler,
  name: string,
  fsync: Distribution,
  settings: Settings,
  streams: Streams,
): DelayDisk {
  return new DelayDisk(scheduler, name, streams.cost(fsync), streams.cost(settings.fsync_overhead), fsync.mean === 0);
}

function startClients(
  options: WorkerOptions,
  common: Common & { readonly costs: Costs },
  file: LogFile | undefined,
  streams: Streams,
  completed: OnCompleted,
): HostedClients {
  const { settings, shared, scheduler, plan } = options;
  const conditions = createBinlogConditions(settings, shared, scheduler, common.lockLog);
  const binlog = new ThreadBinlog(shared.binlog, common.shape, settings.clients, conditions, file);
  const source: Source = { ...common, binlog };
  const open = settings.arrival_rate > 0;
  const backlog = open ? new ArrivalBacklog(new ThreadCondition('an arrival', shared.arrived, scheduler)) : undefined;
  const load = { ...createLoad(settings, common.host, streams), completed, ...(backlog ? { backlog } : {}) };
  for (let session = 0; session < settings.clients; session++) {
    spawn(options, plan.client(session), (self) => client(self, source, load, session));
  }
  if (backlog) {
    const gap = streams.cost({ kind: 'exponential', mean: 1e6 / settings.arrival_rate });
    spawn(options, plan.arrivals, (self) => arrivals(self, scheduler, gap, (at) => backlog.arrive(at)));
  }
  return { source, binlog, backlog };
}

export const createLoad = ({ think }: Settings, host: Host, streams: Streams) => ({
  host,
  think: streams.cost(think),
  thinks: think.mean > 0,
});

export function createBinlogConditions(
  settings: Settings,
  shared: Shared,
  scheduler: Scheduler,
  lockLog: ThreadMutex,
): BinlogConditions {
  const readersLock = settings.binlog_reader === 'mutexed' ? lockLog : undefined;
  return {
    newEvents: new ThreadCondition('events in the binlog', shared.newEvents, scheduler, readersLock),
    room: new ThreadCondition('room in the binlog ring', shared.room, scheduler, lockLog),
  };
}

/** What every connection between the source and one replica is made of. */
export interface Line {
  readonly toReplica: Delay;
  readonly toSource: Delay;
  readonly relayDisk: Disk;
  /** Of the replica. */
  readonly costs: Costs;
}

export function createLine(
  { settings, shared, scheduler, files }: WorkerOptions,
  streams: Streams,
  index: number,
): Line {
  const newDelay = (): Delay => ({
    rtt: streams.cost(forReplica(settings.rtt, index)),
    overhead: streams.cost(settings.net_overhead),
  });
  const fsync = forReplica(settings.relay_fsync, index);
  const name = `fsync of relay log ${index}`;
  return {
    toReplica: newDelay(),
    toSource: newDelay(),
    relayDisk: files
      ? new RealDisk(name, shared.syncs[1 + index] as Int32Array)
      : createDelayDisk(scheduler, name, fsync, settings, streams),
    costs: createCosts(settings, streams),
  };
}

export const replicaSettings = ({ settings, scheduler }: WorkerOptions, { costs }: Line) => ({
  clock: scheduler,
  shape: transactionShape(settings.events_per_tx, settings.bytes_per_tx),
  costs,
  syncRelayLog: settings.sync_relay_log,
});

/** One connection. */
export interface Ends {
  readonly line: Line;
  readonly link: LinkMemory;
  /** Of the replica. */
  readonly index: number;
  /** Has every event its semi-sync header? */
  readonly hasHeader: boolean;
  readonly readerFiber: number;
}

const sleepersOf = ({ scheduler, plan }: WorkerOptions, { link, index, readerFiber }: Ends) => ({
  receiver: new Sleeper(link.receiverSleeps, plan.replica(index), scheduler),
  sender: new Sleeper(link.senderSleeps, readerFiber, scheduler),
});

export const ackSource = ({ plan, scheduler }: WorkerOptions, replica: number, link: LinkMemory): AckSource => ({
  replica,
  acks: link.acks,
  sender: new Sleeper(link.receiverSleeps, plan.replica(replica), scheduler),
  closed: () => isClosed(link),
});

/** Where whoever collects the connection's ACKs sleeps: its reader, or the ACK receiver. */
const collectorOf = ({ settings, shared, plan, scheduler }: WorkerOptions, { link, readerFiber }: Ends): Sleeper =>
  settings.ack_collector === 'dump-reader'
    ? new Sleeper(link.collectorSleeps, readerFiber, scheduler)
    : new Sleeper(shared.receiverSleeps, plan.ackReceiver, scheduler);

export function createReaderEnd(options: WorkerOptions, ends: Ends, binlog: BytesTail) {
  const { settings, scheduler } = options;
  const { line, link, index, hasHeader } = ends;
  const collects = settings.ack_collector === 'dump-reader';
  const acks = collects ? [ackSource(options, index, link)] : [];
  const bitsPerSecond = forReplica(settings.bandwidth, index);
  return {
    binlog,
    events: new EventSender(
      scheduler,
      link,
      binlog,
      line.toReplica,
      { bitsPerSecond, hasHeader },
      sleepersOf(options, ends),
    ),
    inbox: new ThreadAckInbox(scheduler, acks, collectorOf(options, ends), 'reader'),
  };
}

/** `start`: where the relay log begins, or goes on. */
export function createReplicaEnd(options: WorkerOptions, ends: Ends, start: number, file: LogFile | undefined) {
  const { settings, scheduler } = options;
  const { line, link, hasHeader } = ends;
  const shape = transactionShape(settings.events_per_tx, settings.bytes_per_tx);
  const header = hasHeader ? SEMI_SYNC_HEADER_BYTES : 0;
  const acks = new AckSender(scheduler, link, line.toSource, collectorOf(options, ends));
  return {
    host: new ThreadHost(scheduler),
    events: new EventReceiver(scheduler, link, shape, { header, start, file }, acks, sleepersOf(options, ends)),
    acks,
    relayDisk: line.relayDisk,
  };
}
