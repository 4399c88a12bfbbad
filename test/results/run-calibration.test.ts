import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { defaultSettings } from '../../engine/protocol/parameters.js';
import { simulate } from '../../engine/runtimes/virtual/simulate.js';
import { runCalibration } from '../../results/run-calibration.js';
import { parseSetOption } from '../../workloads/load.js';
import type { MeasuredRow } from '../../workloads/measurements.js';

const workerFile = fileURLToPath(new URL('../../dist/engine/runtimes/pool/point-worker.js', import.meta.url));
const TRUE_STATEMENT_US = 72;
const { signal } = new AbortController();

/** Rows that a server would measure that is acklab itself, with a statement twice as dear as the first guess. */
function rowsOf(): MeasuredRow[] {
  const places = [1, 4, 16, 64].flatMap((clients) => [200, 1000].map((rtt) => ({ clients, rtt })));
  const points = places.map(({ clients, rtt }, index) => ({
    index,
    settings: {
      ...defaultSettings('mysql-5.7'),
      clients,
      rtt: [{ kind: 'constant', mean: rtt } as const],
      cpu_statement: { kind: 'lognormal', mean: TRUE_STATEMENT_US, sigma: 0.3 } as const,
      seed: 1,
    },
  }));
  const rows: MeasuredRow[] = [];
  for (const { index, settings } of points) {
    const { tps, latency_mean_us, latency_p95_us } = simulate(settings, { precision: 0, maxCommits: 4000 }).observation;
    const { clients, rtt } = places[index]!;
    const given = ['profile=mysql-5.7', `clients=${clients}`, `rtt=${rtt}us`].map(parseSetOption);
    rows[index] = { place: `row ${index}`, given, measured: { tps, latency_mean_us, latency_p95_us } };
  }
  return rows;
}

test('a cost that made the rows is found again, with an interval that holds it, and the same way each time', async () => {
  const rows = rowsOf();
  const calibrate = () =>
    runCalibration(rows, {
      overrides: [],
      seed: 2,
      jobs: 2,
      signal,
      workerFile,
      commits: 400,
      onServer: () => {},
      onIteration: () => {},
    });
  const servers = await calibrate();
  if (servers === 'interrupted') throw new Error('interrupted');
  expect(servers).toHaveLength(1);
  const [{ costs, errors, host }] = servers as [(typeof servers)[0]];
  const { value, fitted } = costs.find(({ name }) => name === 'cpu_statement')!;
  const found = Number(/[\d.]+/.exec(value)![0]);
  expect(Math.abs(found / TRUE_STATEMENT_US - 1)).toBeLessThan(0.2);
  expect(fitted!.low_us).toBeLessThan(TRUE_STATEMENT_US);
  expect(fitted!.high_us).toBeGreaterThan(TRUE_STATEMENT_US);
  expect(fitted!.pinned).toBeGreaterThan(0.5);
  expect(errors.fitted.tps!.median).toBeLessThan(5);
  expect(errors.cross_validated.tps!.median).toBeLessThan(8);
  expect(host).toMatchObject({ hosts: 'one', cores: '2' });
  expect(await calibrate()).toEqual(servers);
});

test('an interrupted calibration says so', async () => {
  const options = { overrides: [], seed: 2, jobs: 1, workerFile, onServer: () => {}, onIteration: () => {} };
  const rows = [{ place: '', given: [parseSetOption('profile=mysql-5.7')], measured: { tps: 9 } as never }];
  expect(await runCalibration(rows, { ...options, signal: AbortSignal.abort() })).toBe('interrupted');
});
