/** Any experiment at all, small enough to run in a moment. */
import fc from 'fast-check';
import { checkSettings, SettingsError } from '../../engine/protocol/check-settings.js';
import type { Distribution, Settings } from '../../engine/protocol/parameters.js';
import { CHOICE_VALUES, type Choices, PROFILE_NAMES } from '../../engine/protocol/profiles.js';
import { withDefaults } from './settings.js';

export function costs(most: number): fc.Arbitrary<Distribution> {
  const mean = fc.oneof(fc.constant(0), fc.double({ min: 1, max: most, noNaN: true }));
  return fc.oneof(
    mean.map((value): Distribution => ({ kind: 'constant', mean: value })),
    mean.map((value): Distribution => ({ kind: 'exponential', mean: value })),
    fc
      .double({ min: 1, max: most, noNaN: true })
      .map((value): Distribution => ({ kind: 'lognormal', mean: value, sigma: 0.5 })),
    mean.map(
      (value): Distribution => ({
        kind: 'empirical',
        mean: value,
        source: 'two',
        samples: [value / 2, (3 * value) / 2],
      }),
    ),
  );
}

/** Some of the choices switched, each alone or together with others. */
const switched = fc.record(
  Object.fromEntries(Object.entries(CHOICE_VALUES).map(([name, values]) => [name, fc.constantFrom(...values)])),
  { requiredKeys: [] },
) as fc.Arbitrary<Partial<Choices>>;

const replication: fc.Arbitrary<Partial<Settings>> = fc.record({
  wait_point: fc.constantFrom('ASYNC', 'AFTER_SYNC', 'AFTER_COMMIT', 'AFTER_COMMIT'),
  wait_for_slave_count: fc.integer({ min: 1, max: 3 }),
  wait_no_slave: fc.boolean(),
  timeout: fc.constantFrom(0, 500, 5_000, 10_000_000),
  sync_binlog: fc.constantFrom(0, 1, 1, 3),
  sync_relay_log: fc.constantFrom(0, 1, 3, 10_000),
  group_commit_delay: fc.constantFrom(0, 0, 300),
  group_commit_count: fc.constantFrom(0, 4),
  order_commits: fc.boolean(),
  mutex: fc.constantFrom('barging', 'fifo'),
});

const machines: fc.Arbitrary<Partial<Settings>> = fc.record({
  clients: fc.integer({ min: 1, max: 12 }),
  arrival_rate: fc.constantFrom(0, 0, 200, 3_000, 50_000),
  think: costs(2000),
  events_per_tx: fc.integer({ min: 1, max: 7 }),
  bytes_per_tx: fc.integer({ min: 200, max: 20_000 }),
  hosts: fc.constantFrom('one', 'replicas-apart', 'all-apart'),
  cores: fc.integer({ min: 1, max: 4 }),
  binlog_fsync: costs(1000),
  redo_fsync: costs(1000),
  cpu_statement: costs(200),
  cpu_semisync: costs(20),
  cpu_wake: costs(20),
  wake_latency: costs(50),
  net_overhead: costs(200),
  seed: fc.integer({ min: 0, max: 0xffffffff }),
});

const network: fc.Arbitrary<Partial<Settings>> = fc.integer({ min: 0, max: 3 }).chain((replicas) => {
  const each = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
    fc.oneof(
      fc.array(value, { minLength: 1, maxLength: 1 }),
      fc.array(value, { minLength: Math.max(1, replicas), maxLength: Math.max(1, replicas) }),
    );
  return fc.record({
    replicas: fc.constant(replicas),
    rtt: each(costs(3000)),
    bandwidth: each(fc.constantFrom(0, 1e6, 1e9)),
    relay_fsync: each(costs(1500)),
    semisync: each(fc.constantFrom(true, true, false)),
  });
});

/** Only experiments that `checkSettings` accepts: a contradictory wait becomes asynchronous. */
export const anySettings: fc.Arbitrary<Settings> = fc
  .tuple(fc.constantFrom(...PROFILE_NAMES), replication, machines, network, switched)
  .map(([profile, ...parts]) => {
    const settings = withDefaults(profile, Object.assign({}, ...parts));
    for (const attempt of [settings, { ...settings, wait_for_slave_count: 1 }]) if (accepted(attempt)) return attempt;
    return { ...settings, wait_point: 'ASYNC' };
  });

function accepted(settings: Settings): boolean {
  try {
    checkSettings(settings);
    return true;
  } catch (error) {
    if (error instanceof SettingsError) return false;
    throw error;
  }
}
