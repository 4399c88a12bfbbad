/** What can be done to a cluster under virtual time, for the saboteur to do. */
import { type Faults, saboteur } from '../../actors/saboteur.js';
import { inOrder, type ReplicaEventKind, type Schedule, type ScheduledEvent } from '../../protocol/faults.js';
import type { Distribution } from '../../protocol/parameters.js';
import { startAckReceiver, type VirtualCluster } from './cluster.js';
import type { VirtualFiber } from './kernel.js';
import type { VirtualEventLink } from './link.js';
import { FREE, VirtualCondition } from './mutex.js';
import { reconnect, type VirtualReplica } from './replica.js';

export type Note = (what: string, replica?: number, scheduled?: ScheduledEvent) => void;

/** What a replica's server is doing, as far as events decide it. */
interface ServerState {
  /** Crashed and not restarted? */
  down: boolean;
  partitioned: boolean;
  /** rpl_semi_sync_slave_enabled. */
  semisync: boolean;
  /** Connections that the replica has left and whose end the source cannot hear of before the partition heals. */
  readonly left: VirtualEventLink[];
  readonly healed: VirtualCondition;
}

/** Lets the events of a schedule happen; `note` is told of each, and of what follows from it. */
export function sabotage(cluster: VirtualCluster, schedule: Schedule, note: Note): VirtualFaults {
  const faults = new VirtualFaults(cluster, note);
  for (const scheduled of inOrder(schedule)) {
    cluster.kernel.spawn('saboteur', undefined, (self) => saboteur(self, faults, scheduled));
  }
  return faults;
}

export class VirtualFaults implements Faults {
  readonly #cluster: VirtualCluster;
  readonly #servers: readonly ServerState[];
  readonly note: Note;

  constructor(cluster: VirtualCluster, note: Note) {
    this.#cluster = cluster;
    this.note = note;
    this.#servers = cluster.replicas.map(({ semisync }) => ({
      down: false,
      partitioned: false,
      semisync,
      left: [],
      healed: new VirtualCondition(cluster.kernel, FREE),
    }));
  }

  get source() {
    return this.#cluster.source;
  }
  get replicas() {
    return this.#cluster.replicas;
  }
  get gate() {
    return this.#cluster.gate;
  }
  get backlog() {
    return this.#cluster.backlog;
  }

  /** Is the replica's server up? */
  isUp(replica: number): boolean {
    return !this.#server(replica).down;
  }

  afflict(kind: ReplicaEventKind, index: number): boolean {
    const replica = this.#replica(index);
    const server = this.#server(index);
    switch (kind) {
      case 'stall':
      case 'resume':
        return this.#hang(replica, kind === 'stall');
      case 'stop-io':
        return this.#stop(replica, true);
      case 'start-io':
        return !server.down && this.#start(replica);
      case 'crash-process':
      case 'crash-host':
        return this.#crash(replica, kind === 'crash-host');
      case 'restart':
        if (!server.down) return false;
        server.down = false;
        return this.#start(replica);
      case 'partition':
      case 'heal':
        return this.#partition(replica, kind === 'partition');
    }
  }

  #replica = (index: number): VirtualReplica => this.#cluster.replicas[index] as VirtualReplica;
  #server = (index: number): ServerState => this.#servers[index] as ServerState;

  #hang({ io }: VirtualReplica, value: boolean): boolean {
    const { hang } = io;
    if (hang.hung === value) return false;
    hang.hung = value;
    if (!value) hang.over.wakeAll();
    return true;
  }

  /** The I/O thread ends. `tells`: its machine is there to tell the source, as far as anything gets through. */
  #stop(replica: VirtualReplica, tells: boolean): boolean {
    const { ioThread } = replica;
    if (!ioThread || ioThread.ended) return false;
    this.#cluster.kernel.kill(ioThread);
    replica.ioThread = undefined;
    replica.connected = false;
    if (!tells) {
      // What the source sends stays without an answer; ACKs on their way arrive, but nobody is left to repeat them.
      replica.events.partition();
      replica.acks.lose();
    } else if (this.#server(replica.index).partitioned) this.#server(replica.index).left.push(replica.events);
    else replica.events.close();
    return true;
  }

  #crash(replica: VirtualReplica, host: boolean): boolean {
    const server = this.#server(replica.index);
    if (server.down) return false;
    server.down = true;
    this.#stop(replica, !host);
    this.#hang(replica, false);
    if (host) replica.relayEnd = replica.relaySynced;
    return true;
  }

  #start(replica: VirtualReplica): boolean {
    if (replica.ioThread) return false;
    const server = this.#server(replica.index);
    reconnect({
      kernel: this.#cluster.kernel,
      source: this.#cluster.source,
      replica,
      semisync: () => server.semisync,
      waitForLine: (self: VirtualFiber) => server.partitioned && server.healed.wait(self),
      connected: () => this.note('connected', replica.index),
    });
    return true;
  }

  #partition({ index, events, acks }: VirtualReplica, value: boolean): boolean {
    const server = this.#server(index);
    if (server.partitioned === value) return false;
    server.partitioned = value;
    if (value) {
      events.partition();
      acks.partition();
      return true;
    }
    events.heal();
    acks.heal();
    for (const link of server.left.splice(0)) link.close();
    server.healed.wakeAll();
    return true;
  }

  /** Those that had a connection or were about to, for `connectAll`. */
  #disconnected: VirtualReplica[] = [];
  #ending: VirtualFiber[] = [];

  disconnectAll(): void {
    this.#disconnected = this.#cluster.replicas.filter((replica) => this.#stop(replica, true));
    for (const { events } of this.#cluster.replicas) events.end();
    this.#ending = this.#cluster.replicas.flatMap(({ reader }) => reader ?? []);
  }

  disconnected(): boolean {
    return this.#ending.every(({ ended }) => ended);
  }

  connectAll(): void {
    for (const replica of this.#disconnected) this.#start(replica);
  }

  startAckReceiver(): void {
    const { kernel, source, receiver } = this.#cluster;
    if (receiver) startAckReceiver(kernel, source, receiver);
  }

  setCost(what: 'rtt' | 'binlog_fsync' | 'redo_fsync' | 'relay_fsync', cost: Distribution, index: number): void {
    const { streams, source } = this.#cluster;
    const { line, relayDisk } = this.#replica(index) ?? {};
    const free = cost.mean === 0;
    if (what === 'binlog_fsync') source.binlogDisk.setCost(streams.cost(cost), free);
    else if (what === 'redo_fsync') source.redo.disk.setCost(streams.cost(cost), free);
    else if (what === 'relay_fsync') relayDisk.setCost(streams.cost(cost), free);
    else for (const delay of [line.events, line.acks]) delay.rtt = streams.cost(cost);
  }

  setBandwidth(bitsPerSecond: number, index: number): void {
    const { line, events } = this.#replica(index);
    line.bandwidth = bitsPerSecond;
    events.setBandwidth(bitsPerSecond);
  }

  setReplicaSemisync(value: boolean, index: number): void {
    this.#server(index).semisync = value;
  }

  setSyncRelayLog(events: number, index: number): void {
    this.#replica(index).io.syncRelayLog = events;
  }

  setArrivalRate(perSecond: number): void {
    const { gap, streams } = this.#cluster;
    gap?.become(streams.cost({ kind: 'exponential', mean: 1e6 / perSecond }));
  }
}
