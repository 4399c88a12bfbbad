import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { expect, onTestFinished, test } from 'vitest';
import { defaultSettings } from '../../../../engine/protocol/parameters.js';
import { hire } from './crews.js';

test('a point says when other processes had the cores', async () => {
  // As many that never wait as there are cores: whatever else runs, they get their part of it.
  const hogs = Array.from({ length: availableParallelism() }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  );
  onTestFinished(() => {
    for (const hog of hogs) hog.kill('SIGKILL');
  });
  const settings = { ...defaultSettings('mysql-5.7'), clients: 2 };
  const result = await hire().run(settings, { milliseconds: 1000 });
  if (result === 'interrupted') throw new Error('nobody interrupts it');
  expect(result.warnings.join('\n')).toMatch(/other processes had \d+ % of the cores' time/);
});
