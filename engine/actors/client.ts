/**
 * A client and its session on the source: executes a statement, commits it through the group commit, has its answer.
 * Closed loop: the next statement follows the answer, after a pause. Open loop: statements arrive by themselves.
 */
import { CLIENT, ENGINE_COMMIT, EXECUTION, LOCK_LOG, QUEUE, REDO_FSYNC } from '../measure/phases.js';
import { NOBODY } from '../protocol/group-commit.js';
import { waitForAck } from './ack-wait.js';
import type { Source } from './cluster.js';
import { flushRedo, leadGroup } from './committer.js';
import type { Condition, Cost, Fiber, Host, Script } from './primitives.js';

export interface Load {
  /** The clients' own host, or the source's. */
  readonly host: Host;
  readonly think: Cost;
  readonly thinks: boolean;
  /** Open loop: transactions that have arrived and not begun. Absent in a closed loop. */
  readonly backlog?: Backlog;
  /** Present where the load may change, or the source become read-only. */
  readonly gate?: Gate;
  /** A client has its answer. */
  completed(latency: number, session: number): void;
}

/** Who may begin a transaction: the first `active` sessions, and while the source is read-only nobody. */
export class Gate {
  active: number;
  readOnly = false;
  /** The old source is none any more, and its replica none yet. */
  promoting = false;
  /** Sessions that are past the gate and have no answer yet. */
  inside = 0;
  /** Those who may not begin sleep here. */
  readonly opened: Condition;

  constructor(active: number, opened: Condition) {
    this.active = active;
    this.opened = opened;
  }
}

/** Intended starts of transactions that wait for a free connection, oldest first. */
export interface Backlog {
  readonly arrived: Condition;
  take(): boolean;
  /** What `take` took: when it was meant to begin. */
  readonly intended: number;
}

export function* client(self: Fiber, source: Source, load: Load, me: number): Script {
  const { clock, costs, host, meter, settings, sessions } = source;
  const { backlog, gate } = load;
  for (;;) {
    if (gate) while (me >= gate.active) if (gate.opened.wait(self)) yield;
    if (backlog) {
      if (!backlog.take()) {
        if (backlog.arrived.wait(self)) yield;
        continue;
      }
      meter.begin(me, backlog.intended, QUEUE);
    } else {
      if (load.thinks && clock.sleep(self, load.think.draw())) yield;
      meter.begin(me, clock.now(), CLIENT);
    }
    if (gate) {
      while (gate.readOnly) if (gate.opened.wait(self)) yield;
      gate.inside++;
    }
    meter.to(me, CLIENT, clock.now());
    if (load.host.use(self, costs.client.draw())) yield;

    if (host.enter(self)) yield;
    meter.to(me, EXECUTION, clock.now());
    if (host.use(self, costs.statement.draw())) yield;
    if (settings.redo_flush === 'per-transaction') {
      meter.to(me, REDO_FSYNC, clock.now());
      yield flushRedo(self, source);
    }

    meter.to(me, LOCK_LOG, clock.now());
    sessions.pending[me] = 1;
    if (source.flushQueue.enter(me)) yield leadGroup(self, source, me);
    while (sessions.pending[me] === 1) if (source.done[me]!.wait(self)) yield;
    // The variable may have changed meanwhile: what counts is what the group's leader did.
    const commitsItself = sessions.committed[me]! < sessions.position[me]!;
    if (commitsItself) {
      meter.to(me, ENGINE_COMMIT, clock.now());
      if (host.use(self, costs.commit.draw())) yield;
      sessions.committed[me] = sessions.position[me]!;
    }
    if (settings.wait_point === 'AFTER_COMMIT' && (commitsItself || settings.after_commit_wait === 'session')) {
      sessions.next[me] = NOBODY;
      yield waitForAck(self, source, sessions.position[me]!, me);
    }

    if (load.host.enter(self)) yield;
    sessions.answered[me] = sessions.position[me]!;
    if (gate) gate.inside--;
    load.completed(meter.finish(me, clock.now()), me);
  }
}
