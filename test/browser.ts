/** Pages of one file in a real browser: from file://, with the network switched off. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';

export const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);

const FLAGS =
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';

export const launch = (): Promise<Browser> => chromium.launch({ executablePath: CHROMIUM!, args: FLAGS.split(' ') });

export interface Visit {
  readonly page: Page;
  /** Requests that leave the file, errors and warnings of the console, and uncaught errors. */
  readonly complaints: string[];
}

export async function visitFile(
  browser: Browser,
  file: string,
  width: number,
  scheme: 'light' | 'dark',
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

/** However long it takes on a machine that has other things to do. */
const PATIENCE_MS = 50_000;

/** Playwright's own way of waiting evaluates a string within the page, which the page's policy forbids. */
export const until = (page: Page, expression: string, value: unknown): Promise<void> =>
  expect.poll(() => page.evaluate(expression), { timeout: PATIENCE_MS }).toBe(value);

const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

interface AxeViolation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** What axe finds serious or critical, each with the first element concerned. */
export async function seriousViolations(page: Page): Promise<string[]> {
  // The page's policy keeps scripts out, axe too: it comes by the debugger.
  await page.evaluate(readFileSync(axeFile, 'utf8'));
  const found = (await page.evaluate('axe.run(document)')) as { violations: AxeViolation[] };
  const serious = found.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  return serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}
