import { describe, expect, it } from 'vitest';
import { conditionTexts, intervalText, unbroken, wrapped, wrappedPhrases } from '../../analysis/chart-caption.js';
import { chartData } from '../../analysis/chart-marks.js';
import type { ChartRequest } from '../../workloads/workload.js';
import { row, sweep } from './synthetic-rows.js';

const request: ChartRequest = { name: 'chart', subject: 'subject', x: 'clients', y: 'tps', series: 'profile' };

describe('marks', () => {
  it('are those of the rows that fit, in the order of x', () => {
    const rows = sweep({ profile: ['mysql-5.7'], clients: [64, 1, 16], rtt_us: [200, 1000] });
    // `where` compares texts: rtt_us is a text in the rows, and may be a number in the workload.
    const { marks, xs } = chartData({ ...request, where: { rtt_us: [1000], clients: [1, 64] } }, rows);
    expect(xs).toEqual([1, 64]);
    expect(marks.map((mark) => mark.row.rtt_us)).toEqual(['1000', '1000']);
  });

  it('order series as versions, whatever order the rows come in', () => {
    const rows = sweep({ clients: [1], profile: ['mariadb-10.11', 'mysql-5.7', 'mysql-5.6'] });
    expect(chartData(request, rows).series).toEqual(['mysql-5.6', 'mysql-5.7', 'mariadb-10.11']);
  });

  it('leave out rows that lack the value', () => {
    const rows = [row({ clients: 1 }), row({ clients: 16 }, { latency_p99_us: null })];
    expect(chartData({ ...request, y: 'latency_p99_us' }, rows).marks).toHaveLength(1);
  });

  it('do not fall on each other: the message names what differs, and what to do', () => {
    const rows = sweep({ clients: [16], rtt_us: [200, 1000] });
    expect(() => chartData(request, rows)).toThrow(
      'chart chart: several points fall on one mark, which differ in rtt_us (200 µs, 1 ms); make it the facet, or name one value in where',
    );
  });

  it('are not none', () => {
    expect(() => chartData({ ...request, where: { clients: 3 } }, sweep({ clients: [1, 2] }))).toThrow(
      'chart chart: none of the 2 rows has what it shows; look at its where',
    );
  });

  it('are of columns that exist', () => {
    expect(() => chartData({ ...request, y: 'tpm' }, sweep({}))).toThrow('chart chart: no column tpm to chart');
  });
});

describe('conditions', () => {
  const texts = (rows: ReturnType<typeof sweep>): string[] => conditionTexts(request, chartData(request, rows));

  it('name what all points share, fsyncs of the same cost in one phrase, and no default that goes without saying', () => {
    expect(texts(sweep({ clients: [1, 16] }))).toEqual([
      'AFTER_SYNC',
      '1 replica',
      '1 ms round trip',
      '2 cores',
      'binlog, redo and relay log fsync 100 µs',
    ]);
  });

  it('name an unusual setting', () => {
    expect(texts(sweep({ sync_relay_log: [1] }))).toContain('sync_relay_log=1');
  });

  it('say that versions wait where each does by default', () => {
    const phrases = texts(sweep({ profile: ['mysql-5.6', 'mysql-5.7'] }));
    expect(phrases).toContain("each version's own wait point");
    expect(texts(sweep({ profile: ['mysql-5.6', 'mysql-5.7'], wait_point: ['AFTER_COMMIT'] }))).toContain(
      'AFTER_COMMIT',
    );
  });
});

describe('line breaks', () => {
  it('even the lines out', () => {
    expect(wrapped('one two three four five six', 20)).toEqual(['one two three', 'four five six']);
  });

  it('do not part a number from its neighbours', () => {
    expect(unbroken('at 1 ms in MySQL 5.7')).toBe('at\u00a01\u00a0ms in MySQL\u00a05.7');
  });

  it('fall between phrases', () => {
    expect(wrappedPhrases(['16 clients', '1 replica', '2 cores'], 24)).toEqual(['16 clients · 1 replica', '2 cores']);
  });
});

it('intervals have their unit once, where it is the same', () => {
  expect(intervalText('tps', 1124.4, 1152.1)).toBe('1,124 – 1,152 tx/s');
  expect(intervalText('latency_mean_us', 920, 1100)).toBe('920 µs – 1.1 ms');
  expect(intervalText('latency_mean_us', 1000, 1100)).toBe('1 – 1.1 ms');
  expect(intervalText('group_size_mean', 14, 24)).toBe('14 – 24');
  expect(intervalText('tps', null, 4)).toBe('unknown');
});
