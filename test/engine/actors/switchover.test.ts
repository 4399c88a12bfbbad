/** What an administrator sets while a switchover is between two sources is not lost. */
import { expect, test } from 'vitest';
import { setParameter } from '../../../engine/actors/saboteur.js';
import { createVirtualCluster } from '../../../engine/runtimes/virtual/cluster.js';
import { sabotage } from '../../../engine/runtimes/virtual/faults.js';
import { constant, withDefaults } from '../settings.js';

const SECOND = 1e6;

test.each([
  ['AFTER_SYNC', 'ASYNC', false],
  ['ASYNC', 'AFTER_COMMIT', true],
] as const)('from %s to %s', (before, value, enabled) => {
  const settings = withDefaults('mysql-5.7', { clients: 2, think: constant(1000), wait_point: before });
  const cluster = createVirtualCluster(settings, () => {});
  const { kernel, source } = cluster;
  let betweenSources = 0;
  const faults = sabotage(cluster, [{ at: SECOND, event: { kind: 'switchover', replica: 0 } }], (what) => {
    // From here on the module is not the old source's any more, and not yet the new one's.
    if (what !== 'has all transactions') return;
    kernel.spawn('administrator', undefined, function* (self) {
      if (cluster.gate.promoting) betweenSources++;
      yield setParameter(self, faults, { kind: 'set', parameter: 'wait_point', value });
    });
  });
  kernel.at(2 * SECOND, kernel.happening({ happen: () => kernel.stop() }));
  kernel.run();
  expect(betweenSources).toBe(1);
  expect([source.semisync.enabled, cluster.gate.promoting, cluster.gate.readOnly]).toEqual([enabled, false, false]);
  // Commits go on, and wait or do not.
  const waited = source.semisync.yesTx;
  kernel.at(3 * SECOND, kernel.happening({ happen: () => kernel.stop() }));
  kernel.run();
  expect(source.semisync.yesTx > waited).toBe(enabled);
});
