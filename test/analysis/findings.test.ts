import { describe, expect, it } from 'vitest';
import { finding } from '../../analysis/findings.js';
import type { SweepRow } from '../../analysis/row.js';
import type { ChartRequest } from '../../workloads/workload.js';
import { type Experiment, row } from './synthetic-rows.js';

/** A row with this throughput, known to `share` of it on either side. */
const at = (experiment: Experiment, tps: number, share = 0.01): SweepRow =>
  row(experiment, { tps, tps_ci95_low: tps * (1 - share), tps_ci95_high: tps * (1 + share) });

const chart = (change: Partial<ChartRequest>): ChartRequest => ({
  name: 'chart',
  subject: 'subject',
  x: 'clients',
  y: 'tps',
  ...change,
});

const VERSIONS = chart({ series: 'profile', compare: ['mysql-5.7', 'mysql-5.6'] });

describe('compare', () => {
  it('states the largest supported ratio, its place, and the other end of the line', () => {
    const rows = [
      at({ profile: 'mysql-5.6', clients: 1 }, 500),
      at({ profile: 'mysql-5.6', clients: 16 }, 800),
      at({ profile: 'mysql-5.7', clients: 1 }, 600), // 600 / 500 = 1.2
      at({ profile: 'mysql-5.7', clients: 16 }, 5920), // 5920 / 800 = 7.4
    ];
    expect(finding(VERSIONS, rows)).toBe(
      'With 16 clients, MySQL 5.7 commits 7.4 times what MySQL 5.6 does; with 1 client, 20 % more.',
    );
  });

  it('names the facet too', () => {
    const rows = [1000, 5000].flatMap((rtt_us) => [
      at({ profile: 'mysql-5.6', rtt_us }, 1_000_000 / rtt_us), // 1,000 and 200
      at({ profile: 'mysql-5.7', rtt_us }, 4000), // 4 and 20 times
    ]);
    expect(finding({ ...VERSIONS, facet: 'rtt_us' }, rows)).toBe(
      'At 5 ms round trip with 16 clients, MySQL 5.7 commits 20 times what MySQL 5.6 does.',
    );
  });

  it('claims nothing where the intervals overlap, however far the means are apart', () => {
    const rows = [
      at({ profile: 'mysql-5.6', clients: 16 }, 1000, 0.5), // 500 … 1,500
      at({ profile: 'mysql-5.7', clients: 16 }, 2000, 0.3), // 1,400 … 2,600
    ];
    expect(finding(VERSIONS, rows)).toBe(
      'Between MySQL 5.7 and MySQL 5.6 the 95 % intervals support no difference in throughput.',
    );
    // The same means with intervals that part: 950 … 1,050 against 1,900 … 2,100.
    const parted = [
      at({ profile: 'mysql-5.6', clients: 16 }, 1000, 0.05),
      at({ profile: 'mysql-5.7', clients: 16 }, 2000, 0.05),
    ];
    expect(finding(VERSIONS, parted)).toBe('With 16 clients, MySQL 5.7 commits 2 times what MySQL 5.6 does.');
  });

  it('passes over the largest ratio when only a smaller one is supported', () => {
    const rows = [
      at({ profile: 'mysql-5.6', clients: 4 }, 1000, 0.9), // 100 … 1,900
      at({ profile: 'mysql-5.7', clients: 4 }, 9000, 0.9), // 900 … 17,100: overlaps
      at({ profile: 'mysql-5.6', clients: 16 }, 1000),
      at({ profile: 'mysql-5.7', clients: 16 }, 1500),
    ];
    expect(finding(VERSIONS, rows)).toMatch(/^With 16 clients, MySQL 5\.7 commits 50 % more than MySQL 5\.6/);
  });

  it('says where the order turns round', () => {
    const rows = [
      at({ profile: 'mysql-5.6', clients: 1 }, 1000),
      at({ profile: 'mysql-5.7', clients: 1 }, 880), // 12 % less
      at({ profile: 'mysql-5.6', clients: 64 }, 1000),
      at({ profile: 'mysql-5.7', clients: 64 }, 3000),
    ];
    expect(finding(VERSIONS, rows)).toBe(
      'With 64 clients, MySQL 5.7 commits 3 times what MySQL 5.6 does; but with 1 client, 12 % less.',
    );
  });

  it('says that the other end is not decided', () => {
    const rows = [
      at({ profile: 'mysql-5.6', clients: 1 }, 1000),
      at({ profile: 'mysql-5.7', clients: 1 }, 1005),
      at({ profile: 'mysql-5.6', clients: 64 }, 1000),
      at({ profile: 'mysql-5.7', clients: 64 }, 3000),
    ];
    expect(finding(VERSIONS, rows)).toContain('; with 1 client the intervals support no difference.');
  });

  it('makes nothing of a difference below 1 %', () => {
    const rows = [
      at({ profile: 'mysql-5.6', clients: 1 }, 1000, 0.001),
      at({ profile: 'mysql-5.7', clients: 1 }, 994, 0.001), // 993 … 995 lies apart from 999 … 1,001
      at({ profile: 'mysql-5.6', clients: 64 }, 1000),
      at({ profile: 'mysql-5.7', clients: 64 }, 3000),
    ];
    expect(finding(VERSIONS, rows)).toContain('; with 1 client they are within 1 % of each other.');
  });

  it('says so when the two were never run together', () => {
    expect(finding(VERSIONS, [at({ clients: 1 }, 1000), at({ clients: 2 }, 1000)])).toBe(
      'No point was run with both MySQL 5.7 and MySQL 5.6.',
    );
  });

  it('says more latency is higher, and where it was measured in which wait mode', () => {
    const request = chart({ y: 'latency_mean_us', series: 'wait_point', compare: ['AFTER_SYNC', 'ASYNC'] });
    const interval = (mean: number) => ({
      latency_mean_us: mean,
      latency_mean_ci95_low: mean - 5,
      latency_mean_ci95_high: mean + 5,
    });
    const rows = [row({ wait_point: 'AFTER_SYNC' }, interval(1500)), row({ wait_point: 'ASYNC' }, interval(500))];
    expect(finding(request, rows)).toBe('With 16 clients, mean latency under AFTER_SYNC is 3 times that under ASYNC.');
  });
});

describe('one line', () => {
  const line = (...values: readonly [number, number][]): SweepRow[] =>
    values.map(([clients, tps]) => at({ clients }, tps));

  it('stops growing where no later point is more than 5 % above', () => {
    // 1,600 is 60 % above 1,000; 1,650 is 3 % above 1,600.
    expect(finding(chart({}), line([1, 1000], [4, 1600], [16, 1650], [64, 1640]))).toBe(
      'Throughput stops growing beyond 4 clients: until there it grows 60 %, from 1,000 tx/s to 1,600 tx/s.',
    );
  });

  it('grows to its end', () => {
    expect(finding(chart({}), line([1, 500], [4, 1500], [16, 6200]))).toBe(
      'From 1 to 16 clients, throughput grows 12 times, from 500 tx/s to 6,200 tx/s.',
    );
  });

  it('peaks and falls', () => {
    // 1,200 is 40 % below 2,000.
    expect(finding(chart({}), line([1, 500], [16, 2000], [64, 1200]))).toBe(
      'Throughput peaks at 2,000 tx/s with 16 clients; with 64 clients it is 40 % lower.',
    );
  });

  it('falls', () => {
    const rows = [100, 1000, 5000].map((rtt_us, index) => at({ rtt_us }, [8000, 2000, 400][index]!));
    expect(finding(chart({ x: 'rtt_us' }), rows)).toBe(
      'From 100 µs to 5 ms round trip, throughput falls 95 %, from 8,000 tx/s to 400 tx/s.',
    );
  });

  it('is level as far as the intervals tell', () => {
    const rows = [
      at({ clients: 1 }, 1000, 0.1), // 900 … 1,100
      at({ clients: 16 }, 1150, 0.1), // 1,035 … 1,265
    ];
    expect(finding(chart({}), rows)).toBe(
      'The number of clients makes no difference to throughput that the 95 % intervals support.',
    );
  });
});

describe('several series', () => {
  it('compares the two that differ most where none are named', () => {
    const request = chart({ series: 'wait_point' });
    const rows = [
      at({ wait_point: 'ASYNC' }, 8000),
      at({ wait_point: 'AFTER_SYNC' }, 4000),
      at({ wait_point: 'AFTER_COMMIT' }, 3200), // 8,000 / 3,200 = 2.5
    ];
    expect(finding(request, rows)).toBe(
      'With 16 clients, throughput under ASYNC is 2.5 times that under AFTER_COMMIT.',
    );
  });

  it('says which numbered series x moves most and least', () => {
    const request = chart({ x: 'rtt_us', series: 'clients' });
    const rows = [
      at({ rtt_us: 100, clients: 1 }, 1000),
      at({ rtt_us: 5000, clients: 1 }, 200), // −80 %
      at({ rtt_us: 100, clients: 64 }, 10_000),
      at({ rtt_us: 5000, clients: 64 }, 6000), // −40 %
    ];
    expect(finding(request, rows)).toBe(
      'From 100 µs to 5 ms round trip, throughput falls 80 %, from 1,000 tx/s to 200 tx/s with 1 client; with 64 clients it falls 40 %.',
    );
  });
});

describe('variants', () => {
  const request = chart({ x: 'variant' });

  it('states the largest gain over the first', () => {
    const rows = [
      at({ variant: 'base' }, 1000),
      at({ variant: 'a' }, 1300),
      at({ variant: 'b' }, 1900), // 90 % more
    ];
    expect(finding(request, rows)).toBe('“b” commits 90 % more than “base”.');
  });

  it('names those that cannot be told from the best', () => {
    const rows = [at({ variant: 'base' }, 1000), at({ variant: 'a' }, 3010), at({ variant: 'b' }, 3000)];
    expect(finding(request, rows)).toBe('“a” commits 3 times what “base” does; “b” cannot be told from it.');
  });

  it('claims no gain that the intervals do not support, and no loss as a gain', () => {
    const rows = [at({ variant: 'base' }, 1000), at({ variant: 'a' }, 1010), at({ variant: 'b' }, 500)];
    expect(finding(request, rows)).toBe(
      'Nothing has more throughput than “base” beyond what the 95 % intervals allow.',
    );
  });
});

describe('without intervals', () => {
  it('states two measured values and says that no interval is known', () => {
    const request = chart({ y: 'latency_p99_us', series: 'profile', compare: ['mysql-5.6', 'mysql-5.7'] });
    const rows = [
      row({ profile: 'mysql-5.6' }, { latency_p99_us: 26_000 }),
      row({ profile: 'mysql-5.7' }, { latency_p99_us: 3_250 }),
    ];
    expect(finding(request, rows)).toBe(
      'With 16 clients, the 99th percentile of latency was 26 ms in MySQL 5.6 and 3.25 ms in MySQL 5.7.',
    );
  });

  it('says one value once', () => {
    const request = chart({ y: 'latency_p99_us', series: 'profile', compare: ['mysql-5.6', 'mysql-5.7'] });
    const rows = [
      row({ profile: 'mysql-5.6' }, { latency_p99_us: 1_561 }),
      row({ profile: 'mysql-5.7' }, { latency_p99_us: 1_560 }),
    ];
    expect(finding(request, rows)).toBe(
      'With 16 clients, the 99th percentile of latency was 1.56 ms both in MySQL 5.6 and in MySQL 5.7.',
    );
  });

  it('treats throughput from a single run likewise', () => {
    const single = { tps_ci95_low: null, tps_ci95_high: null };
    const rows = [row({ clients: 1 }, { tps: 500, ...single }), row({ clients: 16 }, { tps: 4000, ...single })];
    expect(finding(chart({}), rows)).toBe('Throughput ranged from 500 tx/s (1 client) to 4,000 tx/s (16 clients).');
  });
});

it('gives a lone point its interval', () => {
  expect(finding(chart({}), [at({}, 2000, 0.02)])).toBe(
    'Throughput is 2,000 tx/s (95 % interval 1,960 tx/s to 2,040 tx/s).',
  );
});

describe('a waterfall', () => {
  const steps: ChartRequest = {
    name: 'steps',
    subject: '',
    x: 'variant',
    y: 'tps',
    series: 'clients',
    baseline: 'previous',
  };
  const stairs = (clients: number, heights: readonly number[]) =>
    heights.map((tps, index) =>
      row({ variant: `step ${index}`, clients }, { tps, tps_ci95_low: tps * 0.99, tps_ci95_high: tps * 1.01 }),
    );

  it('tells its largest step against the one before, and what all make: 1,500 / 500 is 3, 1,200 / 1,000 is 20 %', () => {
    const rows = [...stairs(4, [1000, 500, 1500, 1200]), ...stairs(16, [1000, 1100, 1200, 2200])];
    expect(finding(steps, rows)).toBe(
      'With 4 clients, the largest step is “step 2”: throughput grows 3 times, from 500 tx/s to 1,500 tx/s; all steps together, 20 % more.',
    );
  });

  it('claims none that the intervals do not support', () => {
    expect(finding(steps, stairs(4, [1000, 1005, 990]))).toBe(
      'No step makes throughput better beyond what the intervals allow.',
    );
  });
});
