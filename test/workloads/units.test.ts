import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ParameterName } from '../../engine/protocol/parameters.js';
import { sampleReader } from '../../workloads/samples.js';
import { formatTime, formatValue, parseValue, splitOutside } from '../../workloads/units.js';

const noSamples = () => {
  throw new Error('no file is read here');
};
const parse = (name: ParameterName, raw: unknown): unknown => parseValue(name, raw, noSamples);
const constant = (mean: number) => ({ kind: 'constant', mean });

describe('values are read with their units', () => {
  test.each<[ParameterName, unknown, unknown]>([
    ['timeout', '500us', 500],
    ['timeout', '2ms', 2 * 1000],
    ['timeout', '1.5s', 1.5 * 1_000_000],
    ['timeout', '1.005ms', 1005], // 1.005 * 1000 is 1004.9999999999999 in binary
    ['timeout', '750 ns', 0.75],
    ['timeout', '3µs', 3],
    ['timeout', 0, 0],
    ['timeout', '0', 0],
    ['think', '1ms', constant(1000)],
    ['think', 'constant(1ms)', constant(1000)],
    ['think', 'exponential(1ms)', { kind: 'exponential', mean: 1000 }],
    ['think', 'LogNormal( 1ms , 0.4 )', { kind: 'lognormal', mean: 1000, sigma: 0.4 }],
    ['rtt', '200us/1ms/5ms', [constant(200), constant(1000), constant(5000)]],
    ['rtt', ['200us', 0], [constant(200), constant(0)]],
    ['rtt', 'lognormal(1ms, 0.4)/2ms', [{ kind: 'lognormal', mean: 1000, sigma: 0.4 }, constant(2000)]],
    ['bandwidth', '1Gbps', [1e9]],
    ['bandwidth', '100mbps/unlimited', [1e8, 0]],
    ['bytes_per_tx', '480', 480],
    ['bytes_per_tx', '4KB', 4000],
    ['bytes_per_tx', '4KiB', 4096],
    ['bytes_per_tx', '1MiB', 1_048_576],
    ['wait_no_slave', 'on', true],
    ['wait_no_slave', false, false],
    ['semisync', 'ON/OFF', [true, false]],
    ['wait_point', 'after_sync', 'AFTER_SYNC'],
    ['clients', 64, 64],
    ['arrival_rate', '2500.5', 2500.5],
  ])('%s: %j is %j', (name, raw, value) => {
    expect(parse(name, raw)).toEqual(value);
  });
});

describe('what cannot be meant is refused, with the remedy', () => {
  test.each<[ParameterName, unknown, string]>([
    ['rtt', '5', '"5" has no unit; write 5us, 5ms or 5s'],
    ['rtt', 5, '"5" has no unit; write 5us, 5ms or 5s'],
    ['rtt', '-1ms', '-1ms is negative; the least is 0'],
    ['rtt', '2h', '"2h" has an unknown unit; use ns, us, ms or s'],
    ['rtt', 'fast', '"fast" is not a time; write it as 500us, 2ms or 1.5s'],
    ['rtt', '2000000s', '2000000s is too large; the most is 3600s'],
    ['rtt', '1ms//2ms', 'the value is missing'],
    ['rtt', [], 'the list is empty; give one value for all replicas, or one for each'],
    [
      'rtt',
      'lognormal(1ms)',
      '"lognormal(1ms)" needs a mean and the sigma of the logarithm, 0 to 3; write lognormal(1ms, 0.4)',
    ],
    ['rtt', 'lognormal(1ms, 40)', '"lognormal(1ms, 40)" needs a mean and the sigma'],
    ['rtt', 'exponential(1ms, 2)', 'takes one time only; write exponential(1ms)'],
    [
      'rtt',
      'exponental(1ms)',
      '"exponental" is none of constant, exponential, lognormal, empirical; did you mean exponential?',
    ],
    ['rtt', 'empirical()', 'empirical() needs a file of samples'],
    ['bandwidth', '100', '"100" has no unit; write bits per second as 100Mbps or 100Gbps'],
    ['bandwidth', '1GB', 'has an unknown unit'],
    ['bytes_per_tx', '4K', 'has an unknown unit; use KB, MB, GB (powers of 1000) or KiB, MiB, GiB (of 1024)'],
    ['bytes_per_tx', '0.5', 'is not a whole number of bytes'],
    ['bytes_per_tx', 22, '22 is too small; the least is 23'],
    ['clients', '1.5', '"1.5" is not a whole number'],
    ['clients', 0, '0 is too small; the least is 1'],
    ['clients', [1, 2], 'takes one value, not a list'],
    ['clients', { a: 1 }, 'one value is wanted here'],
    ['clients', null, 'the value is missing'],
    ['arrival_rate', '100/s', '"100/s" is not a number'],
    ['arrival_rate', '100ms', 'has a unit, but this is a plain number; write 100'],
    ['wait_no_slave', 'yes', '"yes" is not a switch; write ON or OFF'],
    ['profile', 'mysql-5.8', '"mysql-5.8" is none of mysql-5.6, mysql-5.7, mariadb-10.11; did you mean mysql-5.6?'],
  ])('%s: %j', (name, raw, message) => {
    expect(() => parse(name, raw)).toThrow(message);
  });
});

test('times are written in the largest unit that leaves at least 1', () => {
  const times_us = [0, 0.3, 100, 999.5, 1000, 1500, 2_500_000, 12_345_678];
  expect(times_us.map(formatTime).join(' ')).toBe('0 0.3us 100us 999.5us 1ms 1.5ms 2.5s 12.345678s');
});

test('a slash inside parentheses does not split', () => {
  expect(splitOutside('empirical(lan/far.csv) / 1ms', '/')).toEqual(['empirical(lan/far.csv)', '1ms']);
});

describe('empirical distributions', () => {
  const folder = mkdtempSync(join(tmpdir(), 'acklab-samples-'));
  const file = (name: string, text: string): void => writeFileSync(join(folder, name), text);

  test('hold one time per line, in µs or with units', () => {
    file('ok.csv', '# measured\n100\n\n0.2ms\r\n300 us\n');
    const value = parseValue('think', 'empirical(ok.csv)', sampleReader(folder));
    // (100 + 200 + 300) / 3 = 200
    expect(value).toEqual({ kind: 'empirical', source: 'ok.csv', samples: [100, 200, 300], mean: 200 });
    expect(formatValue('think', value)).toBe('empirical(ok.csv)');
  });

  test.each([
    ['text.csv', '1\nrtt\n', 'samples text.csv:2: "rtt" is not a time; write one per line, in µs or with its unit'],
    ['columns.csv', '1,2\n', 'samples columns.csv:1: "1,2" is not a time'],
    ['negative.csv', '1\n2\n-3\n', 'samples negative.csv:3: "-3" is not a time'],
    ['infinite.csv', 'Infinity\n', 'samples infinite.csv:1: "Infinity" is not a time'],
    ['empty.csv', '# nothing\n', 'samples empty.csv: the file holds no times'],
    ['huge.csv', '1\n4000s\n', '4000s is too large; the most is 3600s'],
  ])('%s is refused', (name, text, message) => {
    file(name, text);
    expect(() => parseValue('think', `empirical(${name})`, sampleReader(folder))).toThrow(message);
  });

  test('a missing file is named', () => {
    expect(() => parseValue('think', 'empirical(no.csv)', sampleReader(folder))).toThrow(
      'samples no.csv: there is no such file',
    );
  });
});
