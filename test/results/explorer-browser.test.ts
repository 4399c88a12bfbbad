/**
 * The explorer in a real browser, from file://, with the network switched off: that it makes the command line's numbers,
 * follows the hand, and locks nobody out.
 */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  CHROMIUM,
  expectForEverybody,
  expectSmugglingNoticed,
  launch,
  type Scheme,
  turn,
  until,
  type Visit,
  visitFile,
} from '../browser.js';
import { acklab } from '../cli/acklab.js';

if (CHROMIUM === undefined) {
  console.warn('SKIPPED: the explorer was not tried in a browser, because there is none: apt-get install chromium');
}

let browser: Browser;
let folder: string;
let file: string;
/** Opened as it begins, on a telephone at night and on a desk by day, for all that leave the controls alone. */
let phone: Visit;
let desk: Visit;

const SETTLED = `document.querySelector('#picture-throughput').dataset.state`;
const settled = (page: Page): Promise<void> => until(page, SETTLED, 'settled');
const followed = (page: Page): Promise<void> =>
  until(page, `document.querySelector('#life-picture').dataset.state`, 'drawn');
/** Every picture is as wide as its place: all have been drawn anew after that has changed. */
const FITS =
  "[...document.querySelectorAll('.picture')].every((p) => p.firstElementChild?.clientWidth === p.clientWidth)";
const textOf = (page: Page, id: string): Promise<string | null> => page.locator(`#${id}`).textContent();

/** Two points for each curve, where it is not the curves that matter. */
const FEW = '#at=4,8';

async function visit(width = 1400, scheme: Scheme = 'light', fragment = '', path = file): Promise<Visit> {
  return visitFile(browser, path, width, scheme, { fragment });
}

async function saved(page: Page, button: string): Promise<string> {
  await page.locator(button).focus();
  const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
  return readFileSync(await download.path(), 'utf8');
}

describe.skipIf(CHROMIUM === undefined)('the explorer in a browser', { timeout: 240_000 }, () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'acklab-explorer-'));
    file = join(folder, 'explorer.html');
    const { code, stdout, stderr } = await acklab(folder, 'explore');
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'explorer.html\n', stderr: '' });
    browser = await launch();
    phone = await visit(360, 'dark');
    desk = await visit(1400, 'light');
    for (const { page } of [phone, desk]) {
      await settled(page);
      await followed(page);
    }
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is one file of less than 2 MB that asks for nothing else', () => {
    expect(statSync(file).size).toBeLessThan(2_000_000);
    const html = readFileSync(file, 'utf8');
    expect(html.match(/<(link|img|iframe|script src|object)\b/g)).toBeNull();
  });

  it.each([
    ['telephone', 360, 'dark'],
    ['telephone', 360, 'light'],
    ['telephone', 768, 'light'],
    ['desk', 1400, 'light'],
    ['desk', 1400, 'dark'],
    ['desk', 1920, 'dark'],
  ] as const)(
    'opened on a %s, draws inside a window of %i pixels, %s, without a request, a complaint, or anything serious to axe',
    async (opened, width, scheme) => {
      const seen = opened === 'desk' ? desk : phone;
      const { page } = seen;
      await turn(page, width, scheme);
      await until(page, FITS, true);
      expect(await page.locator('#picture-throughput .point').count()).toBe(16);
      expect(await textOf(page, 'finding-throughput')).toMatch(/“MySQL 5.7” commits \d+ times what “MySQL 5.6” does/);
      await expectForEverybody(seen, width, scheme);
    },
  );

  it.each([
    ['as it begins', ''],
    [
      'three curves along the round trip, with distributions, a quorum and costs set by hand',
      '#curves=mysql-5.7:ASYNC,mysql-5.7:AFTER_SYNC,mariadb-10.11:AFTER_COMMIT&along=rtt&at=200us,3ms&clients=12&think=exponential(1ms)&hosts=all-apart&cpu_statement=lognormal(50us, 0.4)&measure=latency_p99_us&seed=7',
    ],
    ['an open loop with a warning', '#along=arrival_rate&at=500,4000&curves=mysql-5.6:AFTER_COMMIT&sync_relay_log=1'],
  ])('makes the numbers of acklab sweep, to the byte: %s', async (name, fragment) => {
    const { page, complaints } = fragment === '' ? desk : await visit(1400, 'light', fragment);
    await settled(page);
    await until(page, `document.querySelector('#same-numbers').textContent !== ''`, true);
    expect(await textOf(page, 'same-numbers')).toMatch(
      /^This browser computes what the command line of acklab .* does/,
    );
    const csv = await saved(page, '#save-csv');
    const workload = join(folder, `${name.slice(0, 5).trim()}.yaml`);
    writeFileSync(workload, await saved(page, '#save-yaml'));
    const out = join(folder, `${name.slice(0, 5).trim()}-run`);
    const { code, stderr } = await acklab(folder, 'sweep', workload, '--out', out, '--jobs', '1', '--quiet');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(csv).toBe(readFileSync(join(out, 'observations.csv'), 'utf8'));
    if (name.endsWith('warning')) {
      expect(await textOf(page, 'progress')).toMatch(/warning.*, told with the numbers\.$/);
      expect(await page.locator('#table').textContent()).toContain('more is offered than can be done');
    }
    expect(complaints).toEqual([]);
    if (page !== desk.page) await page.context().close();
  });

  it('says so where the browser computes otherwise', async () => {
    const html = readFileSync(file, 'utf8');
    const other = join(folder, 'other.html');
    // A digit of one of the lines that the command line wrote.
    const wrong = html.replace(
      /("line":"virtual,[^"]*?,12,\d+\.)(\d)/,
      (_, before, digit) => `${before}${(Number(digit) + 1) % 10}`,
    );
    expect(wrong).not.toBe(html);
    writeFileSync(other, wrong);
    const { page } = await visit(1400, 'light', FEW, other);
    await until(page, `document.querySelector('#same-numbers').textContent !== ''`, true);
    expect(await textOf(page, 'same-numbers')).toMatch(/arithmetic differs/);
    await page.context().close();
  });

  it('a slider turned from the keyboard: a sketch first, then the numbers; link, file and text follow', async () => {
    const { page, complaints } = await visit(1400, 'light', FEW);
    await settled(page);
    await page.evaluate(`window.seen = []; new MutationObserver(() => {
      window.seen.push(document.querySelector('#picture-throughput').dataset.state);
    }).observe(document.querySelector('#picture-throughput'), { childList: true, attributes: true })`);
    await page.locator('#slide-rtt').focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('#text-rtt').inputValue()).toBe('2ms');
    expect(await page.locator('#slide-rtt').getAttribute('aria-valuetext')).toBe('2ms');
    await until(page, `window.seen.includes('sketch')`, true);
    await settled(page);
    await until(page, 'location.hash', '#at=4,8&rtt=2ms');
    expect(await textOf(page, 'yaml')).toMatch(/^set:\n {2}rtt: 2ms$/m);
    expect(await textOf(page, 'conditions-throughput')).toMatch(/2\sms\sround trip/);
    await page.locator('#text-rtt').fill('');
    await page.keyboard.press('Enter');
    await until(page, 'location.hash', '#at=4,8');
    expect(await page.locator('#slide-rtt').getAttribute('aria-valuetext')).toBe('1ms');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('how soon the curves follow a slider is said here, and decides nothing', async () => {
    const { page } = await visit();
    await until(page, `document.querySelector('#same-numbers').textContent !== ''`, true);
    // Every step is to a round trip that has not been simulated; the mutation is the redraw.
    const times = (await page.evaluate(`(async () => {
      const text = document.querySelector('#text-rtt');
      const picture = document.querySelector('#picture-throughput');
      const times = [];
      for (let step = 0; step < 5; step++) {
        text.value = (1001 + 97 * step) + 'us';
        const redrawn = new Promise((done) => {
          const watch = new MutationObserver(() => { watch.disconnect(); requestAnimationFrame(done); });
          watch.observe(picture, { childList: true });
        });
        const began = performance.now();
        text.dispatchEvent(new Event('change'));
        await redrawn;
        times.push(performance.now() - began);
      }
      return times;
    })()`)) as number[];
    times.sort((a, b) => a - b);
    const [median, slowest] = [times[2]!, times[4]!].map((ms) => ms.toFixed(0));
    console.info(
      `explorer: redraws 8 client counts of 2 versions in ${median} ms (median of 5; slowest ${slowest} ms)`,
    );
    expect(times).toHaveLength(5);
    await page.context().close();
  });

  it('a value that cannot be is told beside its field, and nothing is drawn until it can', async () => {
    const { page, complaints } = await visit(1400, 'light', FEW);
    await settled(page);
    await page.locator('#text-rtt').fill('5');
    await page.keyboard.press('Enter');
    expect(await textOf(page, 'problem-rtt')).toBe('"5" has no unit; write 5us, 5ms or 5s');
    expect(await page.locator('#text-rtt').getAttribute('aria-invalid')).toBe('true');
    expect(await page.locator('#copy-yaml').isDisabled()).toBe(true);
    expect(await page.locator('#picture-throughput svg').count()).toBe(0);
    expect(await textOf(page, 'conditions-throughput')).toBe('"5" has no unit; write 5us, 5ms or 5s');
    expect(await textOf(page, 'status')).toMatch(/^Nothing to draw: "5" has no unit/);
    await page.locator('#text-rtt').fill('5ms');
    await page.keyboard.press('Enter');
    await until(page, `document.querySelector('#problem-rtt').hidden`, true);
    await settled(page);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('every control can be reached and used from the keyboard', async () => {
    const { page, complaints } = await visit(1400, 'light', FEW);
    await settled(page);
    await page.evaluate(`document.querySelectorAll('details').forEach((details) => { details.open = true; })`);
    const wanted = (await page.evaluate(
      `[...document.querySelectorAll('main button, main input, main select, main summary')].filter((e) => !e.disabled).length`,
    )) as number;
    const reached = new Set<string>();
    await page.locator('#bench').focus();
    for (let presses = 0; presses < wanted + 20; presses++) {
      await page.keyboard.press('Tab');
      const now = (await page.evaluate(
        `(() => { const e = document.activeElement; return e.closest('main') && /BUTTON|INPUT|SELECT|SUMMARY/.test(e.tagName) ? e.tagName + (e.id || e.value || e.textContent) : ''; })()`,
      )) as string;
      if (now !== '') reached.add(now);
    }
    expect(reached.size).toBe(wanted);
    // Preset by its first letters, a curve by space.
    await page.locator('#preset').focus();
    await page.keyboard.type('By dist');
    await page.keyboard.press('Enter');
    await until(page, `document.querySelector('#along').value`, 'rtt');
    await page.locator('input[value="mysql-5.7:ASYNC"]').focus();
    await page.keyboard.press('Space');
    await until(page, `document.querySelector('#preset').value`, '');
    await until(page, `document.querySelectorAll('#picture-throughput .curve').length`, 4);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('on a telephone the first picture stays in sight, and covers no control that has the focus', async () => {
    const { page } = phone;
    await turn(page, 360, 'light');
    await until(page, FITS, true);
    const covered: string[] = [];
    let below = 0;
    await page.locator('#preset').focus();
    for (let presses = 0; presses < 50; presses++) {
      await page.keyboard.press('Tab');
      const [id, top, edge] = (await page.evaluate(`(() => {
        const control = document.activeElement;
        const chart = document.querySelector('.curves > .chart').getBoundingClientRect();
        return [control.id || control.value, control.getBoundingClientRect().top, chart.bottom];
      })()`)) as [string, number, number];
      if (edge > 100) below++;
      if (top < edge) covered.push(`${id} at ${top}, under a picture that ends at ${edge}`);
    }
    expect(covered).toEqual([]);
    expect(below).toBeGreaterThan(30);
  });

  it('copies the workload file and the link', async () => {
    const { page } = await visit(1400, 'light', '#at=4,8&replicas=2');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await settled(page);
    await page.locator('#copy-yaml').click();
    await until(page, `document.querySelector('#copy-yaml').textContent`, 'Copied');
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(await textOf(page, 'yaml'));
    await page.locator('#copy-link').click();
    await until(
      page,
      'navigator.clipboard.readText().then((text) => text.endsWith("explorer.html#at=4,8&replicas=2"))',
      true,
    );
    await page.context().close();
  });

  it('tells what in a link means nothing', async () => {
    const { page } = await visit(1400, 'light', '#rtd=1ms&at=4,8');
    expect(await textOf(page, 'problem-page')).toBe('The link sets "rtd", which is no parameter.');
    await settled(page);
    await page.context().close();
  });

  it('follows one commit step by step from the keyboard, to its answer and back', async () => {
    const { page, complaints } = desk;
    const steps = await page.locator('#life-steps li').allTextContents();
    expect(steps.length).toBeGreaterThan(12);
    await page.locator('#life-next').focus();
    const heard = new Set<string | null>([await textOf(page, 'life-now')]);
    for (let step = 0; step < steps.length; step++) {
      await page.keyboard.press('Enter');
      heard.add(await textOf(page, 'life-now'));
    }
    const all = [...heard].join(' ');
    for (const step of steps) expect(all).toContain(step.replace(/^\S+ \S+ /, ''));
    expect(await textOf(page, 'life-now')).toMatch(/has its answer, after/);
    expect(await page.locator('#life-steps [aria-current]').count()).toBe(1);
    await page.locator('#life-first').press('Enter');
    expect(await textOf(page, 'life-now')).toMatch(/sends its statement/);
    await page.locator('#life-time').focus();
    await page.keyboard.press('End');
    expect(await page.locator('#life-time').getAttribute('aria-valuetext')).toMatch(/ms$/);
    expect(complaints).toEqual([]);
  });

  it('follows a commit of the point that is clicked', async () => {
    const { page } = desk;
    // The fourth point of the first curve.
    await page.locator('#picture-measure .point').nth(3).click();
    await until(page, `document.querySelector('#life-curve').value`, 'MySQL 5.6');
    expect(await page.locator('#life-at').inputValue()).toBe('8 clients');
    await until(page, `document.querySelector('#life-summary').textContent.includes('of 8: 8.5')`, true);
  });

  it('gives up a sketch that nobody would wait for when something else is wanted', async () => {
    const { page, complaints } = await visit(1400, 'light', '#curves=mysql-5.6:AFTER_COMMIT&at=3000,4000,5000,6000');
    // A sketch that takes longer than a second is given up at once.
    await page.waitForTimeout(1100);
    await page.locator('#at').fill('2, 3');
    await page.keyboard.press('Enter');
    await settled(page);
    expect(await page.locator('#picture-throughput .point').count()).toBe(2);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('shows packets on their way while one plays, and stops when told', async () => {
    const { page } = await visitFile(browser, file, 1400, 'light', { fragment: FEW, reducedMotion: 'no-preference' });
    await followed(page);
    // Up to where its packets are about to be sent: from the statement on would be seconds of film.
    while (!/reads it from the binlog/.test((await textOf(page, 'life-now'))!)) {
      await page.locator('#life-next').press('Enter');
    }
    expect(await page.locator('#life-picture .dot.ours').count()).toBe(0);
    await page.locator('#life-play').click();
    expect(await page.locator('#life-play').getAttribute('aria-label')).toBe('Pause');
    await until(page, `document.querySelectorAll('#life-picture .dot.ours').length > 0`, true);
    await page.locator('#life-play').click();
    const clock = await textOf(page, 'life-clock');
    await page.waitForTimeout(100);
    expect(await textOf(page, 'life-clock')).toBe(clock);
    await page.context().close();
  });

  it('where motion is not wanted, playing goes from step to step', async () => {
    const { page } = desk;
    await page.locator('#life-first').click();
    const instants = new Set((await page.locator('#life-steps .number').allTextContents()).map((text) => text.trim()));
    await page.locator('#life-play').click();
    await until(page, `document.querySelector('#life-now').textContent.includes('executes')`, true);
    const at = (await textOf(page, 'life-clock'))!.split(' of ')[0]!;
    expect(instants).toContain(at);
    await page.locator('#life-play').click();
    expect(await page.locator('#life-play').getAttribute('aria-label')).toBe('Play');
  });

  it('would notice a script or a request that the policy keeps out', async () => {
    const html = readFileSync(file, 'utf8').replace(
      '</body>',
      '<script>fetch("https://example.org/")</script><img src="https://example.org/x.png"></body>',
    );
    const path = join(folder, 'broken.html');
    writeFileSync(path, html);
    const broken = await visit(1400, 'light', FEW, path);
    await expectSmugglingNoticed(broken);
    await broken.page.context().close();
  });
});
