/**
 * The coordinator of the threads runtime: keeps a crew of workers, gives them one cluster after the other, says when to
 * stop, and puts their reports together.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { checkSettings } from '../../protocol/check-settings.js';
import type { Settings } from '../../protocol/parameters.js';
import { Arena } from '../../sync/arena.js';
import { ringBell } from '../../sync/wake-ring.js';
import { nowEpoch } from './clock.js';
import { COMMAND, COMMITS, STOP, TELL } from './control.layout.js';
import { COUNT } from './disk.js';
import type { DiskJob } from './disk-worker.js';
import type { Job, Ready, Report } from './job.js';
import { defaultPlacement, type Placement, planFibers } from './placement.js';
import { allocateCluster, type ClusterSize, type Signals, takeShared, takeSignals } from './shared.js';
import { type ProcessUse, putTogether, type ThreadsResult } from './threads-result.js';

export interface CrewOptions {
  /** Which worker hosts what; absent: as the cores of this machine suggest. */
  readonly placement?: Placement;
  /** A folder for real binlogs and relay logs; absent: fsyncs are delays. */
  readonly realDisk?: string;
  readonly signal?: AbortSignal;
  /** Folder of the workers' compiled files, for callers that do not run from dist/: a worker cannot load TypeScript. */
  readonly workerFolder?: string;
}

export interface RunOptions {
  /** How long the cluster runs, its warm-up included, ms. */
  readonly milliseconds: number;
  /** Stop after so many commits even if time is left. */
  readonly maxCommits?: number;
}

/** Nothing advanced, or a worker broke. The crew is of no use afterwards. */
export class CrewError extends Error {
  override readonly name = 'CrewError';
}

/** Longer than any commit may take beyond its semi-sync time-out, ms. */
const PATIENCE_MS = 5000;
/** In this time a worker that is told to stop has stopped, ms. */
const STOP_MS = 2000;

interface Member {
  readonly worker: Worker;
  ask(job: Job): Promise<Report>;
}

export class Crew {
  readonly #options: CrewOptions;
  readonly #folder: string;
  readonly #members: Member[] = [];
  #overshoot = 0;
  readonly cores = availableParallelism();

  constructor(options: CrewOptions = {}) {
    this.#options = options;
    this.#folder = options.workerFolder ?? fileURLToPath(new URL('.', import.meta.url));
    askForPreciseTimers();
  }

  /**
   * Runs one cluster for a while. Rejects with `CrewError` when a worker breaks or nothing advances, with
   * `SettingsError` for contradictory settings. `interrupted`: the signal ended it.
   */
  async run(settings: Settings, options: RunOptions): Promise<ThreadsResult | 'interrupted'> {
    checkSettings(settings);
    const placement = this.#options.placement ?? defaultPlacement(this.cores, settings.replicas);
    const size = { settings, workers: placement.length, fibers: planFibers(settings, placement).names.length };
    const memory = allocateCluster(size);
    await this.#hire(placement.length);
    const job: Job = {
      settings,
      placement,
      memory,
      epoch: nowEpoch(),
      cores: this.cores,
      overshoot: this.#overshoot,
      files: this.#createFiles(settings),
      maxCommits: options.maxCommits,
    };
    const run = new Run(job, size, this.#folder);
    try {
      const reports = await run.until(
        this.#members.slice(0, placement.length),
        options.milliseconds,
        this.#options.signal,
      );
      if (this.#options.signal?.aborted) return 'interrupted';
      return putTogether(reports, {
        settings,
        placement,
        cores: this.cores,
        realDisk: job.files !== undefined,
        use: run.use(),
      });
    } catch (error) {
      await this.close();
      throw error;
    } finally {
      for (const file of job.files ?? []) rmSync(file, { force: true });
    }
  }

  async #hire(count: number): Promise<void> {
    while (this.#members.length < count) {
      const { member, overshoot } = await startMember(this.#folder, this.#members.length);
      this.#members.push(member);
      this.#overshoot = Math.max(this.#overshoot, overshoot);
    }
  }

  #createFiles({ replicas }: Settings): string[] | undefined {
    const folder = this.#options.realDisk;
    if (folder === undefined) return undefined;
    mkdirSync(folder, { recursive: true });
    const names = ['binlog', ...Array.from({ length: replicas }, (_, replica) => `relay-log-${replica}`)];
    return names.map((name) => {
      const path = join(folder, `acklab-${process.pid}-${name}`);
      writeFileSync(path, '');
      return path;
    });
  }

  /** Ends the workers, in the middle of their jobs if need be. */
  async close(): Promise<void> {
    await Promise.all(this.#members.splice(0).map(({ worker }) => worker.terminate()));
  }
}

/**
 * By default Linux lets timed sleeps end up to 50 µs late, to wake the processor less often. Threads that are started
 * later inherit what this one has; where there is no such file, sleeps are as coarse as they are.
 */
function askForPreciseTimers(): void {
  try {
    writeFileSync('/proc/self/timerslack_ns', '1');
  } catch {
    // Not Linux, or not allowed: the workers measure the overshoot and spin for longer.
  }
}

async function startMember(folder: string, index: number): Promise<{ member: Member; overshoot: number }> {
  const worker = new Worker(join(folder, 'worker.js'), { workerData: index });
  const name = `worker ${index} of the threads runtime`;
  let resolve: (message: Ready | Report) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const answer = (): Promise<Ready | Report> =>
    new Promise((onMessage, onFailure) => {
      resolve = onMessage;
      reject = onFailure;
    });
  worker.on('message', (message: Ready | Report) => resolve(message));
  worker.on('error', (error) => reject(new CrewError(`${name} failed: ${error.message}`, { cause: error })));
  worker.on('exit', (code) => reject(new CrewError(`${name} exited with ${code} in the middle of a run`)));
  const { overshoot } = (await answer()) as Ready;
  const ask = (job: Job): Promise<Report> => {
    const report = answer() as Promise<Report>;
    worker.postMessage(job);
    return report;
  };
  return { member: { worker, ask }, overshoot };
}

/** One cluster on the crew, from the beginning to the last report. */
class Run {
  readonly #job: Job;
  readonly #signals: Signals;
  readonly #syncs: readonly Int32Array[];
  readonly #folder: string;
  readonly #began = usage();
  #ended = this.#began;

  constructor(job: Job, size: ClusterSize, folder: string) {
    this.#job = job;
    this.#folder = folder;
    const arena = new Arena(job.memory);
    this.#signals = takeSignals(arena, size);
    this.#syncs = takeShared(arena, size, { wake: () => undefined }).syncs;
  }

  async until(members: readonly Member[], milliseconds: number, signal: AbortSignal | undefined): Promise<Report[]> {
    const disks = (this.#job.files ?? []).map((_, file) => this.#startDisk(file));
    const reports = Promise.all([
      ...members.map((member) => member.ask(this.#job)),
      ...disks.map(({ failure }) => failure),
    ]);
    let timer: NodeJS.Timeout | undefined;
    let watch: NodeJS.Timeout | undefined;
    let end: () => void = () => undefined;
    const over = new Promise<'over'>((resolve) => {
      end = () => resolve('over');
      timer = setTimeout(end, milliseconds);
      signal?.addEventListener('abort', end);
      if (signal?.aborted) end();
    });
    const stalled = new Promise<'stalled'>((resolve) => {
      watch = this.#watch(() => resolve('stalled'));
    });
    try {
      const ended = await Promise.race([reports, over, stalled]);
      this.#ended = usage();
      this.#command(ended === 'stalled' ? TELL : STOP);
      const all = (await this.#within(reports, members)) as Report[];
      if (ended === 'stalled') throw new CrewError(stallMessage(all));
      return all.filter((report) => report !== undefined);
    } catch (error) {
      this.#command(STOP);
      throw error;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      clearInterval(watch);
      await Promise.all(disks.map(({ worker }) => worker.terminate()));
    }
  }

  use(): ProcessUse {
    const [from, to] = [this.#began, this.#ended];
    return {
      elapsedUs: Number(to.at - from.at) / 1000,
      cpuUs: to.cpu - from.cpu,
      voluntarySwitches: to.voluntary - from.voluntary,
      involuntarySwitches: to.involuntary - from.involuntary,
    };
  }

  #command(command: number): void {
    const { control, wakes } = this.#signals;
    Atomics.store(control, COMMAND, command);
    for (const { bell } of wakes) ringBell(bell);
    for (const request of this.#syncs) {
      Atomics.add(request, COUNT, 1);
      Atomics.notify(request, COUNT);
    }
  }

  /** Calls `stalled` when no client has had an answer for longer than a commit may wait. */
  #watch(stalled: () => void): NodeJS.Timeout {
    const most = this.#job.settings.timeout / 1000 + PATIENCE_MS;
    let seen = -1;
    let since = nowEpoch();
    return setInterval(() => {
      const commits = Atomics.load(this.#signals.control, COMMITS);
      if (commits !== seen) {
        seen = commits;
        since = nowEpoch();
      } else if (Number(nowEpoch() - since) / 1e6 > most) stalled();
    }, PATIENCE_MS / 10);
  }

  /** The reports of workers that have been told to stop; a worker that does not answer is in an endless loop. */
  async #within<T>(reports: Promise<T>, members: readonly Member[]): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () =>
          reject(
            new CrewError(
              `of ${members.length} workers, some do not answer within ${STOP_MS / 1000} s of being stopped`,
            ),
          ),
        STOP_MS,
      );
    });
    return Promise.race([reports, late]).finally(() => clearTimeout(timer));
  }

  /** `failure` rejects when the thread of a file breaks, and resolves with nothing when it ends. */
  #startDisk(file: number): { worker: Worker; failure: Promise<undefined> } {
    const worker = new Worker(join(this.#folder, 'disk-worker.js'), {
      workerData: { job: this.#job, file } satisfies DiskJob,
    });
    const failure = new Promise<undefined>((resolve, reject) => {
      worker.once('error', (error) =>
        reject(new CrewError(`fdatasync of ${this.#job.files?.[file]}: ${error.message}`, { cause: error })),
      );
      worker.once('exit', () => resolve(undefined));
    });
    return { worker, failure };
  }
}

interface Usage {
  readonly at: bigint;
  readonly cpu: number;
  readonly voluntary: number;
  readonly involuntary: number;
}

/** Of the whole process, all its threads included. */
function usage(): Usage {
  const { userCPUTime, systemCPUTime, voluntaryContextSwitches, involuntaryContextSwitches } = process.resourceUsage();
  return {
    at: nowEpoch(),
    cpu: userCPUTime + systemCPUTime,
    voluntary: voluntaryContextSwitches,
    involuntary: involuntaryContextSwitches,
  };
}

/** As many as fit a line. */
const TOLD = 12;

function stallMessage(reports: readonly Report[]): string {
  const waiting = reports.flatMap((report) => report?.waiting ?? []);
  const told = waiting.slice(0, TOLD).map(({ name, waitsFor }) => `${name} waits for ${waitsFor || 'its first turn'}`);
  const more = waiting.length > TOLD ? `, and ${waiting.length - TOLD} more` : '';
  return `nothing advances in the threads runtime: ${told.join(', ')}${more}`;
}
