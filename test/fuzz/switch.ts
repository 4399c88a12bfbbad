/** Watches the semi-sync module: its switch, its quorum, those who wait for it, and its counters. */
import type { VirtualFiber } from '../../engine/runtimes/virtual/kernel.js';
import type { VirtualMutex } from '../../engine/runtimes/virtual/mutex.js';
import type { Holders } from './locks.js';
import type { Logs } from './logs.js';
import { quorumOf, type World } from './world.js';

/** From a first sleep for a position until the fiber goes on with an answer. */
interface Wait {
  readonly position: number;
  readonly began: number;
  readonly timeout: number;
  asleep: boolean;
  /** When it last fell asleep: who is late for its own deadline times out then. */
  sleptAt: number;
  /** The event at which it last went on. */
  wentOn: number;
}

export class Switch {
  readonly #world: World;
  readonly #logs: Logs;
  readonly #holders: Holders;
  readonly #waits = new Map<VirtualFiber, Wait>();
  /** Those between their sleep and what follows it. */
  readonly #sleepers = new Set<VirtualFiber>();
  /** Smallest wait_for_slave_count so far: what was acknowledged under it stays so. */
  #leastCount: number;
  /** Largest flushed position the module was told of. */
  #reported = 0;
  /** In a call that may switch as it likes. */
  #administered = false;
  #removing = false;
  #remembered = 0;
  #clients: number;
  #removed = 0;
  #timesOff = 0;
  #acks = 0;
  #sleepsInTime = 0;
  #sleptInTime = 0;
  /** The event at which semi-sync was last seen OFF, or was switched. */
  lastOff = Number.NEGATIVE_INFINITY;

  constructor(world: World, logs: Logs, holders: Holders) {
    this.#world = world;
    this.#logs = logs;
    this.#holders = holders;
    const { semisync } = world.cluster.source;
    this.#leastCount = semisync.waitForSlaveCount;
    this.#clients = world.cluster.replicas.filter((replica) => replica.semisync).length;
    this.#watchModule();
    this.#watchWaits();
  }

  /** As many replicas as are asked for have reached it, or once did. */
  quorum(): number {
    return quorumOf(this.#logs.had, this.#leastCount);
  }

  #watchModule(): void {
    const { semisync } = this.#world.cluster.source;
    const [reportFlush, setEnabled, setWaitNoSlave, beginAnew, addReplica, removeReplica, acknowledge] = [
      semisync.reportFlush.bind(semisync),
      semisync.setEnabled.bind(semisync),
      semisync.setWaitNoSlave.bind(semisync),
      semisync.beginAnew.bind(semisync),
      semisync.addReplica.bind(semisync),
      semisync.removeReplica.bind(semisync),
      semisync.acknowledge.bind(semisync),
    ];
    const administer = <T>(call: () => T): T => {
      this.#administered = true;
      const result = call();
      this.#administered = false;
      return result;
    };
    semisync.reportFlush = (end) => {
      this.#reported = Math.max(this.#reported, end);
      reportFlush(end);
    };
    semisync.setEnabled = (value) => {
      if (value && !semisync.enabled) this.#reported = 0;
      return administer(() => setEnabled(value));
    };
    semisync.setWaitNoSlave = (value) => administer(() => setWaitNoSlave(value));
    semisync.beginAnew = (enabled) => {
      this.#reported = 0;
      administer(() => beginAnew(enabled));
    };
    semisync.addReplica = (replica, position) => {
      this.#clients++;
      this.#acks--;
      return addReplica(replica, position);
    };
    semisync.removeReplica = () => {
      this.#clients--;
      this.#removed++;
      this.#removing = true;
      const off = removeReplica();
      this.#removing = false;
      const { enabled, on, waitNoSlave, clients, waitForSlaveCount } = semisync;
      if (enabled && on && !waitNoSlave && clients < waitForSlaveCount) {
        this.#world.violated('OFF with too few', `ON with ${clients} of ${waitForSlaveCount} replicas`);
      }
      return off;
    };
    semisync.acknowledge = (replica, position) => {
      this.#acks++;
      return acknowledge(replica, position);
    };
    semisync.switched = (on) => this.#switched(on);
  }

  #switched(on: boolean): void {
    const world = this.#world;
    const { semisync } = world.cluster.source;
    this.lastOff = world.event;
    if (!on) this.#timesOff++;
    if (this.#administered) return;
    if (on) {
      const quorum = quorumOf(this.#logs.had, semisync.waitForSlaveCount);
      if (quorum < this.#reported) {
        world.violated('ON when caught up', `a quorum has ${quorum} of ${this.#reported} that were flushed`);
      }
    } else if (this.#removing) {
      if (semisync.waitNoSlave || semisync.clients >= semisync.waitForSlaveCount) {
        world.violated('OFF for a reason', `with ${semisync.clients} of ${semisync.waitForSlaveCount} replicas left`);
      }
    } else if (!this.#hasTimedOut(world.fiber)) {
      world.violated('OFF for a reason', `${world.fiber?.name} has not waited for as long as the timeout`);
    }
  }

  #hasTimedOut(fiber: VirtualFiber | undefined): boolean {
    const wait = fiber && this.#waits.get(fiber);
    return wait?.wentOn === this.#world.event ? this.#world.cluster.kernel.time >= wait.began + wait.timeout : false;
  }

  #watchWaits(): void {
    const { source, kernel } = this.#world.cluster;
    const { semisync, acked } = source;
    const rememberWaiter = semisync.rememberWaiter.bind(semisync);
    semisync.rememberWaiter = (position) => {
      this.#remembered = position;
      rememberWaiter(position);
    };
    const wait = acked.wait.bind(acked);
    acked.wait = (self, deadline, mark) => {
      const fiber = self as VirtualFiber;
      const known = this.#waits.get(fiber);
      if (known?.position === this.#remembered) {
        known.asleep = true;
        known.sleptAt = kernel.time;
      } else {
        const { timeout } = semisync;
        this.#waits.set(fiber, {
          position: this.#remembered,
          began: kernel.time,
          timeout,
          asleep: true,
          sleptAt: kernel.time,
          wentOn: -1,
        });
      }
      this.#sleepers.add(fiber);
      return wait(self, deadline, mark);
    };
    const lockBinlog = source.lockBinlog as VirtualMutex;
    const takeOrQueue = lockBinlog.takeOrQueue.bind(lockBinlog);
    lockBinlog.takeOrQueue = (fiber) => {
      const has = takeOrQueue(fiber);
      if (has) this.#goesOn(fiber);
      return has;
    };
    this.#world.onWake.push((fiber) => {
      const known = this.#waits.get(fiber);
      if (known) known.asleep = false;
    });
  }

  /** The fiber's turn comes. Handed the mutex already, it goes on where it slept. */
  turn(fiber: VirtualFiber): void {
    if (fiber.needs === undefined && this.#waits.get(fiber)?.asleep === false) this.#goesOn(fiber);
  }

  #goesOn(fiber: VirtualFiber): void {
    const wait = this.#waits.get(fiber);
    if (!wait || !this.#sleepers.delete(fiber)) return;
    wait.wentOn = this.#world.event;
    if (fiber.timedOut) return;
    this.#sleepsInTime++;
    this.#sleptInTime += this.#world.cluster.kernel.time - wait.began;
  }

  check(time: number): void {
    const { semisync } = this.#world.cluster.source;
    this.#leastCount = Math.min(this.#leastCount, semisync.waitForSlaveCount);
    if (!(semisync.enabled && semisync.on)) this.lastOff = this.#world.event;
    this.#checkQuorum();
    this.#checkWaits(time);
    this.#checkCounters();
  }

  #checkQuorum(): void {
    const world = this.#world;
    const { semisync } = world.cluster.source;
    const { had } = this.#logs;
    for (let replica = 0; replica < had.length; replica++) {
      const said = semisync.ackedBy[replica]!;
      if (said > had[replica]!) {
        world.violated('ACK tells the truth', `replica ${replica}: ${said}, but it may claim ${had[replica]} at most`);
      }
    }
    if (semisync.acked > 0 && semisync.acked > this.quorum()) {
      world.violated(
        'quorum',
        `${semisync.acked} is acknowledged, but a quorum of ${this.#leastCount} has ${this.quorum()}`,
      );
    }
  }

  #checkWaits(time: number): void {
    const world = this.#world;
    const { semisync } = world.cluster.source;
    const { acked, on, waitPosition, waitPositionSet } = semisync;
    const settled = this.#holders.lockBinlog.holder === undefined;
    for (const [fiber, { began, timeout, asleep, sleptAt }] of this.#waits) {
      if (!asleep) continue;
      if (time > Math.max(began + timeout, sleptAt)) {
        world.violated('wait ends in time', `${fiber.name} sleeps since ${began} µs, the timeout was ${timeout} µs`);
      }
      if (settled && (!on || (acked >= waitPosition && fiber.position <= acked))) {
        const state = on ? `acknowledged is ${acked}` : 'semi-sync is OFF';
        world.violated('covered waiters are woken', `${fiber.name} sleeps for ${fiber.position}; ${state}`);
      }
    }
    if (settled && on && waitPositionSet && waitPosition <= acked) {
      world.violated('wait position is open', `${waitPosition}, but ${acked} is acknowledged`);
    }
  }

  #checkCounters(): void {
    const world = this.#world;
    const { semisync } = world.cluster.source;
    const { clients, noTimes, netWaits, txWaits, txWaitTime, waitSessions } = semisync;
    const gone = this.#logs.readers.filter(({ fiber, semisync: registered }) => registered && fiber.ended).length;
    if (clients !== this.#clients || this.#removed < gone) {
      world.violated('clients add up', `${clients}, of which ${this.#removed} left; ${gone} dump readers have ended`);
    }
    const differing = [
      ['no_times', noTimes, this.#timesOff],
      ['tx_waits', txWaits, this.#sleepsInTime],
      ['wait_sessions', waitSessions, this.#sleepers.size],
      // A sum of differences of large numbers.
      ['tx_wait_time', Math.round(txWaitTime), Math.round(this.#sleptInTime)],
    ] as const;
    for (const [name, is, should] of differing) {
      if (Math.abs(is - should) > (name === 'tx_wait_time' ? 1 : 0)) {
        world.violated('counters add up', `${name} is ${is}, not ${should}`);
      }
    }
    if (netWaits < this.#acks) world.violated('counters add up', `net_waits is ${netWaits}, with ${this.#acks} ACKs`);
  }
}
