/**
 * The report in a real browser, from file://, with the network switched off: that its policy lets it work, that nobody
 * is locked out, and that it fits a telephone and a desk, by day and by night.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeReport } from '../../results/report/report.js';
import {
  CHROMIUM,
  expectForEverybody,
  expectSmugglingNoticed,
  faintTexts,
  launch,
  type Scheme,
  turn,
  until,
  type Visit,
  visitFile,
} from '../browser.js';
import { reportInput } from './report-input.js';

if (CHROMIUM === undefined) {
  console.warn('SKIPPED: the report was not tried in a browser, because there is none: apt-get install chromium');
}

let browser: Browser;
let folder: string;
const report = writeReport(reportInput());
/** Opened on a telephone at night and on a desk by day, for all that leave the page as it was. */
let phone: Visit;
let desk: Visit;

async function visit(width: number, scheme: Scheme, html = report): Promise<Visit> {
  const file = join(folder, `report-${width}-${scheme}.html`);
  writeFileSync(file, html);
  return visitFile(browser, file, width, scheme);
}

const drawn = async (page: Page, chart: string): Promise<void> => {
  await page.locator(`[data-chart="${chart}"]`).scrollIntoViewIfNeeded();
  await until(page, `document.querySelector('[data-chart="${chart}"]').dataset.state`, 'drawn');
};

/** Scrolls to every chart and waits until it is drawn. */
async function drawAll(page: Page): Promise<void> {
  const charts = await page.evaluate(`[...document.querySelectorAll('.picture')].map(({ dataset }) => dataset.chart)`);
  for (const chart of charts as string[]) await drawn(page, chart);
}

/** Of a picture, what Vega calls the marks of points. */
const points = (page: Page, chart: string) =>
  page.locator(`[data-chart="${chart}"] svg .mark-symbol path`).filter({ visible: true });

describe.skipIf(CHROMIUM === undefined)('the report in a browser', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'acklab-report-'));
    browser = await launch();
    phone = await visit(360, 'dark');
    desk = await visit(1400, 'light');
    for (const { page } of [phone, desk]) await drawAll(page);
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    ['telephone', 360, 'dark'],
    ['telephone', 360, 'light'],
    ['desk', 1400, 'light'],
    ['desk', 1400, 'dark'],
  ] as const)(
    'opened on a %s, draws every chart inside a window of %i pixels, %s, without a request, a complaint, or anything serious to axe',
    async (opened, width, scheme) => {
      const seen = opened === 'desk' ? desk : phone;
      const { page } = seen;
      await turn(page, width, scheme);
      expect(await points(page, 'clients-throughput').count()).toBe(36);
      const widths = (await page.evaluate(
        `[...document.querySelectorAll('.picture')].map((p) => p.querySelector('svg').getBoundingClientRect().width - p.clientWidth)`,
      )) as number[];
      for (const spare of widths) expect(Math.abs(spare)).toBeLessThan(12);
      await expectForEverybody(seen, width, scheme);
    },
  );

  it('stacks small multiples on a telephone and sets them side by side on a desk', async () => {
    const { page } = await visit(1400, 'light');
    await drawn(page, 'clients-throughput');
    const tops = `new Set([...document.querySelectorAll('[data-chart="clients-throughput"] .mark-group.cell > g')].map((g) => Math.round(g.getBoundingClientRect().top / 20))).size`;
    expect(await page.evaluate(tops)).toBe(1);
    await page.setViewportSize({ width: 360, height: 900 });
    await until(page, tops, 3);
    await page.context().close();
  });

  it('hides and shows a series from the keyboard', async () => {
    const { page, complaints } = desk;
    const legend = page.locator('#chart-clients-latency .legend button');
    expect(await points(page, 'clients-latency').count()).toBe(12);
    await legend.first().focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    expect(await legend.nth(1).getAttribute('aria-pressed')).toBe('false');
    await until(page, `document.querySelectorAll('[data-chart="clients-latency"] svg .mark-symbol path').length`, 8);
    await page.keyboard.press('Enter');
    expect(await legend.nth(1).getAttribute('aria-pressed')).toBe('true');
    await until(page, `document.querySelectorAll('[data-chart="clients-latency"] svg .mark-symbol path').length`, 12);
    expect(complaints).toEqual([]);
  });

  it('opens a table and downloads its rows from the keyboard', async () => {
    const { page } = phone;
    await page.locator('#chart-clients-latency summary').focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('#chart-clients-latency table').isVisible()).toBe(true);
    await page.keyboard.press('Tab'); // the table scrolls
    await page.keyboard.press('Tab');
    const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
    expect(download.suggestedFilename()).toBe('clients-latency.csv');
    const lines = readFileSync(await download.path(), 'utf8')
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(1 + 12);
    expect(lines[0]).toMatch(/^runtime,profile,wait_point/);
  });

  it('draws a point for each measured row, hides those of a version, and hands out the rows', async () => {
    const { page, complaints } = await visit(1400, 'light');
    await drawn(page, 'model-throughput');
    const { predictions } = reportInput();
    const of56 = predictions.filter(({ observation }) => observation.profile === 'mysql-5.6').length;
    const shown = `document.querySelectorAll('[data-chart="model-throughput"] svg .mark-symbol path').length`;
    expect(await page.evaluate(shown)).toBe(predictions.length);
    await page.locator('#chart-model-throughput .legend button').first().click();
    await until(page, shown, predictions.length - of56);
    await page.locator('#chart-model-throughput summary').click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('#chart-model-throughput .download').click(),
    ]);
    const lines = readFileSync(await download.path(), 'utf8')
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(1 + predictions.length);
    expect(lines[0]).toMatch(/^profile,wait_point,.*,tps_min,tps_max,predicted_tps,/);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('tells a point’s numbers, and their interval, under the pointer', async () => {
    const { page, complaints } = desk;
    // The last one is on top of any that it covers.
    await points(page, 'clients-throughput').last().hover();
    const tooltip = page.locator('.vg-tooltip.visible');
    await tooltip.waitFor();
    const text = await tooltip.textContent();
    expect(text).toMatch(/throughput \(tx\/s\)/);
    expect(text).toMatch(/95 % interval/);
    expect(complaints).toEqual([]);
  });

  it('would notice a script or a request that the policy keeps out, and an image that the blind cannot read', async () => {
    const html = report.replace(
      '</body>',
      '<script>fetch("https://example.org/")</script><img src="https://example.org/x.png"></body>',
    );
    const broken = await visit(1400, 'light', html);
    await expectSmugglingNoticed(broken);
    await broken.page.context().close();
  });

  it('would notice a picture, and a page, that stay light in the dark', async () => {
    const { page } = await visit(1400, 'light');
    await drawn(page, 'clients-latency');
    await page.evaluate(`document.querySelectorAll('svg text').forEach((text) => {
      text.style.fill = getComputedStyle(text).fill;
    })`);
    expect(await faintTexts(page, 'light')).toEqual([]);
    expect(await faintTexts(page, 'dark')).toEqual([expect.stringMatching(/^page: /)]);
    await turn(page, 1400, 'dark');
    expect(await faintTexts(page, 'dark')).toContainEqual(expect.stringMatching(/^clients: rgb/));
    await page.context().close();
  });
});
