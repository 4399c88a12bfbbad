import { describe, expect, it } from 'vitest';
import {
  axisUnit,
  factorIntervalText,
  factorText,
  isColumn,
  numberText,
  placeText,
  rangeText,
  shortPlaceText,
  timeText,
  valueText,
} from '../../analysis/chart-columns.js';
import { MEASURE_COLUMNS, POINT_COLUMNS } from '../../workloads/columns.js';

it('charts know every column that a workload may ask for', () => {
  expect([...MEASURE_COLUMNS, ...POINT_COLUMNS].filter((column) => !isColumn(column))).toEqual([]);
});

describe('numbers', () => {
  it.each([
    [12_345.6, '12,300'],
    [7.4321, '7.43'],
    [0.03149, '0.0315'],
    [0, '0'],
    [1_234_567, '1,230,000'],
    [99_950, '100,000'],
  ])('%s has three digits: %s', (value, text) => expect(numberText(value)).toBe(text));

  it.each([
    [7.43, '×7.4'],
    [1.003, '×1.0'],
    [9.97, '×10'],
    [123.4, '×120'],
    [0.923, '×0.92'],
    [0.999, '×1.0'],
    [0.1513, '÷6.6'], // 1 / 0.1513 = 6.609
    [0, '×0'],
  ])('a factor of %s has two: %s', (value, text) => expect(factorText(value)).toBe(text));
});

describe('times', () => {
  it.each([
    [200, '200 µs'],
    [999.7, '1 ms'],
    [1500, '1.5 ms'],
    [999_900, '1 s'],
    [10_000_000, '10 s'],
    [0, '0 ms'],
  ])('%s µs is %s', (us, text) => expect(timeText(us)).toBe(text));

  it('of several replicas share a unit', () => {
    expect(valueText('rtt_us', '200/1000/5000')).toBe('0.2 / 1 / 5 ms');
    expect(valueText('rtt_us', '100/200')).toBe('100 / 200 µs');
  });
});

describe('axis units', () => {
  it('are milliseconds, unless all is shorter, or all is long', () => {
    expect(axisUnit('rtt_us', 100, 5000).name).toBe('ms');
    expect(axisUnit('rtt_us', 50, 400).name).toBe('µs');
    expect(axisUnit('latency_p99_us', 1500, 120_000_000).name).toBe('ms');
    expect(axisUnit('timeout_us', 1_000_000, 10_000_000)).toEqual({ name: 's', divisor: 1_000_000 });
  });

  it('show shares in percent', () => {
    expect(axisUnit('host_cpu_busy', 0, 1)).toEqual({ name: '%', divisor: 0.01 });
  });
});

describe('places', () => {
  it.each([
    ['clients', 1, 'with 1 client', '1 client'],
    ['clients', 16, 'with 16 clients', '16 clients'],
    ['rtt_us', 1000, 'at 1 ms round trip', '1 ms round trip'],
    ['profile', 'mysql-5.7', 'in MySQL 5.7', 'MySQL 5.7'],
    ['wait_point', 'ASYNC', 'under ASYNC', 'ASYNC'],
    ['sync_relay_log', 10_000, 'with sync_relay_log=10000', 'sync_relay_log=10000'],
    ['wait_for_slave_count', 2, 'waiting for 2 ACKs', '2 ACKs'],
    ['group_commit_delay_us', 2000, 'with a group commit delay of 2 ms', 'group commit delay of 2 ms'],
    ['variant', '2 near and 3 far', 'with “2 near and 3 far”', '2 near and 3 far'],
  ])('%s %s', (column, value, long, short) => {
    expect(placeText(column, value)).toBe(long);
    expect(shortPlaceText(column, value)).toBe(short);
  });

  it('span ranges', () => {
    expect(rangeText('clients', 1, 64)).toBe('1 to 64 clients');
    expect(rangeText('rtt_us', 100, 5000)).toBe('100 µs to 5 ms round trip');
    expect(rangeText('sync_relay_log', 1, 10_000)).toBe('sync_relay_log=1 to 10000');
  });
});

it.each([
  [2.567, 0.0549, '×2.57 ± 0.06'],
  [11.41, 0.3, '×11.4 ± 0.3'],
  [0.981, 0.001, '×0.98 ± 0.01'],
  [28.4, 1.2, '×28 ± 2'],
])('a factor of %d, give or take %d, reads %s: the half-width is rounded up', (ratio, half, text) => {
  expect(factorIntervalText(ratio, half)).toBe(text);
});
