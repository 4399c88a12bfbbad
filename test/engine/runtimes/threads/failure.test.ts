/** Faults are planted in copies of the engine: each must end the run with one error that names it, and leave nothing running. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { Settings } from '../../../../engine/protocol/parameters.js';
import type { Crew } from '../../../../engine/runtimes/threads/crew.js';
import { CrewError } from '../../../../engine/runtimes/threads/crew-error.js';
import { hire, instant, LONG_MS, threads } from './crews.js';
import { plant, temporaryFolder, WORKERS } from './planted.js';

/** The error that ends a run of these workers; afterwards none of them is left. */
async function failureOf(crew: Crew, settings: Settings): Promise<string> {
  const before = threads();
  const failure = await crew.run(settings, { milliseconds: LONG_MS }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(CrewError);
  expect(threads()).toBe(before);
  const { message } = failure as CrewError;
  expect(message).not.toContain('\n');
  return message;
}

test('canary: threads are counted', async () => {
  const before = threads();
  const crew = hire();
  await crew.run(instant('mysql-5.7'), { milliseconds: 10 });
  expect(threads()).toBeGreaterThan(before);
  await crew.close();
  expect(threads()).toBe(before);
});

test('one byte that changes on its way fails the run, and names the event', async () => {
  const workerFolder = plant(
    'link.js',
    'this.#packets.publish();',
    'if (this.#end > 20000) bytes[(this.#sent - 40) & (bytes.length - 1)] ^= 1; this.#packets.publish();',
  );
  expect(await failureOf(hire({ workerFolder }), instant('mysql-5.7'))).toMatch(
    /^worker \d of the threads runtime failed: binlog event of 96 bytes that ends at 2\d{4}: its checksum does not fit its bytes$/,
  );
});

test('a reader that goes on before it has copied its event is found out', async () => {
  const workerFolder = plant(
    'binlog.js',
    'this.#reader.copyTo(into, at, bytes);',
    'if (this.#reader.cursor < 20000) this.#reader.copyTo(into, at, bytes);',
  );
  expect(await failureOf(hire({ workerFolder }), instant('mysql-5.7'))).toMatch(
    /failed: binlog event of 96 bytes that ends at 2\d{4}: its (checksum|header)/,
  );
});

test('a worker that throws ends the run with its error', async () => {
  const workerFolder = plant(
    'worker.js',
    'answeredAt = scheduler.time;',
    "if (commits === 200) throw new Error('it stumbled');",
  );
  expect(await failureOf(hire({ workerFolder }), instant('mysql-5.7'))).toBe(
    'worker 0 of the threads runtime failed: it stumbled',
  );
});

test('a worker that exits ends the run', async () => {
  const workerFolder = plant('link.js', 'this.#ring.publish();', 'process.exit(3);');
  expect(await failureOf(hire({ workerFolder }), instant('mysql-5.7'))).toMatch(
    /^worker \d of the threads runtime exited with 3 before its job was done$/,
  );
});

test('a worker that has gone between two runs is missed by the next', async () => {
  const workerFolder = plant(
    'worker.js',
    'port.postMessage(runJob(job))',
    '[port.postMessage(runJob(job)), setTimeout(process.exit, 1, 4)]',
  );
  const crew = hire({ workerFolder });
  const before = threads();
  await crew.run(instant('mysql-5.7'), { milliseconds: 1 });
  while (threads() > before) await wait(1);
  expect(await failureOf(crew, instant('mysql-5.7'))).toContain('exited with 4');
});

test('a worker in an endless loop is ended', async () => {
  const workerFolder = plant('worker.js', 'answeredAt = scheduler.time;', 'while (commits === 100);');
  const crew = hire({ workerFolder, patience: 200 });
  expect(await failureOf(crew, instant('mysql-5.7', { wait_point: 'ASYNC' }))).toMatch(/some do not answer/);
});

test('when nothing advances, the watchdog names the fibers and what they wait for', async () => {
  // Dump readers are never told of new events: they sleep, the ring fills up, and the clients wait for room.
  const workerFolder = plant('binlog.js', 'this.#writer.publish(end);', 'return false;');
  const crew = hire({ workerFolder, patience: 500 });
  const settings = instant('mysql-5.7', { wait_point: 'ASYNC', bytes_per_tx: 100_000, clients: 2 });
  const message = await failureOf(crew, settings);
  expect(message).toMatch(/^nothing advances in the threads runtime: /);
  expect(message).toMatch(/client \d waits for room in the binlog ring/);
  expect(message).toContain('dump reader 0 waits for events in the binlog');
  expect(message).toContain('replica 0 I/O thread waits for events');
});

test('a replica that never acknowledges, under a time-out of an hour, is told of when the run ends', async () => {
  const workerFolder = plant('link.js', 'this.#ring.publish();', 'return;');
  const settings = instant('mysql-5.7', { clients: 2, timeout: 3600e6 });
  const result = await hire({ workerFolder }).run(settings, { milliseconds: 1500 });
  if (result === 'interrupted') throw new Error('interrupted');
  expect(result.observation.tps).toBe(0);
  expect(result.warnings.join()).toMatch(/no client had an answer in the last \d+ ms: client \d waits for an ACK/);
});

test('an abort ends a run at once', async () => {
  const controller = new AbortController();
  const crew = hire({ signal: controller.signal });
  const running = crew.run(instant('mysql-5.7'), { milliseconds: LONG_MS });
  setTimeout(() => controller.abort(), 200);
  expect(await running).toBe('interrupted');
});

test('an abort ends a worker that does not listen', async () => {
  const workerFolder = plant('worker.js', 'const plan = planFibers(settings, placement);', 'for (;;);');
  const controller = new AbortController();
  const before = threads();
  process.once('worker', () => controller.abort());
  const crew = hire({ workerFolder, signal: controller.signal });
  expect(await crew.run(instant('mysql-5.7'), { milliseconds: LONG_MS })).toBe('interrupted');
  expect(threads()).toBe(before);
});

test('a signal raised beforehand starts nothing', async () => {
  const before = threads();
  const crew = hire({ signal: AbortSignal.abort() });
  expect(await crew.run(instant('mysql-5.7'), { milliseconds: LONG_MS })).toBe('interrupted');
  expect(threads()).toBe(before);
});

test('a crew that has been sent home lets the process end', async () => {
  const program = join(temporaryFolder(), 'program.mjs');
  const settings = JSON.stringify(instant('mysql-5.7'));
  writeFileSync(
    program,
    `import { Crew } from '${WORKERS}/crew.js';
    const crew = new Crew();
    const result = await crew.run(${settings}, { milliseconds: ${LONG_MS}, maxCommits: 100 });
    await crew.close();
    console.log(result.simulated_commits > 0);`,
  );
  const { stdout } = await promisify(execFile)(process.execPath, [program], { timeout: LONG_MS });
  expect(stdout).toBe('true\n');
});
