/** Real files: every byte of the binlog that a replica has is in its relay log, and each fdatasync is really done. */
import { existsSync, fstatSync, openSync, readdirSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { BINLOG_START } from '../../../../engine/protocol/positions.js';
import { RealDiskError } from '../../../../engine/runtimes/threads/crew-error.js';
import { hire, instant, LONG_MS, run, threads } from './crews.js';
import { plant, temporaryFolder } from './planted.js';

/** Opens the file as soon as it is there, so that it can be read when it has been removed. */
async function openEarly(folder: string, name: string): Promise<() => Uint8Array> {
  for (;;) {
    const file = existsSync(folder) && readdirSync(folder).find((each) => each.endsWith(name));
    if (!file) await wait(1);
    else {
      const fd = openSync(join(folder, file), 'r');
      return () => {
        const bytes = new Uint8Array(fstatSync(fd).size);
        readSync(fd, bytes, 0, bytes.length, 0);
        return bytes;
      };
    }
  }
}

/** Checks a log event by event; the answer is how many there are. */
function countEvents(log: Uint8Array): number {
  const view = new DataView(log.buffer);
  let events = 0;
  let at = 0;
  while (at < log.length) {
    const size = view.getUint32(at + 9, true);
    expect(view.getUint32(at + 13, true)).toBe(BINLOG_START + at + size);
    expect(view.getUint32(at + size - 4, true)).toBe(crc32(log.subarray(at, at + size - 4)));
    at += size;
    events++;
  }
  expect(at).toBe(log.length);
  return events;
}

test.each(['mysql-5.6', 'mysql-5.7', 'mariadb-10.11'] as const)(
  '%s: relay logs are prefixes of the binlog',
  async (profile) => {
    const realDisk = join(temporaryFolder(), 'made', 'here');
    const running = run(hire({ realDisk }), instant(profile, { replicas: 2, sync_relay_log: 100 }), 1000);
    const logs = await Promise.all(['binlog', 'relay-log-0', 'relay-log-1'].map((name) => openEarly(realDisk, name)));
    const { observation, counters } = await running;
    const [binlog, ...relayLogs] = logs.map((read) => read());
    const events = Number(observation.events_per_tx);
    expect(countEvents(binlog!)).toBeGreaterThanOrEqual(1000 * events);
    for (const relayLog of relayLogs) {
      expect(countEvents(relayLog)).toBeGreaterThan(0);
      expect(Buffer.compare(relayLog, binlog!.subarray(0, relayLog.length))).toBe(0);
    }
    // The first ACK counts: one replica at least has what has been acknowledged.
    const longest = Math.max(...relayLogs.map(({ length }) => length));
    expect(longest).toBeGreaterThanOrEqual(992 * Number(observation.bytes_per_tx));
    expect(counters.Rpl_semi_sync_master_no_tx).toBe(0);
    expect(observation.binlog_fsync_us).toBeNull();
    expect(readdirSync(realDisk)).toEqual([]);
  },
);

test('a thread whose fdatasync fails ends the run, and names the file', async () => {
  const workerFolder = plant('disk-worker.js', 'fdatasyncSync(fd);', "throw new Error('EIO: i/o error, fdatasync');");
  const realDisk = temporaryFolder();
  const crew = hire({ workerFolder, realDisk });
  const before = threads();
  const failure = await crew.run(instant('mysql-5.7'), { milliseconds: LONG_MS }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(RealDiskError);
  expect((failure as RealDiskError).message).toMatch(/^real disk .*acklab-\d+-binlog: EIO: i\/o error, fdatasync$/);
  expect(readdirSync(realDisk)).toEqual([]);
  expect(threads()).toBe(before);
});

test('a thread that exits ends the run', async () => {
  const workerFolder = plant('disk-worker.js', 'fdatasyncSync(fd);', 'process.exit(5);');
  const crew = hire({ workerFolder, realDisk: temporaryFolder() });
  await expect(crew.run(instant('mysql-5.7'), { milliseconds: LONG_MS })).rejects.toThrow(
    /^fdatasync of .*-binlog: its thread exited with 5$/,
  );
});

test('a relay log is fdatasynced as often as sync_relay_log says', async () => {
  // Its fdatasync never happens: the first replica's 5 events of the first transaction are the last it takes.
  const workerFolder = plant('disk-worker.js', 'fdatasyncSync(fd);', 'if (file === 1) continue; fdatasyncSync(fd);');
  const crew = hire({ workerFolder, realDisk: temporaryFolder(), patience: 500 });
  const settings = instant('mysql-5.7', { clients: 1, sync_relay_log: 5, timeout: 1000 });
  const { counters } = await run(crew, settings, 200);
  expect(counters).toMatchObject({ Rpl_semi_sync_master_yes_tx: 0, Rpl_semi_sync_master_status: 'OFF' });
});

test('a folder removed in the middle of a run harms nothing: its files are open', async () => {
  const realDisk = temporaryFolder();
  const running = run(hire({ realDisk }), instant('mysql-5.7'), 500);
  await openEarly(realDisk, 'relay-log-0');
  onTestFinished(() => rmSync(realDisk, { recursive: true, force: true }));
  expect((await running).simulated_commits).toBeGreaterThanOrEqual(500);
});

test('a folder that cannot be made is refused in one line that names it', async () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  const realDisk = join(file, 'logs');
  await expect(hire({ realDisk }).run(instant('mysql-5.7'), { milliseconds: 1 })).rejects.toThrow(
    `real disk ${realDisk}: ENOTDIR`,
  );
});
