/** Pages of one file in a real browser: from file://, with the network switched off. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { expect, vi } from 'vitest';

export const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);

const FLAGS =
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';

export const launch = (): Promise<Browser> => chromium.launch({ executablePath: CHROMIUM!, args: FLAGS.split(' ') });

export type Scheme = 'light' | 'dark';

export interface Visit {
  readonly page: Page;
  /** Requests that leave the file, errors and warnings of the console, and uncaught errors. */
  readonly complaints: string[];
}

export async function visitFile(
  browser: Browser,
  file: string,
  width: number,
  scheme: Scheme,
  { fragment = '', reducedMotion = 'reduce' }: { fragment?: string; reducedMotion?: 'reduce' | 'no-preference' } = {},
): Promise<Visit> {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: scheme,
    offline: true,
    reducedMotion,
    acceptDownloads: true,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('request', (request) => {
    if (!/^(file|blob|data):/.test(request.url())) complaints.push(`request: ${request.url()}`);
  });
  await page.goto(pathToFileURL(file).href + fragment);
  return { page, complaints };
}

/** The window as wide and the world as dark: what follows is the page's to do, and to be waited for. */
export async function turn(page: Page, width: number, scheme: Scheme): Promise<void> {
  await page.setViewportSize({ width, height: 900 });
  await page.emulateMedia({ colorScheme: scheme });
}

/** Looks at the page with all that it folds away unfolded, and folds it again. */
async function unfolded(page: Page, look: () => Promise<void>): Promise<void> {
  await page.evaluate(`document.querySelectorAll('details:not([open])').forEach((details) => {
    details.open = true;
    details.classList.add('unfolded');
  })`);
  await look();
  await page.evaluate(`document.querySelectorAll('details.unfolded').forEach((details) => {
    details.open = false;
    details.classList.remove('unfolded');
  })`);
}

/** However long it takes on a machine that has other things to do. */
const PATIENCE_MS = 50_000;

/** Playwright's own way of waiting evaluates a string within the page, which the page's policy forbids. */
export const until = (page: Page, expression: string, value: unknown): Promise<void> =>
  vi.waitFor(async () => expect(await page.evaluate(expression)).toBe(value), { timeout: PATIENCE_MS });

const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/**
 * What axe finds serious or critical, each with the first element concerned. The findings are told apart within the page:
 * to hand over all that axe has looked at takes as long as looking.
 */
export async function seriousViolations(page: Page): Promise<string[]> {
  // The page's policy keeps scripts out, axe too: it comes by the debugger.
  if (!(await page.evaluate(`'axe' in window`))) await page.evaluate(readFileSync(axeFile, 'utf8'));
  return (await page.evaluate(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => id + ': ' + nodes[0].html))`)) as string[];
}

/** Least ratio of luminances of large text and of what is drawn: WCAG 2.2, success criteria 1.4.3 and 1.4.11. */
const LEAST_CONTRAST = 3;

/**
 * Texts of pictures that stand out too little from the page, or the bar they are written on, and the page itself where it is
 * not as dark as the scheme: axe looks at no text of an SVG. A picture whose colours do not follow the scheme is full of them.
 */
export async function faintTexts(page: Page, scheme: Scheme): Promise<string[]> {
  return (await page.evaluate(`(() => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    // WCAG 2.2, relative luminance.
    const luminance = (...colours) => {
      for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
      const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data].map((byte) =>
        byte / 255 <= 0.04045 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4);
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const [root, body] = [document.documentElement, document.body].map((e) => getComputedStyle(e).backgroundColor);
    const page = luminance('white', root, body);
    const found = (page < 0.18) === ${scheme === 'dark'} ? [] : ['page: ' + root + ', ' + body];
    for (const text of document.querySelectorAll('svg text')) {
      const [{ fill }, bar] = [getComputedStyle(text), text.previousElementSibling];
      const ground = bar?.tagName === 'rect' ? luminance('white', root, body, getComputedStyle(bar).fill) : page;
      const own = luminance('white', root, body, fill);
      const contrast = (Math.max(own, ground) + 0.05) / (Math.min(own, ground) + 0.05);
      if (text.getClientRects().length > 0 && contrast < ${LEAST_CONTRAST}) found.push(text.textContent + ': ' + fill);
    }
    return found;
  })()`)) as string[];
}

/** What holds of a page however wide and dark it is: nothing sticks out, folded or unfolded, and nobody is shut out. */
export async function expectForEverybody({ page, complaints }: Visit, width: number, scheme: Scheme): Promise<void> {
  const scrollWidth = (): Promise<unknown> => page.evaluate('document.documentElement.scrollWidth');
  expect(await scrollWidth()).toBe(width);
  await unfolded(page, async () => {
    expect(await seriousViolations(page)).toEqual([]);
    expect(await scrollWidth()).toBe(width);
  });
  expect(await faintTexts(page, scheme)).toEqual([]);
  expect(complaints).toEqual([]);
}

/** Of a page into which a script, a request and an image without a text were smuggled: all are noticed. */
export async function expectSmugglingNoticed({ page, complaints }: Visit): Promise<void> {
  const keptOut = () => complaints.filter((text) => /Content Security Policy/.test(text)).length;
  await expect.poll(keptOut, { timeout: 15_000 }).toBeGreaterThanOrEqual(2);
  expect(await seriousViolations(page)).toEqual([expect.stringMatching(/^image-alt: /)]);
}
