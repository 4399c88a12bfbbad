/** Watches the binlog, the relay logs, and the connections between them; knows what an fsync has covered. */
import { BINLOG_START, eventEndAfter } from '../../engine/protocol/positions.js';
import type { VirtualFiber } from '../../engine/runtimes/virtual/kernel.js';
import type { VirtualEventLink } from '../../engine/runtimes/virtual/link.js';
import type { VirtualReplica } from '../../engine/runtimes/virtual/replica.js';
import { staysAsSet } from './scenario.js';
import type { World } from './world.js';

/** A dump reader, and whether the replica it serves has registered as a semi-sync one. */
export interface Reader {
  readonly fiber: VirtualFiber;
  readonly semisync: boolean;
}

interface RelayWatch {
  relayEnd: number;
  /** What an fsync that has ended covers. */
  durable: number;
  /** Where its present connection began: that position counts as acknowledged, flushed or not. */
  registered: number;
  /** Largest sync_relay_log so far; 0, never, is Infinity. */
  syncRelayLog: number;
  crashed: boolean;
  crashes: number;
  reader: VirtualFiber | undefined;
}

export class Logs {
  readonly #world: World;
  readonly #relays: RelayWatch[];
  /** What each replica may rightly have acknowledged. */
  readonly had: Float64Array;
  readonly readers: Reader[] = [];
  /** What an fsync of the binlog that has ended covers. */
  durable = BINLOG_START;
  readonly alwaysSynced: boolean;
  /** Transactions in the redo log that an fsync covers. */
  #redo = 0;
  #end = BINLOG_START;
  #safeEnd = BINLOG_START;
  /** What ends when the fiber is woken: its fsync. */
  readonly #fsyncs = new Map<VirtualFiber, () => void>();

  constructor(world: World) {
    this.#world = world;
    const { source, replicas } = world.cluster;
    this.alwaysSynced = world.scenario.settings.sync_binlog === 1 && staysAsSet(world.scenario, 'sync_binlog');
    this.had = new Float64Array(replicas.length).fill(-1);
    this.#relays = replicas.map(() => ({
      relayEnd: BINLOG_START,
      durable: BINLOG_START,
      registered: BINLOG_START,
      syncRelayLog: 0,
      crashed: false,
      crashes: 0,
      reader: undefined,
    }));
    world.onWake.push((fiber) => {
      this.#fsyncs.get(fiber)?.();
      this.#fsyncs.delete(fiber);
    });
    this.#watchDisk(source.binlogDisk, () => {
      const { end } = source.binlog;
      return () => {
        this.durable = Math.max(this.durable, end);
      };
    });
    this.#watchDisk(source.redo.disk, () => {
      const { written } = source.redo;
      return () => {
        this.#redo = Math.max(this.#redo, written);
      };
    });
    replicas.forEach((replica, index) => {
      const relay = this.#relays[index]!;
      this.#watchDisk(replica.relayDisk, () => {
        const end = replica.relayEnd;
        const { crashes } = relay;
        return () => {
          if (relay.crashes === crashes) relay.durable = Math.max(relay.durable, end);
        };
      });
    });
  }

  #watchDisk(disk: { fsync(self: VirtualFiber): boolean }, begin: () => () => void): void {
    const fsync = disk.fsync.bind(disk);
    disk.fsync = (self) => {
      const ended = begin();
      const parked = fsync(self);
      if (parked) this.#fsyncs.set(self, ended);
      else ended();
      return parked;
    };
  }

  /** The replica's machine has crashed. */
  crashed(replica: number): void {
    const relay = this.#relays[replica]!;
    relay.crashed = true;
    relay.crashes++;
  }

  check(): void {
    this.#checkBinlog();
    for (const replica of this.#world.cluster.replicas) {
      const relay = this.#relays[replica.index]!;
      if (replica.reader !== relay.reader) this.#connected(replica, relay);
      const { syncRelayLog } = replica.io;
      relay.syncRelayLog = Math.max(relay.syncRelayLog, syncRelayLog === 0 ? Number.POSITIVE_INFINITY : syncRelayLog);
      this.#checkRelay(replica, relay);
      relay.relayEnd = replica.relayEnd;
      if (replica.semisync)
        this.had[replica.index] = Math.max(this.had[replica.index]!, this.#mayClaim(replica, relay));
    }
  }

  #checkBinlog(): void {
    const world = this.#world;
    const { binlog, syncPeriod, redo } = world.cluster.source;
    const { end, safeEnd } = binlog;
    if (end < this.#end) world.violated('binlog grows', `its end goes back from ${this.#end} to ${end}`);
    if (safeEnd < this.#safeEnd) world.violated('binlog grows', `safe end back from ${this.#safeEnd} to ${safeEnd}`);
    if (safeEnd > end) world.violated('binlog grows', `safe end ${safeEnd} is beyond the end ${end}`);
    if (syncPeriod.syncedEnd > this.durable) {
      world.violated(
        'flushed is flushed',
        `binlog: up to ${syncPeriod.syncedEnd}, but the fsync covers ${this.durable}`,
      );
    }
    if (redo.flushed > this.#redo) {
      world.violated('flushed is flushed', `redo: ${redo.flushed} transactions, but the fsync covers ${this.#redo}`);
    }
    if (this.alwaysSynced && safeEnd > this.durable) {
      world.violated('published is durable', `safe end ${safeEnd}, but the last fsync covers ${this.durable}`);
    }
    this.#end = end;
    this.#safeEnd = safeEnd;
  }

  #checkRelay({ index, relayEnd, relaySynced }: VirtualReplica, relay: RelayWatch): void {
    const world = this.#world;
    const { shape, binlog } = world.cluster.source;
    if (relay.crashed) {
      if (relayEnd !== relaySynced) {
        world.violated('relay log loses its tail', `replica ${index} keeps ${relayEnd}, flushed up to ${relaySynced}`);
      }
      relay.crashed = false;
      relay.durable = Math.min(relay.durable, relayEnd);
    } else if (relayEnd < relay.relayEnd) {
      world.violated('relay log loses its tail', `replica ${index} went back from ${relay.relayEnd} to ${relayEnd}`);
    }
    if (relaySynced > relay.durable) {
      world.violated('flushed is flushed', `replica ${index}: ${relaySynced}, but its fsync covers ${relay.durable}`);
    }
    if (relayEnd === relay.relayEnd) return;
    if (relayEnd > binlog.safeEnd) {
      world.violated('relay log is a prefix', `replica ${index} has ${relayEnd}, safe end is ${binlog.safeEnd}`);
    }
    if (eventEndAfter(shape, relayEnd, 0) !== relayEnd) {
      world.violated('relay log is a prefix', `replica ${index} ends at ${relayEnd}, inside an event`);
    }
  }

  /** How far the replica may say that it has the binlog: as sync_relay_log says, fewer events than that are not flushed. */
  #mayClaim({ relayEnd }: VirtualReplica, { durable, registered, syncRelayLog }: RelayWatch): number {
    if (syncRelayLog === Number.POSITIVE_INFINITY) return relayEnd;
    const from = Math.max(durable, registered);
    return Math.min(relayEnd, eventEndAfter(this.#world.cluster.source.shape, from, syncRelayLog - 1));
  }

  #connected(replica: VirtualReplica, relay: RelayWatch): void {
    relay.reader = replica.reader;
    relay.registered = replica.relayEnd;
    relay.relayEnd = replica.relayEnd;
    if (replica.reader) this.readers.push({ fiber: replica.reader, semisync: replica.semisync });
    this.#watchLink(replica.index, replica.events, replica.relayEnd);
  }

  #watchLink(replica: number, link: VirtualEventLink, from: number): void {
    const world = this.#world;
    const sent: number[] = [];
    let received = 0;
    let end = from;
    let next = from;
    const [copy, append, flush, poll] = [
      link.copy.bind(link),
      link.append.bind(link),
      link.flush.bind(link),
      link.poll.bind(link),
    ];
    link.copy = (bytes, header) => {
      next += bytes;
      copy(bytes, header);
    };
    link.append = (at, asks) => {
      if (at !== next) world.violated('stream is whole', `replica ${replica}: an event ends at ${at}, not at ${next}`);
      if (at > world.cluster.source.binlog.safeEnd) {
        world.violated('stream is whole', `replica ${replica} is sent ${at}, which is not published`);
      }
      end = at;
      append(at, asks);
    };
    link.flush = () => {
      if (!link.closed) sent.push(end);
      flush();
    };
    link.poll = () => {
      const got = poll();
      if (got && link.packet.end !== sent[received++]) {
        world.violated('stream is whole', `replica ${replica} receives up to ${link.packet.end} out of turn`);
      }
      return got;
    };
  }
}
