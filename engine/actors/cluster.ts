/** The emulated cluster as its actors see it: protocol state beside the primitives that a runtime gave. */
import type { PhaseMeter } from '../measure/phases.js';
import type { Sessions, StageQueue, SyncPeriod } from '../protocol/group-commit.js';
import type { Settings } from '../protocol/parameters.js';
import type { TransactionShape } from '../protocol/positions.js';
import type { SemiSync } from '../protocol/semi-sync.js';
import type {
  Ack,
  AckInbox,
  AckLink,
  Clock,
  Condition,
  Cost,
  Disk,
  EventInlet,
  EventLink,
  EventOutlet,
  Fiber,
  Host,
  Mutex,
  Parked,
} from './primitives.js';

export interface Costs {
  readonly client: Cost;
  readonly statement: Cost;
  readonly flush: Cost;
  readonly commit: Cost;
  readonly eventRead: Cost;
  readonly eventSend: Cost;
  readonly send: Cost;
  readonly eventReceive: Cost;
  readonly ack: Cost;
  readonly semisync: Cost;
}

/** The active binlog as a dump reader sees it. */
export interface BinlogTail {
  /** End of what dump readers may send (`binlog_end_pos`). */
  readonly safeEnd: number;
  /** Parks a dump reader that has sent all before `cursor`, until more is published. Who holds LOCK_log gives it up. */
  waitBeyond(self: Fiber, cursor: number): Parked;
}

/** As its writer sees it; a runtime may keep bytes behind the positions. */
export interface Binlog {
  /** End of what has been written. */
  readonly end: number;
  /** Is there room for one more group, whoever joins it? There is none while a slow reader still needs the bytes. */
  hasRoom(): boolean;
  /** Parks until there may be room, without LOCK_log, which a reader may need. */
  waitForRoom(self: Fiber): Parked;
  /** Writes the session's transaction; the answer is where it ends. */
  append(session: number): number;
  /** The group is complete: hands what was appended to the operating system. */
  flush(): void;
  /** Lets dump readers send up to `end` (`binlog_end_pos`) and wakes those who wait for more. */
  publish(self: Fiber, end: number): Parked;
  /** Wakes the dump readers that wait for more, though there may be none yet. */
  signal(self: Fiber): Parked;
}

export interface Source {
  readonly settings: Settings;
  readonly shape: TransactionShape;
  readonly costs: Costs;
  readonly clock: Clock;
  readonly host: Host;
  readonly meter: PhaseMeter;

  readonly sessions: Sessions;
  readonly flushQueue: StageQueue;
  readonly syncQueue: StageQueue;
  readonly commitQueue: StageQueue;
  readonly lockLog: Mutex;
  readonly lockSync: Mutex;
  readonly lockAfterBinlogSync: Mutex;
  readonly lockCommit: Mutex;
  /** Followers sleep here: one condition for all groups, or one for each session. Index: session. */
  readonly done: readonly Condition[];
  readonly syncPeriod: SyncPeriod;

  readonly binlog: Binlog;
  readonly binlogDisk: Disk;
  readonly redo: Redo;

  readonly semisync: SemiSync;
  readonly lockBinlog: Mutex;
  /** Waiters for an ACK sleep here, each with the position at which its ACK was asked for. */
  readonly acked: Condition;
  /** The ACK that last moved the acknowledged position, for the account of where time went. */
  readonly lastAck: Ack;

  groups: number;
}

/** The storage engine's redo log, of which concurrent transactions share flushes. */
export interface Redo {
  written: number;
  flushed: number;
  flushing: boolean;
  readonly disk: Disk;
  readonly idle: Condition;
}

/** A replica as its dump reader on the source sees it. */
export interface DumpTarget {
  /** Where its relay log ends when it connects: from there it asks for the binlog. */
  relayEnd: number;
  readonly semisync: boolean;
  /** The source's binlog, as this reader reads it. */
  readonly binlog: BinlogTail;
  readonly events: EventOutlet;
  /** Where this replica's ACKs arrive: its own dump reader, or the ACK receiver that serves all. */
  readonly inbox: AckInbox;
}

/** A replica as its own I/O thread sees it. */
export interface RelaySite {
  readonly host: Host;
  readonly events: EventInlet;
  readonly acks: AckLink;
  readonly relayDisk: Disk;
  /** End of its relay log, and how much of that has been flushed as sync_relay_log says. */
  relayEnd: number;
  relaySynced: number;
  /** Since its server started. */
  acksSent: number;
}

export interface Replica extends DumpTarget, RelaySite {
  readonly index: number;
  readonly events: EventLink;
}
