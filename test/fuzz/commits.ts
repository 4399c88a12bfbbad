/** Watches the transactions: in what order they are committed, when they are seen, and when their clients are told. */
import { BINLOG_START } from '../../engine/protocol/positions.js';
import type { Logs } from './logs.js';
import { connectionsOf, staysAsSet } from './scenario.js';
import type { Switch } from './switch.js';
import type { World } from './world.js';

export class Commits {
  readonly #world: World;
  readonly #logs: Logs;
  readonly #switch: Switch;
  readonly #position: Float64Array;
  readonly #committed: Float64Array;
  readonly #answered: Float64Array;
  /** The event at which each session's transaction was first seen in the binlog. */
  readonly #seen: Float64Array;
  readonly #waitPointStays: boolean;
  /** Are commits ordered from beginning to end? */
  readonly #ordered: boolean;
  #commits = 0;
  #lastCommit = BINLOG_START;
  answers = 0;

  constructor(world: World, logs: Logs, semisync: Switch) {
    this.#world = world;
    this.#logs = logs;
    this.#switch = semisync;
    const sessions = connectionsOf(world.scenario);
    this.#position = new Float64Array(sessions);
    this.#committed = new Float64Array(sessions);
    this.#answered = new Float64Array(sessions);
    this.#seen = new Float64Array(sessions);
    this.#waitPointStays = staysAsSet(world.scenario, 'wait_point');
    this.#ordered = world.scenario.settings.order_commits && staysAsSet(world.scenario, 'order_commits');
    const { meter } = world.cluster.source;
    const finish = meter.finish.bind(meter);
    meter.finish = (session, now) => {
      this.#answer(session);
      return finish(session, now);
    };
  }

  check(): void {
    const { sessions } = this.#world.cluster.source;
    const before = this.#lastCommit;
    let last = before;
    let underWay = 0;
    for (let session = 0; session < this.#position.length; session++) {
      const position = sessions.position[session]!;
      if (position !== this.#position[session]) {
        this.#position[session] = position;
        this.#seen[session] = this.#world.event;
      }
      if (position > this.#answered[session]!) underWay++;
      const committed = sessions.committed[session]!;
      if (committed === this.#committed[session]) continue;
      this.#committed[session] = committed;
      this.#commits++;
      last = Math.max(last, committed);
      this.#seenByOthers(session, committed);
      if (this.#ordered && committed <= before) {
        this.#world.violated('commit order is binlog order', `${committed} is committed after ${before}`);
      }
    }
    this.#lastCommit = last;
    this.#checkSums(underWay);
  }

  #checkSums(underWay: number): void {
    const world = this.#world;
    const { binlog, shape, settings, semisync, groups } = world.cluster.source;
    const written = (binlog.end - BINLOG_START) / shape.bytes;
    if (written !== this.answers + underWay) {
      world.violated(
        'nothing is lost on the way',
        `${written} written, ${this.answers} answered, ${underWay} under way`,
      );
    }
    if (this.#ordered && (this.#lastCommit - BINLOG_START) / shape.bytes !== this.#commits) {
      world.violated('commit order is binlog order', `${this.#commits} commits reach up to ${this.#lastCommit}`);
    }
    if (!this.#waitPointStays) return;
    const waits = semisync.yesTx + semisync.noTx;
    const { wait_point, after_sync_wait } = settings;
    const perGroup = wait_point === 'AFTER_SYNC' && after_sync_wait === 'per-group';
    const [least, most] = wait_point === 'ASYNC' ? [0, 0] : perGroup ? [0, groups] : [this.answers, written];
    if (waits < least || waits > most) {
      world.violated('counters add up', `yes_tx + no_tx is ${waits}, and should be between ${least} and ${most}`);
    }
  }

  /** Has semi-sync been ON ever since the session's transaction was written, and the wait point the same? */
  #protected(session: number): boolean {
    const { wait_point } = this.#world.scenario.settings;
    return this.#waitPointStays && wait_point !== 'ASYNC' && this.#switch.lastOff < this.#seen[session]! - 1;
  }

  #seenByOthers(session: number, position: number): void {
    const { wait_point, order_commits } = this.#world.scenario.settings;
    if (wait_point !== 'AFTER_SYNC' || !this.#protected(session)) return;
    const quorum = this.#switch.quorum();
    if (position <= quorum) return;
    const how = order_commits ? '' : ', out of order';
    this.#world.violated('lossless', `session ${session} commits ${position}${how}; a quorum has ${quorum}`);
  }

  #answer(session: number): void {
    const world = this.#world;
    const { source } = world.cluster;
    const position = source.sessions.position[session]!;
    if (position <= this.#answered[session]!) world.violated('one answer', `session ${session}, twice for ${position}`);
    if (position > source.binlog.end) world.violated('one answer', `session ${session}, for ${position} not written`);
    this.#answered[session] = position;
    this.answers++;
    if (this.#logs.alwaysSynced && position > this.#logs.durable) {
      world.violated('published is durable', `session ${session} has its OK for ${position}, which no fsync covers`);
    }
    const quorum = this.#switch.quorum();
    if (this.#protected(session) && position > quorum) {
      world.violated('OK is covered', `session ${session} has its OK for ${position}, a quorum has ${quorum}`);
    }
  }
}
