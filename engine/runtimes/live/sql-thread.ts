/**
 * A replica's SQL thread. No actor is it: it is accounted for, as one thread that executes the transactions of the relay log
 * one after another, each for what executing and committing one costs in the mean. Enough for SHOW SLAVE STATUS to say how
 * far it is; it takes no core from anybody.
 */
import type { Microseconds, Settings } from '../../protocol/parameters.js';
import { type TransactionShape, transactionStartAt } from '../../protocol/positions.js';

/** One transaction on a replica, which writes no binlog of its own, µs. */
const applyCost = ({ cpu_statement, cpu_commit, redo_fsync, fsync_overhead }: Settings): Microseconds =>
  cpu_statement.mean + cpu_commit.mean + (redo_fsync.mean > 0 ? redo_fsync.mean + fsync_overhead.mean : 0);

export class SqlThread {
  running: boolean;
  /** It has executed everything before. */
  executed: number;
  readonly #shape: TransactionShape;
  readonly #cost: Microseconds;
  /** Up to when it has been accounted for. */
  #at: Microseconds;

  constructor(settings: Settings, shape: TransactionShape, running: boolean, executed: number, now: Microseconds) {
    this.#shape = shape;
    this.#cost = applyCost(settings);
    this.running = running;
    this.executed = executed;
    this.#at = now;
  }

  /** What it has done by now, with the relay log's end as it is now. */
  account(relayEnd: number, now: Microseconds): void {
    const { bytes } = this.#shape;
    const begun = transactionStartAt(this.#shape, this.executed);
    // Half a transaction is not executed.
    const waiting = Math.max(0, (transactionStartAt(this.#shape, relayEnd) - begun) / bytes);
    const time = this.running ? now - this.#at : 0;
    const able = this.#cost > 0 ? Math.floor(time / this.#cost) : waiting;
    if (this.running && waiting > 0) this.executed = begun + Math.min(able, waiting) * bytes;
    this.#at = able < waiting && this.running ? this.#at + able * this.#cost : now;
  }

  start(now: Microseconds): void {
    this.running = true;
    this.#at = now;
  }
}

interface Sample {
  readonly at: Microseconds;
  readonly end: number;
}

/** When the binlog was how long, once a second: from that, how old a transaction is. */
export class BinlogAges {
  #samples: Sample[];

  constructor(end: number, now: Microseconds) {
    this.#samples = [{ at: now, end }];
  }

  /** Called every second or so; what lies before `needed` nobody will ask for. */
  sample(end: number, now: Microseconds, needed: number): void {
    const first = this.#samples.findIndex((sample) => sample.end > needed);
    const kept = first < 0 ? [] : this.#samples.slice(first);
    if (end !== this.#samples.at(-1)?.end) kept.push({ at: now, end });
    this.#samples = kept.length > 0 ? kept : this.#samples.slice(-1);
  }

  /** When the transaction behind `position` was written, to the second; now, where it is not there yet. */
  writtenAt(position: number, now: Microseconds): Microseconds {
    return this.#samples.find(({ end }) => end > position)?.at ?? now;
  }
}
