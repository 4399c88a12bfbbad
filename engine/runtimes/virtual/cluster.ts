/** Builds the cluster of one experiment under virtual time and sets its actors to work. */
import { ackReceiver } from '../../actors/ack-receiver.js';
import { ArrivalBacklog, arrivals } from '../../actors/arrivals.js';
import { client } from '../../actors/client.js';
import type { Costs, Replica, Source } from '../../actors/cluster.js';
import { dumpReader } from '../../actors/dump-reader.js';
import { forwarder } from '../../actors/forwarder.js';
import type { Condition, Cost } from '../../actors/primitives.js';
import { replicaIoThread } from '../../actors/replica.js';
import { PhaseMeter } from '../../measure/phases.js';
import { createSessions, StageQueue, SyncPeriod } from '../../protocol/group-commit.js';
import { type Distribution, defaultSettings, forReplica, type Settings } from '../../protocol/parameters.js';
import { BINLOG_START, transactionShape } from '../../protocol/positions.js';
import { SemiSync } from '../../protocol/semi-sync.js';
import { VirtualBinlog } from './binlog.js';
import { VirtualDisk } from './disk.js';
import { Kernel, VirtualHost } from './kernel.js';
import { type Delay, VirtualAckInbox, VirtualAckLink, VirtualEventLink } from './link.js';
import { VirtualCondition, VirtualMutex } from './mutex.js';
import { Streams } from './random.js';

export interface VirtualSource extends Source {
  readonly binlog: VirtualBinlog;
}

export interface VirtualReplica extends Replica {
  readonly events: VirtualEventLink;
  readonly acks: VirtualAckLink;
}

export interface VirtualCluster {
  readonly kernel: Kernel;
  readonly source: VirtualSource;
  readonly replicas: readonly VirtualReplica[];
  readonly sourceHost: VirtualHost;
  /** Present in an open loop. */
  readonly backlog: ArrivalBacklog | undefined;
}

/** Called when a client has its answer. */
export type OnCompleted = (latency: number) => void;

export function createVirtualCluster(given: Settings, onCompleted: OnCompleted): VirtualCluster {
  // Settings come with their keys in any order; in one order they are one type to the compiler, and hot code stays compiled.
  const settings: Settings = Object.assign(defaultSettings(given.profile), given);
  const kernel = new Kernel();
  const streams = new Streams(settings.seed);
  const newHost = (cores: number): VirtualHost =>
    new VirtualHost(kernel, cores, streams.cost(settings.cpu_wake), streams.cost(settings.wake_latency));
  const sourceHost = newHost(settings.cores);
  const clientHost = settings.hosts === 'all-apart' ? newHost(settings.client_cores) : sourceHost;
  const source = createSource(settings, kernel, streams, sourceHost);

  const receiverInbox = new VirtualAckInbox(kernel);
  const replicas: VirtualReplica[] = [];
  for (let index = 0; index < settings.replicas; index++) {
    const host = settings.hosts === 'one' ? sourceHost : newHost(settings.replica_cores);
    const inbox = settings.ack_collector === 'receiver-thread' ? receiverInbox : new VirtualAckInbox(kernel);
    replicas.push(createReplica(settings, kernel, streams, source, index, host, inbox));
  }

  const backlog =
    settings.arrival_rate > 0
      ? new ArrivalBacklog(new VirtualCondition(kernel, streams.cost(settings.cpu_signal)))
      : undefined;
  const load = {
    host: clientHost,
    think: streams.cost(settings.think),
    thinks: settings.think.mean > 0,
    completed: onCompleted,
    ...(backlog ? { backlog } : {}),
  };
  for (const replica of replicas) connect(kernel, source, replica, settings);
  if (isForwarded(settings)) {
    for (const { index, events, acks } of replicas) {
      const cost = streams.cost(settings.cpu_forward);
      kernel.spawn(`proxy ${index}, events`, sourceHost, (self) => forwarder(self, sourceHost, events, cost));
      kernel.spawn(`proxy ${index}, ACKs`, sourceHost, (self) => forwarder(self, sourceHost, acks, cost));
    }
  }
  if (source.semisync.enabled && settings.ack_collector === 'receiver-thread') {
    kernel.spawn('ACK receiver', sourceHost, (self) => ackReceiver(self, source, receiverInbox));
  }
  for (let session = 0; session < settings.clients; session++) {
    kernel.spawn(`client ${session}`, clientHost, (self) => client(self, source, load, session));
  }
  if (backlog) {
    const gap = streams.cost({ kind: 'exponential', mean: 1e6 / settings.arrival_rate });
    kernel.spawn('arrivals', undefined, (self) => arrivals(self, kernel, gap, (at) => backlog.arrive(at)));
  }
  return { kernel, source, replicas, sourceHost, backlog };
}

function createSource(settings: Settings, kernel: Kernel, streams: Streams, host: VirtualHost): VirtualSource {
  const newDisk = (cost: Distribution): VirtualDisk =>
    new VirtualDisk(kernel, streams.cost(cost), streams.cost(settings.fsync_overhead), cost.mean === 0);
  const signal = streams.cost(settings.cpu_signal);
  const newMutex = (): VirtualMutex => new VirtualMutex(kernel, settings.mutex, signal);
  const sessions = createSessions(settings.clients);
  const shape = transactionShape(settings.events_per_tx, settings.bytes_per_tx);
  const lockLog = newMutex();
  const lockBinlog = newMutex();
  return {
    settings,
    shape,
    costs: createCosts(settings, streams),
    clock: kernel,
    host,
    meter: new PhaseMeter(settings.clients),
    sessions,
    flushQueue: new StageQueue(sessions),
    syncQueue: new StageQueue(sessions),
    commitQueue: new StageQueue(sessions),
    lockLog,
    lockSync: newMutex(),
    lockAfterBinlogSync: newMutex(),
    lockCommit: newMutex(),
    done: createDoneConditions(settings, kernel, signal),
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
    semisync: new SemiSync({
      enabled: settings.wait_point !== 'ASYNC',
      waitForSlaveCount: settings.wait_for_slave_count,
      waitNoSlave: settings.wait_no_slave,
      timeout: settings.timeout,
      replicas: settings.replicas,
      marks: settings.clients,
    }),
    lockBinlog,
    acked: new VirtualCondition(kernel, signal, lockBinlog),
    lastAck: { replica: 0, position: 0, sentAt: 0, arrivedAt: 0, relayedAt: 0, returnedAt: 0 },
    groups: 0,
  };
}

function createDoneConditions(settings: Settings, kernel: Kernel, signal: Cost): Condition[] {
  const shared = new VirtualCondition(kernel, signal);
  return Array.from({ length: settings.clients }, () =>
    settings.done_wakeup === 'individual' ? new VirtualCondition(kernel, signal) : shared,
  );
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

function createReplica(
  settings: Settings,
  kernel: Kernel,
  streams: Streams,
  source: VirtualSource,
  index: number,
  host: VirtualHost,
  inbox: VirtualAckInbox,
): VirtualReplica {
  const rtt = forReplica(settings.rtt, index);
  const relayFsync = forReplica(settings.relay_fsync, index);
  const newDelay = (): Delay => ({
    rtt: streams.cost(rtt),
    overhead: streams.cost(settings.net_overhead),
    forwarded: isForwarded(settings),
  });
  return {
    index,
    host,
    semisync: forReplica(settings.semisync, index),
    binlog: source.binlog,
    events: new VirtualEventLink(kernel, newDelay(), forReplica(settings.bandwidth, index), inbox),
    acks: new VirtualAckLink(kernel, newDelay(), index, inbox),
    relayDisk: new VirtualDisk(
      kernel,
      streams.cost(relayFsync),
      streams.cost(settings.fsync_overhead),
      relayFsync.mean === 0,
    ),
    inbox,
    relayEnd: BINLOG_START,
    relaySynced: BINLOG_START,
  };
}

/** On a shared host the distance between source and replica is made by somebody who needs a core for it. */
const isForwarded = (settings: Settings): boolean => settings.hosts === 'one' && settings.cpu_forward.mean > 0;

/** The replica has registered and asked for the binlog from its beginning: both ends begin. */
function connect(kernel: Kernel, source: Source, replica: Replica, settings: Settings): void {
  if (replica.semisync && source.semisync.enabled) source.semisync.addReplica(replica.index, replica.relayEnd);
  const io = { clock: kernel, shape: source.shape, costs: source.costs, syncRelayLog: settings.sync_relay_log };
  kernel.spawn(`dump reader ${replica.index}`, source.host as VirtualHost, (self) => dumpReader(self, source, replica));
  kernel.spawn(`replica ${replica.index} I/O thread`, replica.host as VirtualHost, (self) =>
    replicaIoThread(self, replica, io),
  );
}
