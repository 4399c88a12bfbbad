import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LogFile } from '../../../../engine/runtimes/threads/log-file.js';
import { temporaryFolder } from './planted.js';

test('what was appended is in the file once it is written, in order', () => {
  const path = join(temporaryFolder(), 'binlog');
  const file = new LogFile(path);
  const bytes = Uint8Array.from({ length: 100 }, (_, at) => at);
  file.append(bytes);
  expect(readFileSync(path)).toHaveLength(0);
  file.append(bytes, 10, 5);
  file.write();
  file.write();
  expect([...readFileSync(path)]).toEqual([...bytes, 10, 11, 12, 13, 14]);
  file.close();
});

test('one write may be larger than the buffer was', () => {
  const path = join(temporaryFolder(), 'binlog');
  const file = new LogFile(path);
  file.append(new Uint8Array(10).fill(1));
  file.append(new Uint8Array(300_000).fill(2));
  file.write();
  const written = readFileSync(path);
  expect(written).toHaveLength(300_010);
  expect(written[9]).toBe(1);
  expect(written[300_009]).toBe(2);
  file.close();
});

test('a long run goes round and round in 64 MiB', () => {
  const path = join(temporaryFolder(), 'relay-log');
  const file = new LogFile(path);
  const half = new Uint8Array(2 ** 25 - 8);
  for (const value of [1, 2, 3]) {
    file.append(half.fill(value));
    file.write();
  }
  file.close();
  const written = readFileSync(path);
  expect(written).toHaveLength(2 * half.length);
  expect([written[0], written[half.length]]).toEqual([3, 2]);
});

test.skipIf(!existsSync('/dev/full'))('a full disk is an error that names the file', () => {
  const file = new LogFile('/dev/full');
  file.append(new Uint8Array(1));
  expect(() => file.write()).toThrow('real disk /dev/full: the disk is full; free some space, or name another folder');
  file.close();
});
