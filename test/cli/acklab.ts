/** Runs the compiled program as its users do: as a process of its own, with pipes for a terminal. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = join(ROOT, 'dist', 'cli', 'main.js');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function start(cwd: string, args: readonly string[], stdout: 'pipe' | number = 'pipe'): ChildProcess {
  if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing; run npm run build first`);
  const { FORCE_COLOR: _, ...env } = process.env;
  return spawn(process.execPath, [MAIN, ...args], { cwd, env, stdio: ['ignore', stdout, 'pipe'] });
}

export function ended(child: ChildProcess): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

/** Commands that simulate on as many workers as they are told to. */
export const WITH_JOBS = ['sweep', 'plan', 'validate', 'calibrate'];

/** With one job unless told otherwise: the bytes are the same, and other test files fill the other cores. */
export function acklab(cwd: string, ...args: readonly string[]): Promise<Ended> {
  const takesJobs = WITH_JOBS.includes(args[0] ?? '') && !args.includes('--jobs') && !args.includes('--help');
  return ended(start(cwd, takesJobs ? [...args, '--jobs', '1'] : args));
}

/** What a small sweep is run with: rough numbers are numbers. */
export const SMALL_SWEEP = ['--precision', '20%'] as const;

/** A sweep of six quick points and a chart, for a working directory of its own. */
export function writeSmallWorkload(folder: string): string {
  writeFileSync(
    join(folder, 'small.yaml'),
    `name: small
title: Small
question: How quick is a test?
description: Six points.
sweep:
  profile: [mysql-5.6, mysql-5.7]
  clients: [1, 2, 4]
charts:
  - name: small-throughput
    subject: Throughput against clients
    x: clients
    y: tps
    series: profile
`,
  );
  return 'small.yaml';
}

/** A sweep that takes a while, for those who interrupt it. */
export function writeLongWorkload(folder: string, points = 120): string {
  const clients = Array.from({ length: points }, (_, index) => index + 1).join(', ');
  writeFileSync(
    join(folder, 'long.yaml'),
    `name: long
title: Long
question: When does it end?
description: Many points.
sweep: { clients: [${clients}] }
charts: [{ name: long, subject: Throughput against clients, x: clients, y: tps }]
`,
  );
  return 'long.yaml';
}
