/**
 * The queues of binary log group commit. A queue is a chain of sessions through `next`; whoever enters an empty queue
 * is the stage's leader, takes the whole chain and does the work for everybody in it.
 */

export const NOBODY = -1;

/** What each session carries through the stages. Index: session. */
export interface Sessions {
  /** The session behind this one in its group, or NOBODY. */
  readonly next: Int32Array;
  /** End position of its transaction in the binlog. */
  readonly position: Float64Array;
  /** 1 from the moment it enters the flush queue until its group is done. */
  readonly pending: Uint8Array;
  /** End position of its last transaction that the storage engine has committed: everybody can see it. */
  readonly committed: Float64Array;
  /** End position of its last transaction whose client has the answer. */
  readonly answered: Float64Array;
}

export function createSessions(count: number): Sessions {
  return {
    next: new Int32Array(count).fill(NOBODY),
    position: new Float64Array(count),
    pending: new Uint8Array(count),
    committed: new Float64Array(count),
    answered: new Float64Array(count),
  };
}

/** A group on its way from one stage to the next: the leader's session is `first`. */
export interface Group {
  first: number;
  last: number;
  size: number;
}

export class StageQueue {
  readonly #next: Int32Array;
  #first = NOBODY;
  #last = NOBODY;
  size = 0;

  constructor(sessions: Sessions) {
    this.#next = sessions.next;
  }

  /** Appends one session. `true`: the queue was empty, so it leads. */
  enter(session: number): boolean {
    return this.enterGroup(session, session, 1);
  }

  /** Appends a chain of sessions. `true`: the queue was empty, so the chain's first leads. */
  enterGroup(first: number, last: number, size: number): boolean {
    this.#next[last] = NOBODY;
    const leads = this.#first === NOBODY;
    if (leads) this.#first = first;
    else this.#next[this.#last] = first;
    this.#last = last;
    this.size += size;
    return leads;
  }

  /** Takes the whole queue. The leader calls it while it holds the stage's mutex. */
  takeInto(group: Group): void {
    group.first = this.#first;
    group.last = this.#last;
    group.size = this.size;
    this.#first = NOBODY;
    this.#last = NOBODY;
    this.size = 0;
  }
}

/** Decides which groups are fsynced: every one for sync_binlog=1, never for 0, every N-th for N. */
export class SyncPeriod {
  #sinceSync = 0;
  /** sync_binlog. */
  period: number;
  /** How far the binlog has been fsynced. */
  syncedEnd = 0;

  constructor(period: number) {
    this.period = period;
  }

  /** Is the next group one that binlog_group_commit_sync_delay holds back? Who will be fsynced is; with 0, everybody. */
  holdsBackNext(): boolean {
    return this.#sinceSync + 1 >= this.period;
  }

  /** Counts a group; `true` when it must be fsynced. */
  countGroup(): boolean {
    if (this.period === 0) return false;
    if (++this.#sinceSync < this.period) return false;
    this.#sinceSync = 0;
    return true;
  }
}

/** In how many naps the sync leader spends binlog_group_commit_sync_delay; after each it looks at the queue (5.7). */
export const DELAY_NAPS = 10;
