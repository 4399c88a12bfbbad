/** Builds what one worker hosts of a cluster, over the memory that all its workers share, and sets its actors to work. */
import { ackReceiver } from '../../actors/ack-receiver.js';
import { ArrivalBacklog, arrivals } from '../../actors/arrivals.js';
import { client } from '../../actors/client.js';
import type { Binlog, Costs, Source } from '../../actors/cluster.js';
import { dumpReader } from '../../actors/dump-reader.js';
import type { Ack, Disk, Fiber, Host, Parked } from '../../actors/primitives.js';
import { SEMI_SYNC_HEADER_BYTES } from '../../actors/primitives.js';
import { replicaIoThread } from '../../actors/replica.js';
import { PhaseMeter } from '../../measure/phases.js';
import { createSessions, StageQueue, SyncPeriod } from '../../protocol/group-commit.js';
import { defineNumbers } from '../../protocol/number-fields.js';
import { type Distribution, forReplica, type Microseconds, type Settings } from '../../protocol/parameters.js';
import { BINLOG_START, transactionShape } from '../../protocol/positions.js';
import type { SharedCondition } from '../../sync/condition.js';
import type { SharedMutex } from '../../sync/mutex.js';
import { Streams } from '../virtual/random.js';
import { type AckSource, ThreadAckInbox } from './ack-inbox.js';
import { ThreadBinlog, ThreadBinlogTail } from './binlog.js';
import { DelayDisk, RealDisk } from './disk.js';
import { AckSender, type Delay, EventReceiver, EventSender } from './link.js';
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
  readonly clients:
    | { readonly source: Source; readonly binlog: ThreadBinlog; readonly backlog: ArrivalBacklog | undefined }
    | undefined;
  readonly files: readonly LogFile[];
}

export interface WorkerOptions {
  readonly worker: number;
  readonly settings: Settings;
  readonly plan: FiberPlan;
  readonly shared: Shared;
  readonly scheduler: Scheduler;
  /** Paths of the real binlog and of each replica's real relay log; absent where disks are delays. */
  readonly files: readonly string[] | undefined;
  readonly onCompleted: (latency: Microseconds) => void;
}

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
const ABSENT_BINLOG: Binlog = {
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
export function createWorkerCluster(options: WorkerOptions): WorkerCluster {
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
  const clients = hosts(plan.client(0)) ? startClients(options, { ...common, costs }, openFile(0), streams) : undefined;
  // The same mutex, counted by itself: who waits for whom is the question.
  const readersLockLog = new ThreadMutex('LOCK_log', shared.lockLog, options.scheduler);
  for (let index = 0; index < settings.replicas; index++) {
    const view = { ...common, lockLog: readersLockLog, costs: createCosts(settings, streams), binlog: ABSENT_BINLOG };
    const ends = createEnds(options, view, streams, index);
    if (hosts(plan.reader(index))) startReader(options, view, ends, index);
    if (hosts(plan.replica(index))) startReplica(options, ends, index, openFile(1 + index));
  }
  if (common.semisync.enabled && settings.ack_collector === 'receiver-thread') {
    const view: Source = { ...common, costs: createCosts(settings, streams), binlog: ABSENT_BINLOG };
    if (hosts(plan.ackReceiver)) {
      const self = new Sleeper(shared.inboxSleeps[0] as Int32Array, plan.ackReceiver, options.scheduler);
      const sources = shared.links.map((_, replica) => ackSource(options, replica));
      const inbox = new ThreadAckInbox(options.scheduler, sources, self);
      options.scheduler.spawn(plan.ackReceiver, 'ACK receiver', (fiber) => ackReceiver(fiber, view, inbox));
    }
  }
  const { lockLog, lockSync, lockAfterBinlogSync, lockCommit, lockBinlog } = common;
  return {
    mutexes: [lockLog, readersLockLog, lockSync, lockAfterBinlogSync, lockCommit, lockBinlog],
    clients,
    files,
  };
}

type Common = Omit<Source, 'binlog' | 'costs' | MutexName> & Record<MutexName, ThreadMutex>;
type MutexName = 'lockLog' | 'lockSync' | 'lockAfterBinlogSync' | 'lockCommit' | 'lockBinlog';

/** What every worker has of the source. */
function createCommon({ settings, shared, scheduler, files }: WorkerOptions, streams: Streams): Common {
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
    meter: new PhaseMeter(settings.clients),
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

function createCosts(settings: Settings, streams: Streams): Costs {
  return {
    client: streams.cost(settings.cpu_client),
    statement: streams.cost(settings.cpu_statement),
    flush: streams.cost(settings.cpu_flush),
    commit: streams.cost(settings.cpu_commit),
    eventRead: streams.cost(settings.cpu_event_read),
    eventSend: streams.cost(settings.cpu_event_send),
    send: streams.cost(settings.cpu_send),
    eventReceive: streams.cost(settings.cpu_event_receive),
    ack: streams.cost(settings.cpu_ack),
    semisync: streams.cost(settings.cpu_semisync),
  };
}

function startClients(
  { settings, shared, scheduler, plan, onCompleted }: WorkerOptions,
  common: Common & { readonly costs: Costs },
  file: LogFile | undefined,
  streams: Streams,
): WorkerCluster['clients'] {
  const { lockLog } = common;
  const conditions = createBinlogConditions(settings, shared, scheduler, lockLog);
  const binlog = new ThreadBinlog(shared.binlog, common.shape, settings.clients, conditions, file);
  const source: Source = { ...common, binlog };
  const open = settings.arrival_rate > 0;
  const backlog = open ? new ArrivalBacklog(new ThreadCondition('an arrival', shared.arrived, scheduler)) : undefined;
  const load = {
    host: common.host,
    think: streams.cost(settings.think),
    thinks: settings.think.mean > 0,
    completed: onCompleted,
    ...(backlog ? { backlog } : {}),
  };
  for (let session = 0; session < settings.clients; session++) {
    const fiber = plan.client(session);
    scheduler.spawn(fiber, plan.names[fiber] as string, (self) => client(self, source, load, session));
  }
  if (backlog) {
    const gap = streams.cost({ kind: 'exponential', mean: 1e6 / settings.arrival_rate });
    scheduler.spawn(plan.arrivals, 'arrivals', (self) => arrivals(self, scheduler, gap, (at) => backlog.arrive(at)));
  }
  return { source, binlog, backlog };
}

function createBinlogConditions(settings: Settings, shared: Shared, scheduler: Scheduler, lockLog: ThreadMutex) {
  const readersLock = settings.binlog_reader === 'mutexed' ? lockLog : undefined;
  return {
    newEvents: new ThreadCondition('events in the binlog', shared.newEvents, scheduler, readersLock),
    room: new ThreadCondition('room in the binlog ring', shared.room, scheduler, lockLog),
  };
}

/** What both ends of one replica's connection are made of. */
interface Ends {
  readonly toReplica: Delay;
  readonly toSource: Delay;
  readonly asks: boolean;
  readonly sleepers: { readonly receiver: Sleeper; readonly sender: Sleeper };
  readonly inboxSleeper: Sleeper;
  readonly relayDisk: Disk;
  readonly costs: Costs;
}

function createEnds(options: WorkerOptions, { semisync }: Source, streams: Streams, index: number): Ends {
  const { settings, shared, scheduler, plan } = options;
  const link = shared.links[index]!;
  const newDelay = (): Delay => ({
    rtt: streams.cost(forReplica(settings.rtt, index)),
    overhead: streams.cost(settings.net_overhead),
  });
  const collects = settings.ack_collector === 'dump-reader';
  const inboxSleeps = shared.inboxSleeps[collects ? index : 0] as Int32Array;
  const fsync = forReplica(settings.relay_fsync, index);
  const name = `fsync of relay log ${index}`;
  return {
    toReplica: newDelay(),
    toSource: newDelay(),
    asks: semisync.enabled && forReplica(settings.semisync, index),
    sleepers: {
      receiver: new Sleeper(link.receiverSleeps, plan.replica(index), scheduler),
      sender: new Sleeper(link.senderSleeps, plan.reader(index), scheduler),
    },
    inboxSleeper: new Sleeper(inboxSleeps, collects ? plan.reader(index) : plan.ackReceiver, scheduler),
    relayDisk: options.files
      ? new RealDisk(name, shared.syncs[1 + index] as Int32Array)
      : createDelayDisk(scheduler, name, fsync, settings, streams),
    costs: createCosts(settings, streams),
  };
}

const ackSource = ({ shared, plan, scheduler }: WorkerOptions, replica: number): AckSource => {
  const { acks, receiverSleeps } = shared.links[replica]!;
  return { replica, acks, sender: new Sleeper(receiverSleeps, plan.replica(replica), scheduler) };
};

type ReadersSource = Source & Pick<Common, 'lockLog'>;

function startReader(options: WorkerOptions, source: ReadersSource, ends: Ends, index: number): void {
  const { settings, shared, scheduler, plan } = options;
  const conditions = createBinlogConditions(settings, shared, scheduler, source.lockLog);
  const tail = new ThreadBinlogTail(shared.binlog, index, conditions);
  const link = shared.links[index]!;
  const acks = settings.ack_collector === 'dump-reader' ? [ackSource(options, index)] : [];
  const events = new EventSender(
    scheduler,
    link,
    tail,
    ends.toReplica,
    forReplica(settings.bandwidth, index),
    ends.sleepers,
  );
  const fiber = plan.reader(index);
  const replica = {
    index,
    semisync: forReplica(settings.semisync, index),
    relayEnd: BINLOG_START,
    binlog: tail,
    events,
    inbox: new ThreadAckInbox(scheduler, acks, ends.inboxSleeper),
  };
  scheduler.spawn(fiber, plan.names[fiber] as string, (self) => dumpReader(self, source, replica));
}

function startReplica(options: WorkerOptions, ends: Ends, index: number, file: LogFile | undefined): void {
  const { settings, shared, scheduler, plan } = options;
  const link = shared.links[index]!;
  const shape = transactionShape(settings.events_per_tx, settings.bytes_per_tx);
  const header = ends.asks ? SEMI_SYNC_HEADER_BYTES : 0;
  const acks = new AckSender(scheduler, link, ends.toSource, ends.inboxSleeper);
  const events = new EventReceiver(scheduler, link, shape, { header, start: BINLOG_START, file }, acks, ends.sleepers);
  const io = { clock: scheduler, shape, costs: ends.costs, syncRelayLog: settings.sync_relay_log };
  const fiber = plan.replica(index);
  const replica = {
    host: new ThreadHost(scheduler),
    events,
    acks,
    relayDisk: ends.relayDisk,
    relayEnd: BINLOG_START,
    relaySynced: BINLOG_START,
  };
  scheduler.spawn(fiber, plan.names[fiber] as string, (self) => replicaIoThread(self, replica, io));
}
