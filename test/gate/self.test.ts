/** acklab's own gate on itself: points from every part of the default tour against the committed baseline. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { loadWorkload } from '../../workloads/load.js';
import type { Part } from '../../workloads/workload.js';
import { acklab, ROOT } from '../cli/acklab.js';

// Hundreds of points, and the machine may have more to do.
vi.setConfig({ testTimeout: 300_000 });

const folder = mkdtempSync(join(tmpdir(), 'acklab-self-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const BASELINE = join(ROOT, 'results/baselines/self.json');
const SELF = join(ROOT, 'test/gate/self.yaml');

async function gate(workload: string, out: string, ...more: string[]): Promise<{ code: number | null; told: string }> {
  const swept = await acklab(folder, 'sweep', workload, '--precision', '5%', '--quiet', '--out', out, ...more);
  expect(swept).toMatchObject({ code: 0 });
  const { code, stdout, stderr } = await acklab(folder, 'compare', BASELINE, out);
  return { code, told: stdout + stderr };
}

test('nothing has become worse; if it was meant to, save the baseline anew: npm run gate -- --save', async () => {
  const { code, told } = await gate(SELF, 'now');
  expect(code, told).toBe(0);
});

test('canary: a statement that costs twice as much does not pass', async () => {
  // Some of the points are enough to see it: what else is missing is told, and a regression wins over it.
  const { variants, ...self } = parse(readFileSync(SELF, 'utf8'));
  const few = variants.filter(({ name }: { name: string }) => name.startsWith('latency'));
  expect(few).toHaveLength(4);
  writeFileSync(join(folder, 'few.yaml'), stringify({ ...self, variants: few }));
  const { code, told } = await gate('few.yaml', 'slower', '--set', 'cpu_statement=80us');
  expect(code, told).toBe(1);
  expect(told).toContain('changed: cpu_statement');
});

test('every simulated part of the default tour is represented', () => {
  const { parts } = loadWorkload('default');
  // A part of timelines has no steady throughput to compare.
  const isSteady = ({ runtime, points }: Part): boolean =>
    runtime !== 'threads' && points.some(({ experiment }) => experiment === undefined);
  const simulated = parts.filter(isSteady).map(({ name }) => name);
  expect(simulated.length).toBeGreaterThan(5);
  const { variants } = parse(readFileSync(SELF, 'utf8'));
  const names = variants.map(({ name }: { name: string }) => name.split(':')[0]);
  expect([...new Set(names)].sort()).toEqual([...new Set(simulated)].sort());
});
