import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { packageRoot } from '../../workloads/package-root.js';
import { workloadJsonSchema } from '../../workloads/schema.js';

const folder = join(packageRoot(), 'workloads');
const committed = JSON.parse(readFileSync(join(folder, 'workload.schema.json'), 'utf8'));

const REFRESH = `node -e "import('./dist/workloads/schema.js').then((m) => console.log(JSON.stringify(m.workloadJsonSchema(), null, 2)))" > workloads/workload.schema.json`;

test('workload.schema.json is the schema that the loader obeys', () => {
  const stale = `stale; build, then ${REFRESH} && npx biome check --write workloads`;
  expect(JSON.parse(JSON.stringify(workloadJsonSchema())), stale).toEqual(committed);
});

describe('an editor that reads workload.schema.json', () => {
  const editor = z.fromJSONSchema(committed);
  const chart = { name: 'a', subject: 's', x: 'rtt_us', y: 'tps' };
  const workload = { name: 'a', title: 't', question: 'q?', charts: [chart] };
  const accepts = (content: unknown): boolean => editor.safeParse(content).success;

  test.each(readdirSync(join(folder, 'builtin')))('has no objection to %s', (file) => {
    const text = readFileSync(join(folder, 'builtin', file), 'utf8');
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=../workload.schema.json');
    expect(accepts(parse(text))).toBe(true);
  });

  test.each([
    { rtt: 0 },
    { rtt: '200us/1ms' },
    { rtt: ['1ms', 0, 'lognormal(1ms, 0.4)'] },
    { think: 'empirical(think.csv)' },
    { timeout: '1.5s' },
    { wait_no_slave: 'ON' },
    { bytes_per_tx: '4KB' },
    { bandwidth: '1Gbps' },
  ])('accepts %j', (set) => {
    expect(accepts({ ...workload, set })).toBe(true);
  });

  test.each([
    { rtt: 5 },
    { rtt: '5' },
    { rt: '5ms' },
    { timeout: '2 hours' },
    { wait_point: 'SYNC' },
    { clients: 0 },
    { bandwidth: 100 },
  ])('objects to %j', (set) => {
    expect(accepts({ ...workload, set })).toBe(false);
  });

  test('objects to a chart over a column that does not exist', () => {
    expect(accepts({ ...workload, charts: [{ ...chart, x: 'rtt' }] })).toBe(false);
  });
});
