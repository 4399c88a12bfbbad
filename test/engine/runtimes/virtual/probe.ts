/** Runs a cluster and watches it at every event: what must hold at all times, and the sums that must agree in the end. */
import type { Settings } from '../../../../engine/protocol/parameters.js';
import { BINLOG_START, eventEndAfter } from '../../../../engine/protocol/positions.js';
import { createVirtualCluster, type VirtualCluster } from '../../../../engine/runtimes/virtual/cluster.js';

export interface Probe {
  readonly cluster: VirtualCluster;
  /** Transactions answered, as the clients count them. */
  readonly answers: number;
  readonly latencySum: number;
  readonly latencyMost: number;
  /** Σ of the ages of transactions that have begun (open loop: arrived) and have no answer yet. */
  readonly ageSum: number;
  /** ∫ of the number of transactions under way over the time. */
  readonly area: number;
  /** Transactions that are in the binlog and have no answer yet. */
  readonly unanswered: number;
  /** Did it go on until all answers were there? */
  readonly advanced: boolean;
  /** What did not hold at some event, with its time; at most a few. */
  readonly violations: readonly string[];
}

/** `sabotage` breaks something on purpose, before the first event. */
export function probe(settings: Settings, answers: number, sabotage?: (cluster: VirtualCluster) => void): Probe {
  const watch = new Watch(settings);
  const { kernel } = watch.cluster;
  sabotage?.(watch.cluster);
  const advanced = watch.run(answers);
  watch.advanceTo(kernel.time);
  return {
    cluster: watch.cluster,
    answers: watch.answers,
    latencySum: watch.latencySum,
    latencyMost: watch.latencyMost,
    ageSum: watch.inSystem * kernel.time - watch.startSum,
    area: watch.area,
    unanswered: watch.unanswered(),
    advanced,
    violations: watch.violations,
  };
}

class Watch {
  readonly cluster: VirtualCluster;
  answers = 0;
  latencySum = 0;
  latencyMost = 0;
  area = 0;
  inSystem = 0;
  /** Σ of the beginnings of what is under way. */
  startSum = 0;
  readonly violations: string[] = [];
  #lastAt = 0;
  #wanted = Number.POSITIVE_INFINITY;
  readonly #settings: Settings;
  /** Position of each session's last answered transaction. */
  readonly #answered: number[];
  readonly #relayEnds: number[];

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#answered = new Array<number>(settings.clients).fill(0);
    this.#relayEnds = new Array<number>(settings.replicas).fill(BINLOG_START);
    this.cluster = createVirtualCluster(settings, (latency) => this.#completed(latency));
    const { kernel, source, backlog } = this.cluster;
    kernel.trace = (time) => this.#check(time);
    const { meter } = source;
    const [begin, finish] = [meter.begin.bind(meter), meter.finish.bind(meter)];
    meter.begin = (session, at, phase) => {
      if (!backlog) this.#enters(at);
      begin(session, at, phase);
    };
    meter.finish = (session, now) => {
      this.#checkAnswer(session);
      return finish(session, now);
    };
    if (!backlog) return;
    const arrive = backlog.arrive.bind(backlog);
    backlog.arrive = (at) => {
      const { dropped } = backlog;
      arrive(at);
      if (backlog.dropped === dropped) this.#enters(at);
    };
  }

  run(answers: number): boolean {
    this.#wanted = answers;
    return this.cluster.kernel.run();
  }

  #completed(latency: number): void {
    const now = this.cluster.kernel.time;
    this.advanceTo(now);
    this.inSystem--;
    this.startSum -= now - latency;
    this.latencySum += latency;
    this.latencyMost = Math.max(this.latencyMost, latency);
    if (++this.answers === this.#wanted) this.cluster.kernel.stop();
  }

  #enters(at: number): void {
    this.advanceTo(this.cluster.kernel.time);
    this.inSystem++;
    this.startSum += at;
  }

  advanceTo(now: number): void {
    this.area += this.inSystem * (now - this.#lastAt);
    this.#lastAt = now;
  }

  unanswered(): number {
    const { position } = this.cluster.source.sessions;
    return this.#answered.filter((answered, session) => position[session]! > answered).length;
  }

  #violated(what: string): void {
    if (this.violations.length < 5) this.violations.push(`${this.cluster.kernel.time} µs: ${what}`);
  }

  #check(time: number): void {
    const { source, replicas, kernel } = this.cluster;
    const { end, safeEnd } = source.binlog;
    if (safeEnd > end) this.#violated(`safe end ${safeEnd} is beyond the binlog's end ${end}`);
    for (const { index, relayEnd, relaySynced } of replicas) {
      const before = this.#relayEnds[index]!;
      if (relayEnd === before) continue;
      this.#relayEnds[index] = relayEnd;
      if (relayEnd > safeEnd) this.#violated(`relay log ${index} at ${relayEnd} is beyond the safe end ${safeEnd}`);
      if (relayEnd < before) this.#violated(`relay log ${index} went back from ${before} to ${relayEnd}`);
      if (relaySynced > relayEnd) this.#violated(`relay log ${index} is flushed beyond its end`);
      if (eventEndAfter(source.shape, relayEnd, 0) !== relayEnd)
        this.#violated(`relay log ${index} ends inside an event`);
    }
    for (const { name, deadline } of kernel.fibers) {
      if (deadline < time) this.#violated(`${name} sleeps on past its deadline ${deadline}`);
    }
  }

  /** A client hears OK: its transaction is in the binlog, and while semi-sync has been ON, on as many replicas as asked. */
  #checkAnswer(session: number): void {
    const { source, replicas } = this.cluster;
    const position = source.sessions.position[session]!;
    if (position <= this.#answered[session]!) this.#violated(`session ${session} is answered twice for ${position}`);
    if (position > source.binlog.end) this.#violated(`session ${session} is answered for ${position}, not written yet`);
    this.#answered[session] = position;
    if (!source.semisync.enabled || source.semisync.noTimes > 0) return;
    const flushed = this.#settings.sync_relay_log === 1;
    const able = replicas.filter(
      ({ semisync, relayEnd, relaySynced }) => semisync && (flushed ? relaySynced : relayEnd) >= position,
    );
    if (able.length < this.#settings.wait_for_slave_count) {
      this.#violated(`session ${session} has its OK, but only ${able.length} replicas have ${position}`);
    }
  }
}
