/** Frozen specifications. Each also compiles: a warning of Vega-Lite's is a failure. Update with `vitest run -u`. */
import { expect, it } from 'vitest';
import type { ChartLook } from '../../analysis/chart-frame.js';
import { chartSpec } from '../../analysis/chart-spec.js';
import type { SweepRow } from '../../analysis/row.js';
import { compileChart } from '../../results/render.js';
import type { ChartRequest } from '../../workloads/workload.js';
import { row, sweep } from './synthetic-rows.js';

interface Golden {
  readonly request: Omit<ChartRequest, 'name' | 'subject'>;
  readonly rows: readonly SweepRow[];
  readonly look?: Partial<ChartLook>;
}

const VERSIONS = ['mysql-5.6', 'mysql-5.7', 'mariadb-10.11'] as const;
const CHANGES = ['MySQL 5.6', 'lock-free reader', 'ACK receiver'];

const changed = (rtt_us: number): SweepRow[] =>
  CHANGES.map((variant, index) => {
    const tps = [800, 820, 5000][index]! * (200 / rtt_us);
    return row({ variant, rtt_us }, { tps, tps_ci95_low: tps * 0.98, tps_ci95_high: tps * 1.02 });
  });

const GOLDENS: Readonly<Record<string, Golden>> = {
  'lines with labels at their ends': {
    request: { x: 'clients', y: 'tps', series: 'profile', compare: ['mysql-5.7', 'mysql-5.6'] },
    rows: sweep({ profile: VERSIONS, clients: [1, 4, 16, 64] }),
  },
  'small multiples with a legend, dark': {
    request: { x: 'rtt_us', y: 'latency_mean_us', series: 'wait_point', facet: 'clients' },
    rows: sweep({ wait_point: ['ASYNC', 'AFTER_SYNC'], rtt_us: [100, 1000, 5000], clients: [1, 16, 64] }),
    look: { theme: 'dark' },
  },
  'an ordinal x, because of its 0': {
    request: { x: 'binlog_fsync_us', y: 'latency_p99_us', series: 'clients' },
    rows: sweep({ fsync_us: [0, 100, 1000], clients: [4, 16] }),
  },
  'unequal replicas, one line': {
    request: { x: 'rtt_us', y: 'tps' },
    rows: sweep({ rtt_us: ['200/1000', '1000/1000', '1000/5000'], replicas: [2] }),
  },
  'bars on a narrow screen': {
    request: { x: 'variant', y: 'tps' },
    rows: changed(200),
    look: { layout: 'narrow' },
  },
  'stems from the first variant': {
    request: { x: 'variant', y: 'tps', series: 'rtt_us', y_scale: 'log' },
    rows: [200, 1000, 5000].flatMap(changed),
  },
  'a waterfall': {
    request: { x: 'variant', y: 'tps', series: 'rtt_us', y_scale: 'log', baseline: 'previous' },
    rows: [200, 1000].flatMap(changed),
  },
  'in the page': {
    request: { x: 'clients', y: 'tps', series: 'profile' },
    rows: sweep({ profile: VERSIONS, clients: [1, 16] }),
    look: { theme: 'css', place: 'page' },
  },
};

it.each(Object.entries(GOLDENS))('%s', (name, { request, rows, look }) => {
  const spec = chartSpec({ name: 'golden', subject: name, ...request }, rows, look);
  expect(() => compileChart(spec)).not.toThrow();
  expect(JSON.stringify(spec, null, 1)).toMatchSnapshot();
});

it('compiling would notice a specification that Vega-Lite warns of', () => {
  const spec = chartSpec({ name: 'golden', subject: '', x: 'clients', y: 'tps' }, sweep({ clients: [1, 16] }));
  const text = JSON.stringify(spec).replaceAll('"type":"log"', '"type":"log","zero":false');
  expect(() => compileChart(JSON.parse(text))).toThrow(/Vega-Lite warns: .*zero/);
});
