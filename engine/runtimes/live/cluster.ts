/** A cluster that lives, as its servers see it, whatever makes its time go on: virtual time, or worker threads. */
import type { SetEvent } from '../../protocol/faults.js';
import type { Microseconds, Settings } from '../../protocol/parameters.js';
import { eventEnd, eventsBetween, type TransactionShape, transactionStartAt } from '../../protocol/positions.js';
import type { SemiSync } from '../../protocol/semi-sync.js';

export interface LiveClusterOptions {
  /** Clients that commit all the time, at first and at most. */
  readonly load: number;
  readonly loadMost: number;
  /** Sessions that commit when told to, at most. */
  readonly sessions: number;
  /** Does the replica's I/O thread run from the beginning? Index: replica. */
  readonly started: readonly boolean[];
}

/** A thread of the source that serves a replica's I/O thread, or still believes to. */
export interface DumpThread {
  readonly replica: number;
  readonly since: Microseconds;
}

/** `connecting`: started, and not registered at the source yet. */
export type IoThreadState = 'stopped' | 'connecting' | 'running';

/** What a session of the source is doing, by phase, and since when its transaction began; between two it is the client's. */
export interface Activity {
  readonly phase: number;
  readonly since: Microseconds;
}

export interface LiveCluster {
  readonly settings: Settings;
  readonly shape: TransactionShape;
  readonly now: Microseconds;
  /** The source's module: who reads it sees it as it is at this instant. */
  readonly semisync: SemiSync;
  readonly binlogEnd: number;
  readonly dumpThreads: readonly DumpThread[];
  /** Told when a replica has registered at the source. */
  registered: ((replica: number) => void) | undefined;

  ioThread(replica: number): IoThreadState;
  /** Did the connection that the replica has now register as semi-synchronous? */
  acknowledges(replica: number): boolean;
  relayEnd(replica: number): number;
  acksSent(replica: number): number;
  /** CHANGE MASTER TO: the next connection asks for the binlog from here. */
  moveRelayEnd(replica: number, position: number): void;
  /** Resolves when the thread has begun to connect. */
  startIoThread(replica: number): Promise<void>;
  /** Resolves when the thread has ended. */
  stopIoThread(replica: number): Promise<void>;

  /** A variable changes; resolves when it has, which may have to wait for LOCK_binlog_. */
  set(event: SetEvent): Promise<void>;
  /** Clients that commit all the time. */
  readonly load: number;
  activity(session: number): Activity;

  /** A session that can commit; undefined where all are taken. */
  takeSession(): number | undefined;
  /** Gives a session back, which must have no transaction under way. */
  giveSession(session: number): void;
  /** One transaction of this session, through the whole pipeline; resolves when its client would have its answer. */
  commit(session: number): Promise<void>;
  /** Resolves when so much time has passed, µs. */
  wait(duration: Microseconds): Promise<void>;
}

/** Is this the end of an event in the binlog, so that a replica may ask for what comes behind it? */
export function isEventEnd(shape: TransactionShape, position: number): boolean {
  const start = transactionStartAt(shape, position);
  const index = eventsBetween(shape, start, position);
  return position === start || eventEnd(shape, start, index - 1) === position;
}
