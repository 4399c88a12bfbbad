/** Plays a scenario and watches every event of it. */
import type { createVirtualCluster, VirtualCluster } from '../../engine/runtimes/virtual/cluster.js';
import type { sabotage, VirtualFaults } from '../../engine/runtimes/virtual/faults.js';
import type { VirtualHost } from '../../engine/runtimes/virtual/kernel.js';
import type { VirtualReplica } from '../../engine/runtimes/virtual/replica.js';
import { Commits } from './commits.js';
import { watchLocks } from './locks.js';
import { Logs } from './logs.js';
import { connectionsOf, DURATION_US, type Scenario } from './scenario.js';
import { Switch } from './switch.js';
import { type Violation, World } from './world.js';

/** The engine that plays it: the one there is, or a mutant of it. */
export interface Engine {
  readonly createVirtualCluster: typeof createVirtualCluster;
  readonly sabotage: typeof sabotage;
}

export interface Played {
  readonly violation: Violation | undefined;
  readonly events: number;
  readonly answers: number;
}

/** With the load of a long run; what is under way then may take as many again to end. */
const MAX_EVENTS = 2500;
const MAX_EVENTS_TO_END = 50_000;
/** µs; as long as a time-out or two, and the slowest line, may take. */
const TIME_TO_END = 1e9;

export function play(scenario: Scenario, engine: Engine): Played {
  const cluster = engine.createVirtualCluster(scenario.settings, () => {}, connectionsOf(scenario));
  const world = new World(scenario, cluster);
  const holders = watchLocks(world);
  const logs = new Logs(world);
  const semisync = new Switch(world, logs, holders);
  const commits = new Commits(world, logs, semisync);
  /** Replicas that nothing gets through to. */
  const cut = new Set<number>();
  const faults = engine.sabotage(cluster, scenario.schedule, (what, replica, scheduled) => {
    if (replica === undefined || what.endsWith('without effect')) return;
    if (scheduled?.event.kind === 'crash-host') logs.crashed(replica);
    else if (scheduled?.event.kind === 'partition') cut.add(replica);
    else if (scheduled?.event.kind === 'heal') cut.delete(replica);
  });

  const { kernel } = cluster;
  const hosts = new Set([cluster.sourceHost, cluster.clientHost, ...cluster.replicas.map(({ host }) => host)]);
  let limit = MAX_EVENTS;
  let lastTime = 0;
  let reached: () => boolean = () => false;
  kernel.trace = (time, fiber) => {
    if (time < lastTime) world.violated('time goes on', `from ${lastTime} to ${time}`);
    logs.check();
    semisync.check(time);
    commits.check();
    checkCores(world, hosts, time);
    lastTime = time;
    world.fiber = fiber;
    if (++world.event >= limit || reached()) kernel.stop();
    if (fiber) semisync.turn(fiber);
  };
  /** Does it come to that, with all the time it can need? Where events do not suffice to tell, it is taken to. */
  const comesTo = (what: () => boolean): boolean => {
    let came = what();
    if (came || world.violation) return true;
    reached = () => {
      came ||= what();
      return came;
    };
    limit = world.event + MAX_EVENTS_TO_END;
    const advanced = kernel.run(kernel.time + TIME_TO_END);
    return reached() || (advanced && world.event >= limit);
  };

  kernel.run(DURATION_US);
  endLoad(cluster, faults);
  const { gate } = cluster;
  if (!comesTo(() => gate.inside === 0)) {
    world.violated('no deadlock', `${gate.inside} transactions are under way and do not end`);
  }
  const catchesUp = (replica: VirtualReplica): boolean => cut.has(replica.index) || hasAll(cluster, faults, replica);
  if (!comesTo(() => cluster.replicas.every(catchesUp))) world.violated('replicas catch up', behind(cluster));
  return { violation: world.violation, events: world.event, answers: commits.answers };
}

/** Nobody begins any more; arrivals become rare. */
function endLoad({ gate, gap }: VirtualCluster, faults: VirtualFaults): void {
  gate.active = 0;
  if (gap) faults.setArrivalRate(1e-3);
}

/** What can be asked of a replica: if nothing hinders it, it has what was published. */
function hasAll({ source }: VirtualCluster, faults: VirtualFaults, replica: VirtualReplica): boolean {
  const hindered = !faults.isUp(replica.index) || !replica.ioThread || replica.io.hang.hung;
  return hindered || replica.relayEnd === source.binlog.safeEnd;
}

const behind = ({ source, replicas }: VirtualCluster): string =>
  `relay logs at ${replicas.map(({ relayEnd }) => relayEnd).join(', ')}, published is ${source.binlog.safeEnd}`;

function checkCores(world: World, hosts: ReadonlySet<VirtualHost>, time: number): void {
  for (const host of hosts) {
    const busy = host.busyUntil(time);
    if (busy > host.cores * time * (1 + 1e-9) + 1e-6) {
      world.violated('time goes on', `${busy} µs of work on ${host.cores} cores in ${time} µs`);
    }
  }
}
