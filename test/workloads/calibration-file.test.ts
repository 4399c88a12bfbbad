import { describe, expect, test } from 'vitest';
import { defaultSettings } from '../../engine/protocol/parameters.js';
import type { CalibrationDocument, ErrorTable } from '../../workloads/calibration.js';
import {
  COST_NAMES,
  calibrationsWith,
  formatCalibrations,
  readCalibrations,
  shippedCalibrations,
} from '../../workloads/calibration-file.js';
import { loadWorkload, parseSetOption, resolveSettings } from '../../workloads/load.js';
import { complaint, fileWith, HEAD } from './workspace.js';

const error = { median: 3, p90: 9, max: 20, bias: -1 };
const errors: ErrorTable = { tps: error, latency_mean_us: error, latency_p95_us: null };
const DOCUMENT: CalibrationDocument = {
  acklab: '0.1.0',
  seed: 7,
  measured: ['m.csv'],
  servers: [
    {
      profile: 'mysql-5.6',
      host: { hosts: 'one', cores: '4' },
      costs: [
        { name: 'cpu_send', value: '12us', fitted: { low_us: 9, high_us: 15, pinned: 0.7 } },
        { name: 'cpu_statement', value: 'lognormal(70us, 0.3)', fitted: null },
      ],
      rows: 28,
      errors: { fitted: errors, cross_validated: errors },
    },
  ],
};

const written = fileWith('c.yaml', formatCalibrations(DOCUMENT));
const set = (...texts: string[]) => texts.map(parseSetOption);

describe('a calibration file', () => {
  test('reads back as what was written', () => {
    expect(readCalibrations(written)).toEqual([
      {
        profile: 'mysql-5.6',
        settings: {
          hosts: 'one',
          cores: 4,
          cpu_send: { kind: 'constant', mean: 12 },
          cpu_statement: { kind: 'lognormal', mean: 70, sigma: 0.3 },
        },
      },
    ]);
  });

  test('takes the place of the shipped one for its server, and of no other', () => {
    const calibrations = calibrationsWith([written]);
    expect(calibrations.get('mysql-5.6')!.settings.cores).toBe(4);
    expect(calibrations.get('mysql-5.7')).toBe(shippedCalibrations().get('mysql-5.7'));
  });

  test('lies over the first guesses, and under all that a workload or --set says', () => {
    const calibrations = calibrationsWith([written]);
    const plain = resolveSettings(set('profile=mysql-5.6'), calibrations);
    expect(plain).toMatchObject({ cores: 4, cpu_send: { mean: 12 }, timeout: defaultSettings('mysql-5.6').timeout });
    const overridden = resolveSettings(set('profile=mysql-5.6', 'cpu_send=99us'), calibrations);
    expect(overridden.cpu_send.mean).toBe(99);
    const text = `${HEAD}set: { profile: mysql-5.6, cores: 3 }\nsweep: { clients: [1] }\n`;
    const [point] = loadWorkload(fileWith('w.yaml', text), [], calibrations).parts[0]!.points;
    expect(point!.settings).toMatchObject({ cores: 3, cpu_send: { mean: 12 } });
  });

  test.each([
    ['format: 2\nservers: {}', '"format"'],
    ['format: 1\nservers: {}', 'c.yaml:2:10: no server'],
    ['format: 1', 'c.yaml:1:1: "servers" is missing'],
    ['format: 1\nservers: { mysql-8: { costs: {} } }', 'c.yaml:2:12: unknown profile "mysql-8"'],
    ['format: 1\nservers: { mysql-5.7: { costs: { cpu_sent: { value: 1us } } } }', 'did you mean "cpu_send"?'],
    ['format: 1\nservers: { mysql-5.7: { costs: { rtt: { value: 1us } } } }', 'c.yaml:2:34: unknown cost "rtt"'],
    [
      'format: 1\nservers: { mysql-5.7: { costs: { cpu_send: { value: 12 } } } }',
      'cpu_send: "12" has no unit; write 12us',
    ],
    [
      'format: 1\nservers: { mysql-5.7: { costs: { cpu_send: { value: -1us } } } }',
      'c.yaml:2:53: cpu_send: -1us is negative',
    ],
    [
      'format: 1\nservers: { mysql-5.7: { host: { clients: 3 }, costs: {} } }',
      'unknown parameter of the host "clients"',
    ],
    ['- a', 'c.yaml:1:1'],
  ])('%j is refused with its place', (text, said) => {
    const message = complaint(() => readCalibrations(fileWith('c.yaml', text)));
    expect(message).toContain(said);
    expect(message).not.toContain('\n');
  });
});

test('every profile has a shipped calibration, which sets every cost', () => {
  const shipped = shippedCalibrations();
  expect([...shipped.keys()].sort()).toEqual(['mariadb-10.11', 'mysql-5.6', 'mysql-5.7']);
  for (const { settings } of shipped.values()) {
    expect(Object.keys(settings)).toEqual(expect.arrayContaining([...COST_NAMES, 'hosts', 'cores']));
  }
});
