import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { COUNTER_NAMES } from '../../engine/protocol/counters.js';
import { VARIABLE_NAMES } from '../../engine/protocol/variables.js';
import { variablePage } from '../../results/variable-page.js';
import { packageRoot } from '../../workloads/package-root.js';

const committed = (): string => readFileSync(join(packageRoot(), 'docs/variables.md'), 'utf8');

test('docs/variables.md is what npm run reference prints', () => expect(committed()).toBe(variablePage()));

test('the page names every variable and counter', () => {
  for (const name of [...VARIABLE_NAMES, ...COUNTER_NAMES]) expect(variablePage()).toContain(`| \`${name}\` `);
});
