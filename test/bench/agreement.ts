/** Do virtual time and real threads agree where waits dominate? The same points in both, with costs set alike. */
import type { Distribution, Settings } from '../../engine/protocol/parameters.js';
import type { Crew } from '../../engine/runtimes/threads/crew.js';
import { simulate } from '../../engine/runtimes/virtual/simulate.js';
import { constant, nothingCosts } from '../engine/settings.js';
import { measured } from './runs.js';

/**
 * Delays vary as real ones do. Constant and alike, they would end at the same instants again and again: whether MySQL
 * 5.6's dump reader gets LOCK_log before the next flush leader is then one race, won or lost in every round.
 */
const varying = (mean: number): Distribution => ({ kind: 'lognormal', mean, sigma: 0.3 });

/**
 * Computing costs little in both: emulated by spinning in the one, by the calendar in the other. Not nothing, for then
 * what happens at one instant would be decided by the order of a calendar in one runtime, and by a race in the other.
 */
const COSTS = {
  cpu_client: constant(1),
  cpu_statement: constant(2),
  cpu_flush: constant(1),
  cpu_commit: constant(1),
  cpu_event_read: constant(0.5),
  cpu_event_send: constant(0.5),
  cpu_send: constant(1),
  cpu_event_receive: constant(0.5),
  cpu_ack: constant(1),
  cpu_semisync: constant(1),
} satisfies Partial<Settings>;

/** What threads pay for real, and virtual time has to be told: waking, here and on an idle core. */
export type WakeCosts = Pick<Settings, 'cpu_signal' | 'cpu_wake' | 'wake_latency'>;

const VARIANTS = [
  ['mysql-5.6', 'AFTER_COMMIT'],
  ['mysql-5.7', 'AFTER_SYNC'],
  ['mysql-5.7', 'AFTER_COMMIT'],
  ['mariadb-10.11', 'AFTER_SYNC'],
  ['mariadb-10.11', 'AFTER_COMMIT'],
] as const;

export interface Agreement {
  readonly settings: Settings;
  readonly virtualTps: number;
  readonly threadsTps: number;
  /** Threads against virtual, as a fraction. */
  readonly difference: number;
}

const point = (
  [profile, wait_point]: (typeof VARIANTS)[number],
  rtt: number,
  fsync: number,
  clients: number,
  replicas: number,
): Settings =>
  nothingCosts(profile, {
    ...COSTS,
    wait_point,
    rtt: [varying(rtt)],
    binlog_fsync: varying(fsync),
    redo_fsync: varying(fsync),
    relay_fsync: [varying(fsync)],
    clients,
    replicas,
  });

/** Round trip and fsync from 500 µs on, up to 32 clients and 3 replicas. */
export function agreementGrid(): Settings[] {
  const grid: Settings[] = [];
  for (const variant of VARIANTS) {
    for (const rtt of [500, 2000]) {
      for (const fsync of [500, 1000]) {
        for (const clients of [2, 8, 32]) {
          for (const replicas of [1, 3]) grid.push(point(variant, rtt, fsync, clients, replicas));
        }
      }
    }
  }
  return grid;
}

const PRECISION = 0.01;
/** Waking a thread costs the waker about so much when it need not enter the kernel, and the woken one as much. */
const WAKE_HERE_US = 1;

/**
 * What a wake-up costs on this machine: what a single client's commit takes longer on threads than under virtual time,
 * where waking costs nothing, divided among the wake-ups that virtual time counts in it. The point is not in the grid.
 */
export async function measureWakeCosts(crew: Crew, milliseconds: number): Promise<WakeCosts> {
  const alone = nothingCosts('mysql-5.7', {
    ...COSTS,
    clients: 1,
    rtt: [constant(1000)],
    binlog_fsync: constant(700),
    redo_fsync: constant(700),
  });
  const wakeCosts = (latency: number): WakeCosts => ({
    cpu_signal: constant(WAKE_HERE_US),
    cpu_wake: constant(WAKE_HERE_US),
    wake_latency: { kind: 'lognormal', mean: latency, sigma: 0.3 },
  });
  const latency = (costs: WakeCosts): number =>
    simulate({ ...alone, ...costs }, { precision: PRECISION }).observation.latency_mean_us as number;
  // The median: a sleep of the machine is no wake-up, and varying delays have no place in a difference.
  const { observation } = await measured(crew, alone, milliseconds);
  const without = latency(wakeCosts(0));
  const perMicrosecond = (latency(wakeCosts(10)) - without) / 10;
  const longer = (observation.latency_p50_us as number) - without;
  return wakeCosts(Math.max(0, longer / perMicrosecond));
}

/** Runs every point in both runtimes; `told` hears of each as soon as it is known. */
export async function measureAgreement(
  crew: Crew,
  grid: readonly Settings[],
  costs: WakeCosts,
  milliseconds: number,
  told: (agreement: Agreement) => void = () => undefined,
): Promise<Agreement[]> {
  const agreements: Agreement[] = [];
  for (const settings of grid) {
    const virtualTps = simulate({ ...settings, ...costs }, { precision: PRECISION }).observation.tps;
    const threadsTps = (await measured(crew, settings, milliseconds)).observation.tps;
    const agreement = { settings, virtualTps, threadsTps, difference: threadsTps / virtualTps - 1 };
    agreements.push(agreement);
    told(agreement);
  }
  return agreements;
}

export function medianDifference(agreements: readonly Agreement[]): number {
  const sizes = agreements.map(({ difference }) => Math.abs(difference)).sort((a, b) => a - b);
  const middle = sizes.length >> 1;
  const upper = sizes[middle] ?? Number.NaN;
  return sizes.length % 2 === 1 ? upper : ((sizes[middle - 1] ?? Number.NaN) + upper) / 2;
}

export const AGREEMENT_HEAD = ['', 'rtt us', 'fsync us', 'clients', 'replicas', 'virtual tx/s', 'threads tx/s', ''];

export const agreementRow = ({ settings, virtualTps, threadsTps, difference }: Agreement): (string | number)[] => [
  `${settings.profile} ${settings.wait_point}`,
  settings.rtt[0]!.mean,
  settings.binlog_fsync.mean,
  settings.clients,
  settings.replicas,
  Math.round(virtualTps),
  Math.round(threadsTps),
  `${difference < 0 ? '' : '+'}${(100 * difference).toFixed(1)} %`,
];
