/** Named experiments that between them go through every actor and every rule. */
import type { Settings } from '../../engine/protocol/parameters.js';
import { constant, exponential, withDefaults } from './settings.js';

export const SCENARIOS: readonly (readonly [name: string, settings: Settings])[] = [
  ['5.6, 16 clients', withDefaults('mysql-5.6', { clients: 16 })],
  ['5.6, asynchronous', withDefaults('mysql-5.6', { clients: 32, wait_point: 'ASYNC', rtt: [constant(200)] })],
  ['5.7 AFTER_SYNC, 64 clients', withDefaults('mysql-5.7', { clients: 64 })],
  ['5.7 AFTER_COMMIT, 64 clients', withDefaults('mysql-5.7', { clients: 64, wait_point: 'AFTER_COMMIT' })],
  [
    '5.7, two of three unequal replicas, apart',
    withDefaults('mysql-5.7', {
      replicas: 3,
      wait_for_slave_count: 2,
      rtt: [constant(200), exponential(1000), { kind: 'lognormal', mean: 5000, sigma: 0.5 }],
      relay_fsync: [constant(100)],
      hosts: 'all-apart',
    }),
  ],
  [
    '5.7, relay log fsynced per event',
    withDefaults('mysql-5.7', { sync_relay_log: 1, relay_fsync: [exponential(500)] }),
  ],
  [
    '5.7, held back for larger groups',
    withDefaults('mysql-5.7', { clients: 24, group_commit_delay: 1000, group_commit_count: 12, order_commits: false }),
  ],
  ['5.7, open loop', withDefaults('mysql-5.7', { clients: 100, arrival_rate: 4000, think: exponential(100) })],
  [
    '5.7, time-outs',
    withDefaults('mysql-5.7', { timeout: 1500, rtt: [{ kind: 'lognormal', mean: 1200, sigma: 0.5 }] }),
  ],
  ['5.7, large transactions on a thin line', withDefaults('mysql-5.7', { bytes_per_tx: 40_000, bandwidth: [5e7] })],
  ['MariaDB AFTER_SYNC', withDefaults('mariadb-10.11', { clients: 32, wait_point: 'AFTER_SYNC' })],
  ['MariaDB AFTER_COMMIT, fair mutexes', withDefaults('mariadb-10.11', { clients: 32, mutex: 'fifo' })],
];
