/** Everything that the threads of one cluster share, taken from one block in one order. */
import { SEMI_SYNC_HEADER_BYTES } from '../../actors/primitives.js';
import { SettingsError } from '../../protocol/check-settings.js';
import { defineNumbers } from '../../protocol/number-fields.js';
import { type Settings, semiSyncReplicas } from '../../protocol/parameters.js';
import { BINLOG_START } from '../../protocol/positions.js';
import { SemiSync, semiSyncOptions, semiSyncWords } from '../../protocol/semi-sync.js';
import { Arena, allocateFor } from '../../sync/arena.js';
import { type BinlogMemory, takeBinlogMemory } from '../../sync/binlog-ring.js';
import { SharedCondition } from '../../sync/condition.js';
import { SharedMutex } from '../../sync/mutex.js';
import { takeFiberTable, type Waker } from '../../sync/wait-queue.js';
import { takeWakeMemory, type WakeMemory } from '../../sync/wake-ring.js';
import { CONTROL_WORDS } from './control.layout.js';
import { REQUEST_WORDS } from './disk.js';
import { type LinkMemory, takeLinkMemory } from './link.layout.js';

/** The ring holds this at least, and a few of the largest groups. */
const BINLOG_BYTES = 2 ** 23;
const GROUPS_IN_RING = 4;
/** With as much for each link, it has to fit this machine's memory. */
const LARGEST_BINLOG = 2 ** 28;
/** See `Ack`. */
const ACK_FIELDS = 6;

export interface Shared {
  readonly lockLog: SharedMutex;
  readonly lockSync: SharedMutex;
  readonly lockAfterBinlogSync: SharedMutex;
  readonly lockCommit: SharedMutex;
  readonly lockBinlog: SharedMutex;
  readonly newEvents: SharedCondition;
  readonly room: SharedCondition;
  readonly acked: SharedCondition;
  readonly redoIdle: SharedCondition;
  readonly arrived: SharedCondition;
  /** One for all, or one for each session. */
  readonly done: readonly SharedCondition[];
  readonly semisync: SemiSync;
  readonly lastAck: Float64Array;
  readonly binlog: BinlogMemory;
  /** Index: replica. None in a cluster that lives: each connection brings its own. */
  readonly links: readonly LinkMemory[];
  /** Where the ACK receiver sleeps. */
  readonly receiverSleeps: Int32Array;
  readonly state: SharedState;
  /** Requests to the threads of real disks: the binlog's, then each relay log's. */
  readonly syncs: readonly Int32Array[];
}

/** What the coordinator of a cluster that lives reads whenever somebody asks. */
export interface SharedState {
  /** End of what dump readers may send, beyond 32 bits. */
  readonly binlogEnd: Float64Array;
  /** See `relayLogOf`. */
  readonly relayLogs: Float64Array;
  /** Of each session: its phase, and when its transaction began. */
  readonly phases: Uint8Array;
  readonly began: Float64Array;
}

/** What workers need before they have a scheduler: they share it with each other and with the coordinator. */
export interface Signals {
  readonly control: Int32Array;
  /** Index: worker. */
  readonly wakes: readonly WakeMemory[];
}

export interface ClusterSize {
  readonly settings: Settings;
  readonly workers: number;
  readonly fibers: number;
  readonly lives: boolean;
}

const each = <T>(count: number, take: () => T): T[] => Array.from({ length: count }, take);

export const takeSignals = (arena: Arena, { workers, fibers }: ClusterSize): Signals => ({
  control: arena.int32(CONTROL_WORDS),
  wakes: each(workers, () => takeWakeMemory(arena, fibers)),
});

/** Taken behind the signals. `waker` is the scheduler of the worker that takes it. */
export function takeShared(arena: Arena, { settings, fibers: count, lives }: ClusterSize, waker: Waker): Shared {
  const fibers = takeFiberTable(arena, count);
  const mutex = () => new SharedMutex(arena, fibers, waker, settings.mutex);
  const condition = () => new SharedCondition(arena, fibers, waker);
  const options = semiSyncOptions(settings, settings.clients);
  const { replicas } = settings;
  return {
    lockLog: mutex(),
    lockSync: mutex(),
    lockAfterBinlogSync: mutex(),
    lockCommit: mutex(),
    lockBinlog: mutex(),
    newEvents: condition(),
    room: condition(),
    acked: condition(),
    redoIdle: condition(),
    arrived: condition(),
    done: each(settings.done_wakeup === 'individual' ? settings.clients : 1, condition),
    semisync: new SemiSync(options, arena.float64(semiSyncWords(options))),
    lastAck: arena.float64(ACK_FIELDS),
    // Where replicas come and go the writer waits for none of them.
    binlog: takeBinlogMemory(arena, binlogBytes(settings), lives ? 0 : replicas, BINLOG_START),
    links: each(lives ? 0 : replicas, () => takeLink(arena, settings)),
    receiverSleeps: arena.int32(1),
    state: {
      binlogEnd: arena.float64(1),
      relayLogs: arena.float64(RELAY_LOG_WORDS * Math.max(1, replicas)),
      phases: arena.uint8(settings.clients),
      began: arena.float64(settings.clients),
    },
    syncs: each(1 + replicas, () => arena.int32(REQUEST_WORDS)),
  };
}

/** A replica's relay log, and the ACKs it has sent, where every thread sees them. */
class SharedRelayLog {
  declare relayEnd: number;
  declare relaySynced: number;
  declare acksSent: number;
  readonly memory: Float64Array;
  constructor(memory: Float64Array) {
    this.memory = memory;
  }
}
const RELAY_LOG_FIELDS = ['relayEnd', 'relaySynced', 'acksSent'] as const;
defineNumbers(SharedRelayLog.prototype, RELAY_LOG_FIELDS);
const RELAY_LOG_WORDS = RELAY_LOG_FIELDS.length;

export function relayLogOf({ relayLogs }: SharedState, replica: number): SharedRelayLog {
  const from = RELAY_LOG_WORDS * replica;
  return new SharedRelayLog(relayLogs.subarray(from, from + RELAY_LOG_WORDS));
}

/** The relay log ends here, flushed; whoever would write it is not at work. */
export function moveRelayLog(state: SharedState, replica: number, position: number): void {
  const relayLog = relayLogOf(state, replica);
  relayLog.relayEnd = position;
  relayLog.relaySynced = position;
}

const takeLink = (arena: Arena, { bytes_per_tx }: Settings): LinkMemory =>
  takeLinkMemory(arena, bytes_per_tx + SEMI_SYNC_HEADER_BYTES);

/** A block for one connection, of a cluster that lives. */
export const allocateLink = (settings: Settings): SharedArrayBuffer =>
  allocateFor((arena) => takeLink(arena, settings));

export const openLink = (memory: SharedArrayBuffer, settings: Settings): LinkMemory =>
  takeLink(new Arena(memory), settings);

/** A block for one cluster, with the semi-sync module switched as the settings say, and, unless it lives, every replica connected. */
export function allocateCluster(size: ClusterSize): SharedArrayBuffer {
  const nobody: Waker = { wake: () => undefined };
  const take = (arena: Arena): Shared => {
    takeSignals(arena, size);
    return takeShared(arena, size, nobody);
  };
  const memory = allocateFor(take);
  const { semisync, state } = take(new Arena(memory));
  semisync.initialise(semiSyncOptions(size.settings, size.settings.clients));
  state.binlogEnd.fill(BINLOG_START);
  for (let replica = 0; replica < size.settings.replicas; replica++) moveRelayLog(state, replica, BINLOG_START);
  if (size.lives) return memory;
  if (semisync.enabled) {
    for (const replica of semiSyncReplicas(size.settings)) semisync.addReplica(replica, BINLOG_START);
  }
  return memory;
}

/** Throws `SettingsError` where a few of the largest groups are more than a ring can hold. */
function binlogBytes({ clients, bytes_per_tx }: Settings): number {
  const bytes = 2 ** Math.ceil(Math.log2(Math.max(BINLOG_BYTES, GROUPS_IN_RING * clients * bytes_per_tx)));
  if (bytes <= LARGEST_BINLOG) return bytes;
  const most = Math.floor(LARGEST_BINLOG / GROUPS_IN_RING / clients);
  throw new SettingsError(
    'bytes_per_tx',
    `bytes_per_tx=${bytes_per_tx} with ${clients} clients asks for more real bytes than the binlog's ring can hold: set it to ${most} or less`,
  );
}
