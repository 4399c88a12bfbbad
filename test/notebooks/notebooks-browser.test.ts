/**
 * The notebooks as `npm run notebooks` builds them, in a real browser, from file://, with the network switched off: that
 * they run to the end, that nobody is locked out, and that they fit a telephone and a wall, by day and by night.
 */
import { execFile } from 'node:child_process';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readObservations } from '../../notebooks/rows.js';
import { packageRoot } from '../../workloads/package-root.js';
import {
  CHROMIUM,
  expectForEverybody,
  expectSmugglingNoticed,
  launch,
  type Scheme,
  seriousViolations,
  turn,
  until,
  type Visit,
  visitFile,
} from '../browser.js';

if (CHROMIUM === undefined) {
  console.warn('SKIPPED: the notebooks were not tried in a browser, because there is none: apt-get install chromium');
}

const ROOM = join(packageRoot(), 'notebooks');
const built = (name: string): string => join(ROOM, 'built', `${name}.html`);
/** Charts of each, before a reader's own file is chosen. */
const NOTEBOOKS = [
  ['upgrade', 5],
  ['zones', 5],
  ['your-numbers', 4],
] as const;
const MOST_BYTES = 4e6;

let browser: Browser;

beforeAll(async () => {
  await promisify(execFile)('npm', ['run', 'notebooks'], { cwd: packageRoot(), maxBuffer: 1 << 26 });
  if (CHROMIUM !== undefined) browser = await launch();
}, 600_000);
afterAll(() => browser?.close());

async function visit(name: string, width: number, scheme: Scheme): Promise<Visit> {
  const visited = await visitFile(browser, built(name), width, scheme);
  await drawn(visited.page, name);
  return visited;
}

/** Every chart is there, and none is of before the window became as wide as it is. */
function drawn(page: Page, name: string): Promise<void> {
  const charts = NOTEBOOKS.find(([other]) => other === name)![1];
  return until(page, 'document.querySelectorAll("article.chart svg:not(.before)").length', charts);
}

async function turned(page: Page, name: string, width: number, scheme: Scheme): Promise<void> {
  if (page.viewportSize()!.width !== width) {
    await page.evaluate('document.querySelectorAll("article.chart svg").forEach((svg) => svg.classList.add("before"))');
  }
  await turn(page, width, scheme);
  await drawn(page, name);
}

const OPEN = 'document.querySelectorAll("details[open]").length';

const titles = (page: Page): Promise<string[]> => page.locator('article.chart h3').allTextContents();

describe.each(NOTEBOOKS)('%s', (name) => {
  it('is one file of less than 4 MB that loads nothing from another place', () => {
    expect(statSync(built(name)).size).toBeLessThan(MOST_BYTES);
    const page = readFileSync(built(name), 'utf8');
    const elsewhere = /<(script|img|iframe)\b[^>]*\bsrc=|<link\b[^>]*\bhref=|url\(["']?https?:/g;
    expect([...page.matchAll(elsewhere)].map(([found]) => found)).toEqual([]);
  });
});

describe.skipIf(CHROMIUM === undefined)('in a browser', () => {
  describe.each(NOTEBOOKS)('%s', (name, charts) => {
    let phone: Visit;
    let wall: Visit;
    beforeAll(async () => {
      phone = await visit(name, 360, 'dark');
      wall = await visit(name, 1920, 'light');
    });
    afterAll(async () => {
      for (const { page } of [phone, wall]) await page.context().close();
    });

    it.each([
      ['telephone', 360, 'dark'],
      ['telephone', 360, 'light'],
      ['telephone', 768, 'light'],
      ['wall', 1920, 'light'],
      ['wall', 1920, 'dark'],
    ] as const)(
      'opened on a %s, fits %i pixels, %s: no request, no complaint, nothing serious to axe',
      async (opened, width, scheme) => {
        const seen = opened === 'wall' ? wall : phone;
        const { page } = seen;
        await turned(page, name, width, scheme);
        expect(await page.locator('.observablehq--error').count()).toBe(0);
        const spare = (await page.evaluate(
          '[...document.querySelectorAll("article.chart svg")].map((svg) => svg.parentElement.clientWidth - svg.getBoundingClientRect().width)',
        )) as number[];
        for (const pixels of spare) expect(pixels).toBeGreaterThanOrEqual(-1);
        await expectForEverybody(seen, width, scheme);
      },
    );

    it('keeps a table open that a reader has opened, when the telephone is turned', async () => {
      const { page } = phone;
      await page.evaluate('document.querySelectorAll("details").forEach((details) => { details.open = true; })');
      await turned(page, name, 740, 'light');
      expect(await page.evaluate(OPEN)).toBe(charts);
    });

    it('puts a finding above every chart, and no sentence lacks its number', async () => {
      const { page } = wall;
      for (const title of await titles(page)) expect(title).toMatch(/\d|lost/);
      expect(await page.locator('main').textContent()).not.toMatch(/NaN|undefined|Infinity|\[object/);
    });

    it('is worked by the keyboard alone', async () => {
      const { page, complaints } = await visit(name, 1280, 'light');
      const groups = page.locator('form.choice fieldset');
      for (let i = 0; i < (await groups.count()); i++) {
        const before = await page.locator('main').textContent();
        const radios = groups.nth(i).locator('input');
        const checked = groups.nth(i).locator('input:checked');
        const value = await checked.getAttribute('value');
        await checked.focus();
        await page.keyboard.press('ArrowRight');
        const now = `document.querySelectorAll('form.choice fieldset')[${i}].querySelector('input:checked').value`;
        await until(page, now, String((Number(value) + 1) % (await radios.count())));
        await expect
          .poll(async () => (await page.locator('main').textContent()) !== before, { timeout: 15_000 })
          .toBe(true);
      }
      const summary = page.locator('article.chart summary').first();
      await summary.focus();
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab'); // the table scrolls
      await page.keyboard.press('Tab');
      const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
      const lines = readFileSync(await download.path(), 'utf8')
        .trimEnd()
        .split('\n');
      expect(lines).toHaveLength(1 + (await page.locator('article.chart').first().locator('tbody tr').count()));
      expect(complaints).toEqual([]);
      await page.context().close();
    });
  });

  it('says what the data say: the gain that a title tells is the one in the CSV', async () => {
    const text = readFileSync(join(ROOM, 'data/upgrade-clients/observations.csv'), 'utf8');
    const at = (profile: string) =>
      readObservations(text).find((row) => row.profile === profile && row.rtt_us === 1000 && row.clients === 64)!.tps;
    const { page } = await visit('upgrade', 1280, 'light');
    const [first] = await titles(page);
    const told = Number(/64 clients ×([\d.]+)/.exec(first ?? '')?.[1]);
    expect(told / (at('mysql-5.7') / at('mysql-5.6'))).toBeCloseTo(1, 1);
    await page.context().close();
  });

  it('draws a reader’s own predictions, and tells in a line what is wrong with a file', async () => {
    const { page, complaints } = await visit('your-numbers', 360, 'dark');
    const input = page.locator('input[type=file]');
    await input.focus();
    expect(await page.evaluate('document.activeElement.id')).toBe(await input.getAttribute('id'));
    await input.setInputFiles(join(packageRoot(), 'workloads/calibrations/predictions.csv'));
    await until(page, 'document.querySelectorAll("article.chart svg").length', 6);
    expect((await titles(page)).at(-2)).toMatch(/^Half of your 112 rows are within [\d.]+ %/);
    expect(await seriousViolations(page)).toEqual([]);
    const wrong = { name: 'measured.csv', mimeType: 'text/csv', buffer: Buffer.from('profile,clients,tps\na,1,2\n') };
    await input.setInputFiles(wrong);
    await until(page, 'document.querySelectorAll("article.chart svg").length', 4);
    expect(await page.locator('[role=alert]').textContent()).toBe(
      'measured.csv has no column predicted_tps; make it with: acklab validate measured.csv --csv > predictions.csv',
    );
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('canary: a request and a script that the policy keeps out, and an image that the blind cannot read, are noticed', async () => {
    const page = readFileSync(built('zones'), 'utf8').replace(
      '</body>',
      '<script>fetch("https://example.org/")</script><img src="https://example.org/x.png"></body>',
    );
    const file = built('canary');
    writeFileSync(file, page);
    const broken = await visitFile(browser, file, 1280, 'light');
    await expectSmugglingNoticed(broken);
    rmSync(file);
    await broken.page.context().close();
  });

  it('canary: a notebook whose script is not the one that was built draws nothing', async () => {
    const file = built('canary');
    writeFileSync(file, readFileSync(built('zones'), 'utf8').replaceAll('AFTER_SYNC', 'AFTER_ALL'));
    const { page: broken, complaints } = await visitFile(browser, file, 1280, 'light');
    await expect.poll(() => complaints.length, { timeout: 15_000 }).toBeGreaterThan(0);
    expect(await broken.locator('article.chart').count()).toBe(0);
    rmSync(file);
    await broken.context().close();
  });
});
