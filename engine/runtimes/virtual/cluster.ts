/** Builds the cluster of one experiment under virtual time and sets its actors to work. */
import { ackReceiver } from '../../actors/ack-receiver.js';
import { ArrivalBacklog, arrivals } from '../../actors/arrivals.js';
import { client, Gate } from '../../actors/client.js';
import type { Redo, Source } from '../../actors/cluster.js';
import type { Condition, Cost } from '../../actors/primitives.js';
import { PhaseMeter } from '../../measure/phases.js';
import { createSessions, StageQueue, SyncPeriod } from '../../protocol/group-commit.js';
import { type Distribution, defaultSettings, type Settings } from '../../protocol/parameters.js';
import { transactionShape } from '../../protocol/positions.js';
import { SemiSync, semiSyncOptions } from '../../protocol/semi-sync.js';
import { VirtualBinlog } from './binlog.js';
import { createCosts } from './costs.js';
import { VirtualDisk } from './disk.js';
import { Kernel, VirtualHost } from './kernel.js';
import { VirtualAckInbox } from './link.js';
import { FREE, VirtualCondition, VirtualMutex } from './mutex.js';
import { Streams, VariableCost } from './random.js';
import { beginConnected, createReplica, isForwarded, spawnForwarders, type VirtualReplica } from './replica.js';

export interface VirtualSource extends Source {
  readonly host: VirtualHost;
  readonly binlog: VirtualBinlog;
  readonly lockLog: VirtualMutex;
  readonly lockSync: VirtualMutex;
  readonly lockAfterBinlogSync: VirtualMutex;
  readonly lockCommit: VirtualMutex;
  readonly lockBinlog: VirtualMutex;
  readonly binlogDisk: VirtualDisk;
  readonly redo: Redo & { readonly disk: VirtualDisk };
}

export interface VirtualCluster {
  readonly kernel: Kernel;
  readonly source: VirtualSource;
  readonly replicas: readonly VirtualReplica[];
  readonly sourceHost: VirtualHost;
  /** The clients' own host, or the source's. */
  readonly clientHost: VirtualHost;
  /** Who may begin a transaction. */
  readonly gate: Gate;
  /** Present in an open loop: what has arrived, and the cost that is the gap between arrivals. */
  readonly backlog: ArrivalBacklog | undefined;
  readonly gap: VariableCost | undefined;
  /** Where the version has one thread for all ACKs. */
  readonly receiver: AckReceiverState | undefined;
  /** For what is to be drawn besides. */
  readonly streams: Streams;
}

interface AckReceiverState {
  readonly inbox: VirtualAckInbox;
  started: boolean;
}

/** Called when a client has its answer. */
export type OnCompleted = (latency: number, session: number) => void;

/**
 * `connections`: as many as there ever are, of which `clients` are active at first. `sessions`: room on the source, where
 * somebody else will spawn clients besides.
 */
export function createVirtualCluster(
  given: Settings,
  onCompleted: OnCompleted,
  connections = given.clients,
  sessions = connections,
): VirtualCluster {
  // Settings come with their keys in any order; in one order they are one type to the compiler, and hot code stays compiled.
  const settings: Settings = Object.assign(defaultSettings(given.profile), given);
  const kernel = new Kernel();
  const streams = new Streams(settings.seed);
  const newHost = (cores: number): VirtualHost =>
    new VirtualHost(kernel, cores, streams.cost(settings.cpu_wake), streams.cost(settings.wake_latency));
  const sourceHost = newHost(settings.cores);
  const clientHost = settings.hosts === 'all-apart' ? newHost(settings.client_cores) : sourceHost;
  const source = createSource(settings, kernel, streams, sourceHost, sessions);

  const receiver =
    settings.ack_collector === 'receiver-thread' ? { inbox: new VirtualAckInbox(kernel), started: false } : undefined;
  const replicas: VirtualReplica[] = [];
  for (let index = 0; index < settings.replicas; index++) {
    const host = settings.hosts === 'one' ? sourceHost : newHost(settings.replica_cores);
    replicas.push(createReplica(settings, kernel, streams, source, { index, host, receiverInbox: receiver?.inbox }));
  }

  const backlog =
    settings.arrival_rate > 0
      ? new ArrivalBacklog(new VirtualCondition(kernel, streams.cost(settings.cpu_signal)))
      : undefined;
  const gate = new Gate(settings.clients, new VirtualCondition(kernel, FREE));
  const load = {
    host: clientHost,
    gate,
    think: streams.cost(settings.think),
    thinks: settings.think.mean > 0,
    completed: onCompleted,
    ...(backlog ? { backlog } : {}),
  };
  for (const replica of replicas) beginConnected(kernel, source, replica);
  for (const replica of replicas) {
    if (isForwarded(settings)) replica.line.forwardCost = streams.cost(settings.cpu_forward);
    spawnForwarders(kernel, sourceHost, replica);
  }
  if (receiver && source.semisync.enabled) startAckReceiver(kernel, source, receiver);
  for (let session = 0; session < connections; session++) {
    kernel.spawn(`client ${session}`, clientHost, (self) => client(self, source, load, session));
  }
  const gap = backlog && new VariableCost(streams.cost({ kind: 'exponential', mean: 1e6 / settings.arrival_rate }));
  if (gap) kernel.spawn('arrivals', undefined, (self) => arrivals(self, kernel, gap, (at) => backlog.arrive(at)));
  return { kernel, source, replicas, sourceHost, clientHost, gate, backlog, gap, receiver, streams };
}

export function startAckReceiver(kernel: Kernel, source: VirtualSource, receiver: AckReceiverState): void {
  if (receiver.started) return;
  receiver.started = true;
  kernel.spawn('ACK receiver', source.host, (self) => ackReceiver(self, source, receiver.inbox));
}

function createSource(
  settings: Settings,
  kernel: Kernel,
  streams: Streams,
  host: VirtualHost,
  sessionCount: number,
): VirtualSource {
  const newDisk = (cost: Distribution): VirtualDisk =>
    new VirtualDisk(kernel, streams.cost(cost), streams.cost(settings.fsync_overhead), cost.mean === 0);
  const signal = streams.cost(settings.cpu_signal);
  const newMutex = (): VirtualMutex => new VirtualMutex(kernel, settings.mutex, signal);
  const sessions = createSessions(sessionCount);
  const shape = transactionShape(settings.events_per_tx, settings.bytes_per_tx);
  const lockLog = newMutex();
  const lockBinlog = newMutex();
  return {
    settings,
    shape,
    costs: createCosts(settings, streams),
    clock: kernel,
    host,
    meter: new PhaseMeter(sessionCount),
    sessions,
    flushQueue: new StageQueue(sessions),
    syncQueue: new StageQueue(sessions),
    commitQueue: new StageQueue(sessions),
    lockLog,
    lockSync: newMutex(),
    lockAfterBinlogSync: newMutex(),
    lockCommit: newMutex(),
    done: createDoneConditions(settings, kernel, signal, sessionCount),
    syncPeriod: new SyncPeriod(settings.sync_binlog),
    binlog: new VirtualBinlog(
      shape,
      new VirtualCondition(kernel, signal, settings.binlog_reader === 'mutexed' ? lockLog : undefined),
    ),
    binlogDisk: newDisk(settings.binlog_fsync),
    redo: {
      written: 0,
      flushed: 0,
      flushing: false,
      disk: newDisk(settings.redo_fsync),
      idle: new VirtualCondition(kernel, signal),
    },
    semisync: new SemiSync(semiSyncOptions(settings, sessionCount)),
    lockBinlog,
    acked: new VirtualCondition(kernel, signal, lockBinlog),
    lastAck: { replica: 0, position: 0, sentAt: 0, arrivedAt: 0, relayedAt: 0, returnedAt: 0 },
    groups: 0,
  };
}

function createDoneConditions(settings: Settings, kernel: Kernel, signal: Cost, sessionCount: number): Condition[] {
  const shared = new VirtualCondition(kernel, signal);
  return Array.from({ length: sessionCount }, () =>
    settings.done_wakeup === 'individual' ? new VirtualCondition(kernel, signal) : shared,
  );
}
