/** A replica under virtual time: what its server keeps, and what each of its connections to the source is made of. */
import type { Replica } from '../../actors/cluster.js';
import { dumpReader, readerForReplica } from '../../actors/dump-reader.js';
import { forwarder } from '../../actors/forwarder.js';
import type { Cost } from '../../actors/primitives.js';
import { connectToSource, type Hang, type ReplicaSettings, replicaIoThread } from '../../actors/replica.js';
import { forReplica, type Settings } from '../../protocol/parameters.js';
import { BINLOG_START } from '../../protocol/positions.js';
import type { VirtualSource } from './cluster.js';
import { VirtualDisk } from './disk.js';
import type { Kernel, VirtualFiber, VirtualHost } from './kernel.js';
import { type Delay, VirtualAckInbox, VirtualAckLink, VirtualEventLink } from './link.js';
import { FREE, VirtualCondition } from './mutex.js';
import type { Streams } from './random.js';

export interface VirtualReplica extends Replica {
  readonly host: VirtualHost;
  readonly relayDisk: VirtualDisk;
  /** The present connection, or the last one. */
  semisync: boolean;
  events: VirtualEventLink;
  acks: VirtualAckLink;
  inbox: VirtualAckInbox;
  readonly line: Line;
  readonly io: ReplicaSettings & { syncRelayLog: number; readonly hang: VirtualHang };
  /** The I/O thread, from its start until it is stopped. */
  ioThread: VirtualFiber | undefined;
  /** The dump reader that serves it, or did last. */
  reader: VirtualFiber | undefined;
  /** Has the I/O thread its connection? */
  connected: boolean;
}

interface VirtualHang extends Hang {
  readonly over: VirtualCondition;
}

/** What all connections between the source and one replica share. */
export interface Line {
  readonly events: Delay;
  readonly acks: Delay;
  bandwidth: number;
  /** Where somebody has to forward packets: what that costs. */
  forwardCost: Cost | undefined;
}

export interface ReplicaOptions {
  readonly index: number;
  readonly host: VirtualHost;
  /** Of the ACK receiver that serves all replicas; absent where each dump reader collects its own ACKs. */
  readonly receiverInbox: VirtualAckInbox | undefined;
}

export function createReplica(
  settings: Settings,
  kernel: Kernel,
  streams: Streams,
  source: VirtualSource,
  options: ReplicaOptions,
): VirtualReplica {
  const { index, host } = options;
  const rtt = forReplica(settings.rtt, index);
  const relayFsync = forReplica(settings.relay_fsync, index);
  const newDelay = (): Delay => ({
    rtt: streams.cost(rtt),
    overhead: streams.cost(settings.net_overhead),
    forwarded: isForwarded(settings),
  });
  const line: Line = {
    events: newDelay(),
    acks: newDelay(),
    bandwidth: forReplica(settings.bandwidth, index),
    forwardCost: undefined,
  };
  const inbox = options.receiverInbox ?? new VirtualAckInbox(kernel);
  return {
    index,
    host,
    line,
    semisync: forReplica(settings.semisync, index),
    binlog: source.binlog,
    events: new VirtualEventLink(kernel, line.events, line.bandwidth, inbox),
    acks: new VirtualAckLink(kernel, line.acks, index, inbox),
    relayDisk: new VirtualDisk(
      kernel,
      streams.cost(relayFsync),
      streams.cost(settings.fsync_overhead),
      relayFsync.mean === 0,
    ),
    inbox,
    relayEnd: BINLOG_START,
    relaySynced: BINLOG_START,
    acksSent: 0,
    io: {
      clock: kernel,
      shape: source.shape,
      costs: source.costs,
      syncRelayLog: settings.sync_relay_log,
      hang: { hung: false, over: new VirtualCondition(kernel, FREE) },
    },
    ioThread: undefined,
    reader: undefined,
    connected: false,
  };
}

/** On a shared host the distance between source and replica is made by somebody who needs a core for it. */
export const isForwarded = (settings: Settings): boolean => settings.hosts === 'one' && settings.cpu_forward.mean > 0;

/** As a run begins: the replica has registered and asked for the binlog from its beginning; both ends begin. */
export function beginConnected(kernel: Kernel, source: VirtualSource, replica: VirtualReplica): void {
  if (replica.semisync) source.semisync.addReplica(replica.index, replica.relayEnd);
  replica.reader = kernel.spawn(`dump reader ${replica.index}`, source.host, (self) =>
    dumpReader(self, source, replica),
  );
  replica.connected = true;
  replica.ioThread = kernel.spawn(`replica ${replica.index} I/O thread`, replica.host, (self) =>
    replicaIoThread(self, replica, replica.io),
  );
}

/** Those who hold packets back between source and replica, for the present connection. */
export function spawnForwarders(
  kernel: Kernel,
  host: VirtualHost,
  { index, events, acks, line }: VirtualReplica,
): void {
  const cost = line.forwardCost;
  if (!cost) return;
  kernel.spawn(`proxy ${index}, events`, host, (self) => forwarder(self, host, events, cost));
  kernel.spawn(`proxy ${index}, ACKs`, host, (self) => forwarder(self, host, acks, cost));
}

export interface Reconnection {
  readonly kernel: Kernel;
  readonly source: VirtualSource;
  readonly replica: VirtualReplica;
  /** rpl_semi_sync_slave_enabled, as it is when the connection is there. */
  readonly semisync: () => boolean;
  /** Parks while nothing gets through. */
  readonly waitForLine: (self: VirtualFiber) => boolean;
  readonly connected: () => void;
}

/** The I/O thread starts: it connects, and asks for the binlog from the end of its relay log. */
export function reconnect({ kernel, source, replica, ...given }: Reconnection): void {
  const { line, index } = replica;
  const roundTrip: Cost = {
    draw: () => line.events.rtt.draw() + line.events.overhead.draw(),
    sum: (count) => line.events.rtt.sum(count) + line.events.overhead.sum(count),
  };
  replica.ioThread = kernel.spawn(`replica ${index} I/O thread`, replica.host, function* (self) {
    yield connectToSource(self, kernel, roundTrip);
    while (given.waitForLine(self)) yield;
    const last = replica.events;
    // An ACK of the last connection must not pass for one of this, where a dump reader waits for it.
    if (source.settings.ack_collector === 'dump-reader') replica.inbox = new VirtualAckInbox(kernel);
    replica.semisync = given.semisync();
    replica.events = new VirtualEventLink(kernel, line.events, line.bandwidth, replica.inbox);
    replica.acks = new VirtualAckLink(kernel, line.acks, index, replica.inbox);
    replica.connected = true;
    spawnForwarders(kernel, source.host, replica);
    given.connected();
    // The source knows the replica as it has registered, whatever becomes of it.
    const registered = { ...replica };
    replica.reader = kernel.spawn(`dump reader ${index}`, source.host, (reader) =>
      readerForReplica(reader, source, registered, () => last.end()),
    );
    yield replicaIoThread(self, replica, replica.io);
  });
}
