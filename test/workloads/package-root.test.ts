import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { listWorkloads } from '../../workloads/load.js';
import { packageRoot } from '../../workloads/package-root.js';

test('is where package.json lies', () => {
  expect(existsSync(join(packageRoot(), 'package.json'))).toBe(true);
  expect(existsSync(join(packageRoot(), 'workloads', 'builtin', 'default.yaml'))).toBe(true);
});

test('compiled code finds the same workloads, from any directory', () => {
  const compiled = pathToFileURL(join(packageRoot(), 'dist', 'workloads', 'load.js')).href;
  const script = `import { listWorkloads } from '${compiled}'; console.log(JSON.stringify(listWorkloads()))`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: tmpdir(),
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual(listWorkloads());
});
