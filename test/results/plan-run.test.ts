/** A plan's chart and its report, from one plan that is quick to make. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { curveStyle, frontierFinding, frontierSpec } from '../../analysis/frontier-chart.js';
import { type PlanRecord, planRecord } from '../../analysis/plan-record.js';
import { planQuestion } from '../../results/plan-question.js';
import { frontierCsv, readPlan, writePlan } from '../../results/plan-run.js';
import { compileChart } from '../../results/render.js';
import { writeReport } from '../../results/report/report.js';
import { runPlan } from '../../results/run-plan.js';
import type { RunDirectory } from '../../results/store.js';
import { beginManifest } from '../../results/store-manifest.js';
import { parseSetOption } from '../../workloads/load.js';
import { CHROMIUM, expectForEverybody, launch, type Scheme, turn, until, type Visit, visitFile } from '../browser.js';
import { someRequest } from './manifests.js';

const workerFile = fileURLToPath(new URL('../../dist/engine/runtimes/pool/point-worker.js', import.meta.url));

let folder: string;
let record: PlanRecord;
let run: RunDirectory;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'acklab-plan-run-'));
  const given = ['rtt=200us/1ms/5ms', 'wait_for_slave_count=3', 'clients=16'].map(parseSetOption);
  const asked = planQuestion({
    given,
    calibrations: [],
    predictions: null,
    targets: [
      { quantity: 'tps', bound: 2500 },
      { quantity: 'latency_p95_us', bound: 8000 },
    ],
    lose: null,
    stall: null,
    may: ['wait_for_slave_count', 'wait_point'],
    keep: [],
    changes: 2,
    precision: 0.05,
  });
  const question = { ...asked, clients: [4, 16] };
  const plan = await runPlan(question, { workerFile, jobs: 2 });
  if (plan === 'interrupted') throw new Error('interrupted');
  record = planRecord(plan, question);
  const request = someRequest({ command: ['plan', '--tps', '2500'], workloads: ['plan'] });
  const started = '2026-03-01T09:30:05.000Z';
  const about = { acklab: '0.1.0', started, request, jobs: 2 };
  const end = { finished: started, wall_seconds: 1 };
  run = writePlan(join(folder, 'run'), plan, record, (workload) => beginManifest(workload, about), end);
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('what is kept is what was told', () => {
  expect(readPlan(run)).toEqual(JSON.parse(JSON.stringify(record)));
  const rows = run.rows();
  expect(rows.filter(({ part }) => part === 'frontier')).toHaveLength(7 * 2);
  const kept = rows.find(({ variant, clients }) => variant === record.best.label && clients === record.best.clients);
  expect(kept!.tps).toBe(record.best.predicted.tps.value);
});

test('a line of CSV for each point, with empty cells where the error is unknown', () => {
  const [heads, ...lines] = frontierCsv(record).trim().split('\n');
  expect(heads).toBe(
    'curve,wait_point,wait_for_slave_count,clients,tps,tps_low,tps_high,latency_p95_us,latency_p95_us_low,latency_p95_us_high,verdict,least_margin,outside',
  );
  expect(lines).toHaveLength(7 * 2);
  const unknown = lines.filter((line) => line.startsWith('AFTER_SYNC 3 of 3'));
  for (const line of unknown)
    expect(line).toMatch(/^AFTER_SYNC 3 of 3,AFTER_SYNC,3,\d+,[\d.]+,,,[\d.]+,,,uncalibrated,,the ACK/);
});

describe('the frontier', () => {
  test.each([
    ['wide', 'file'],
    ['narrow', 'page'],
  ] as const)('%s, in a %s: Vega-Lite has nothing to complain of', (layout, place) => {
    expect(() => compileChart(frontierSpec(record, { layout, place }))).not.toThrow();
  });

  test('its title names those that surely meet the targets, and nobody else', () => {
    const met = record.frontier.filter(({ points }) => points.some(({ verdict }) => verdict === 'meets'));
    const finding = frontierFinding(record);
    for (const { name } of record.frontier) expect(finding.includes(name)).toBe(met.some((one) => one.name === name));
    expect(finding).toMatch(/^Surely meeting 2,500 tx\/s with p95 ≤ 8 ms: /);
  });

  test('a wait point has one colour, and its quorums are told apart without it', () => {
    const styles = record.frontier.map((curve) => ({ wait: curve.wait_point, ...curveStyle(curve) }));
    const ofSync = styles.filter(({ wait }) => wait === 'AFTER_SYNC');
    expect(new Set(ofSync.map(({ colour }) => colour)).size).toBe(1);
    expect(new Set(ofSync.map(({ shape }) => shape)).size).toBe(3);
  });
});

const report = (): string =>
  writeReport({ manifest: run.manifest, rows: run.rows(), plan: record, predictions: [], crossValidated: new Map() });

describe.skipIf(CHROMIUM === undefined)('the report in a browser', () => {
  let browser: Browser;
  let phone: Visit;
  let desk: Visit;
  beforeAll(async () => {
    browser = await launch();
    phone = await visit(360, 'dark');
    desk = await visit(1400, 'light');
  });
  afterAll(() => browser?.close());

  const shown = `document.querySelectorAll('[data-chart="frontier"] svg .mark-symbol path').length`;

  async function visit(width: number, scheme: Scheme) {
    const file = join(folder, `${width}-${scheme}.html`);
    writeFileSync(file, report());
    const visited = await visitFile(browser, file, width, scheme);
    await drawn(visited.page);
    return visited;
  }

  async function drawn(page: Page): Promise<void> {
    await page.locator('[data-chart="frontier"]').scrollIntoViewIfNeeded();
    await until(page, `document.querySelector('[data-chart="frontier"]').dataset.state`, 'drawn');
  }

  test.each([
    ['telephone', 360, 'dark'],
    ['telephone', 360, 'light'],
    ['desk', 1400, 'light'],
    ['desk', 1400, 'dark'],
  ] as const)(
    'opened on a %s, %i pixels wide, %s: fits, asks for nothing, and shuts nobody out',
    async (opened, width, scheme) => {
      const seen = opened === 'desk' ? desk : phone;
      const { page } = seen;
      await turn(page, width, scheme);
      expect(await page.evaluate(shown)).toBe(7 * 2);
      await expectForEverybody(seen, width, scheme);
    },
  );

  test('a curve is hidden from the keyboard', async () => {
    const { page, complaints } = desk;
    await page.locator('#chart-frontier .legend button').first().focus();
    await page.keyboard.press('Space');
    await until(page, shown, 6 * 2);
    expect(complaints).toEqual([]);
  });
});
