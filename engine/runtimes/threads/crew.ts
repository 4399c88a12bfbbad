/**
 * The coordinator of the threads runtime: keeps a crew of workers, gives them one cluster after the other, says when to
 * stop, and puts their reports together.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { checkSettings } from '../../protocol/check-settings.js';
import type { Microseconds, Settings } from '../../protocol/parameters.js';
import { Arena } from '../../sync/arena.js';
import { ringBell, type WakeMemory } from '../../sync/wake-ring.js';
import { nowEpoch } from './clock.js';
import { BEGUN, COMMAND, COMMITS, MAIL, STOP } from './control.layout.js';
import { CrewError, RealDiskError } from './crew-error.js';
import { COUNT } from './disk.js';
import type { DiskJob } from './disk-worker.js';
import type { Job, LifeOptions, Notice, Order, Ready, Report } from './job.js';
import type { LogFileError } from './log-file.js';
import { defaultPlacement, type FiberPlan, type Placement, planFibers } from './placement.js';
import { allocateCluster, type ClusterSize, type Shared, type Signals, takeShared, takeSignals } from './shared.js';
import { type ProcessUse, putTogether, type ThreadsResult, waitsText } from './threads-result.js';

export interface CrewOptions {
  /** Which worker hosts what; absent: as the cores of this machine suggest. */
  readonly placement?: Placement;
  /** A folder for real binlogs and relay logs; absent: fsyncs are delays. */
  readonly realDisk?: string;
  readonly signal?: AbortSignal;
  /** How long no client may have an answer beyond what the settings explain, ms. */
  readonly patience?: number;
  /** Folder of the workers' compiled files, for callers that do not run from dist/: a worker cannot load TypeScript. */
  readonly workerFolder?: string;
}

export interface RunOptions {
  /** How long the cluster runs, its warm-up included, ms. */
  readonly milliseconds: number;
  /** Stop after so many commits even if time is left. */
  readonly maxCommits?: number;
}

const PATIENCE_MS = 5000;
/** How long who interrupts a run waits for its workers, ms. They look between any two turns, if they have a core. */
const INTERRUPTED_MS = 500;

interface Member {
  readonly worker: Worker;
  ask(job: Job): Promise<Report>;
  /** Rejects when the worker breaks; resolves never. */
  live(job: Job, notice: (notice: Notice) => void): Promise<never>;
}

/** A cluster that lives, as its coordinator sees it. */
export interface Life {
  readonly shared: Shared;
  readonly plan: FiberPlan;
  readonly epoch: bigint;
  /** Rejects with `CrewError` when a worker breaks; resolves never. */
  readonly failed: Promise<never>;
  /** Sends an order to the worker that hosts the fiber. */
  order(fiber: number, order: Order): void;
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
    const { signal } = this.#options;
    if (signal?.aborted) return 'interrupted';
    const { size, placement, ...common } = await this.#prepare(settings, false);
    const files = this.#createFiles(settings);
    const job: Job = { ...common, placement, files, maxCommits: options.maxCommits, lives: undefined };
    const run = new Run(job, size, this.#folder, this.#options.patience ?? PATIENCE_MS);
    try {
      const reports = await run.until(this.#members.slice(0, placement.length), options.milliseconds, signal);
      if (signal?.aborted) return 'interrupted';
      return putTogether(reports, {
        settings,
        placement,
        cores: this.cores,
        realDisk: job.files !== undefined,
        use: run.use(),
      });
    } catch (error) {
      await this.close();
      if (signal?.aborted) return 'interrupted';
      throw error;
    } finally {
      for (const file of job.files ?? []) rmSync(file, { force: true });
    }
  }

  /** Sets one cluster to work that lives until the crew is closed; resolves when all have begun. */
  async begin(settings: Settings, lives: LifeOptions, notice: (notice: Notice) => void): Promise<Life> {
    checkSettings(settings);
    const { size, placement, ...common } = await this.#prepare(settings, true);
    const job: Job = { ...common, placement, files: undefined, maxCommits: undefined, lives };
    const arena = new Arena(job.memory);
    const signals = takeSignals(arena, size);
    const shared = takeShared(arena, size, { wake: () => undefined });
    const failed = Promise.race(this.#members.map((member) => member.live(job, notice)));
    failed.catch(() => undefined);
    await Promise.race([failed, begun(signals.control, placement.length)]);
    const plan = planFibers(settings, placement);
    const order = (fiber: number, order: Order): void => {
      const worker = plan.owners[fiber] as number;
      this.#members[worker]?.worker.postMessage(order);
      // Behind the order: whoever looks because of the count finds it.
      Atomics.add(signals.control, MAIL, 1);
      ringBell((signals.wakes[worker] as WakeMemory).bell);
    };
    return { shared, plan, epoch: job.epoch, failed, order };
  }

  async #prepare(settings: Settings, lives: boolean) {
    const placement = this.#options.placement ?? defaultPlacement(this.cores, settings.replicas);
    const size = { settings, workers: placement.length, fibers: planFibers(settings, placement).names.length, lives };
    const memory = allocateCluster(size);
    await this.#hire(placement.length);
    return { size, settings, placement, memory, epoch: nowEpoch(), cores: this.cores, overshoot: this.#overshoot };
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
    const names = ['binlog', ...Array.from({ length: replicas }, (_, replica) => `relay-log-${replica}`)];
    try {
      mkdirSync(folder, { recursive: true });
      return names.map((name) => {
        const path = join(folder, `acklab-${process.pid}-${name}`);
        writeFileSync(path, '');
        return path;
      });
    } catch (error) {
      throw new RealDiskError(`real disk ${folder}: ${(error as Error).message}; name a folder that can be written`, {
        cause: error,
      });
    }
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
  let resolve: (message: Ready | Report | Notice) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  let broken: CrewError | undefined;
  const breakWith = (error: CrewError): void => {
    broken ??= error;
    reject(broken);
  };
  const answer = (): Promise<Ready | Report> =>
    new Promise((onMessage, onFailure) => {
      resolve = (message) => onMessage(message as Ready | Report);
      reject = onFailure;
      if (broken) onFailure(broken);
    });
  worker.on('message', (message: Ready | Report | Notice) => resolve(message));
  worker.on('error', (error) =>
    breakWith(diskError(error) ?? new CrewError(`${name} failed: ${error.message}`, { cause: error })),
  );
  worker.on('exit', (code) => breakWith(new CrewError(`${name} exited with ${code} before its job was done`)));
  const { overshoot } = (await answer()) as Ready;
  const ask = (job: Job): Promise<Report> => {
    const report = answer() as Promise<Report>;
    worker.postMessage(job);
    return report;
  };
  const live = (job: Job, notice: (notice: Notice) => void): Promise<never> => {
    const failure = new Promise<never>((_, onFailure) => {
      resolve = (message) => notice(message as Notice);
      reject = onFailure;
      if (broken) onFailure(broken);
    });
    // Whoever ends the crew no longer listens.
    failure.catch(() => undefined);
    worker.postMessage(job);
    return failure;
  };
  return { member: { worker, ask, live }, overshoot };
}

/** Resolves when so many workers have built what they host. */
async function begun(control: Int32Array, workers: number): Promise<void> {
  for (let count = Atomics.load(control, BEGUN); count !== workers; count = Atomics.load(control, BEGUN)) {
    await Atomics.waitAsync(control, BEGUN, count).value;
  }
}

/** An error comes out of a thread with its properties, but not as what it was. */
function diskError(error: Error): RealDiskError | undefined {
  return (error as Partial<LogFileError>).file === undefined
    ? undefined
    : new RealDiskError(error.message, { cause: error });
}

/** In the place of a count: the run is over. */
const OVER = -1;

/** One cluster on the crew, from the beginning to the last report. */
class Run {
  readonly #job: Job;
  readonly #signals: Signals;
  readonly #syncs: readonly Int32Array[];
  readonly #folder: string;
  readonly #patience: number;
  #began = usage();
  #ended = this.#began;

  constructor(job: Job, size: ClusterSize, folder: string, patience: number) {
    this.#job = job;
    this.#folder = folder;
    this.#patience = patience;
    const arena = new Arena(job.memory);
    this.#signals = takeSignals(arena, size);
    this.#syncs = takeShared(arena, size, { wake: () => undefined }).syncs;
  }

  async until(members: readonly Member[], milliseconds: number, signal: AbortSignal | undefined): Promise<Report[]> {
    const disks = (this.#job.files ?? []).map((_, file) => this.#startDisk(file));
    const reports = Promise.all(members.map((member) => member.ask(this.#job)));
    const broken = Promise.race(disks.map(({ failure }) => failure));
    let end: (how: 'over' | 'stalled') => void = () => undefined;
    const ended = new Promise<'over' | 'stalled'>((resolve) => {
      end = resolve;
    });
    const over = (): void => end('over');
    let timer: NodeJS.Timeout | undefined;
    // Its time begins when all have built what they host: that takes longest on a busy machine, and is no part of it.
    void this.#allBegun(members.length).then((begun) => {
      if (begun) timer = setTimeout(over, milliseconds);
    });
    const watch = this.#watch(() => end('stalled'));
    signal?.addEventListener('abort', over);
    if (signal?.aborted) over();
    try {
      const how = await Promise.race([reports, ended, broken]);
      this.#ended = usage();
      this.#stop();
      const all = await within(signal?.aborted ? INTERRUPTED_MS : this.#patience, reports, members.length);
      if (how === 'stalled') throw new CrewError(stallMessage(all));
      return all;
    } catch (error) {
      this.#stop();
      throw error;
    } finally {
      // Nobody is to start the timer any more.
      Atomics.store(this.#signals.control, BEGUN, OVER);
      Atomics.notify(this.#signals.control, BEGUN);
      clearTimeout(timer);
      clearInterval(watch);
      signal?.removeEventListener('abort', over);
      await Promise.all(disks.map(({ worker }) => worker.terminate()));
    }
  }

  /** `false`: the run is over before all have begun. */
  async #allBegun(workers: number): Promise<boolean> {
    const { control } = this.#signals;
    for (let begun = Atomics.load(control, BEGUN); begun !== workers; begun = Atomics.load(control, BEGUN)) {
      if (begun === OVER) return false;
      await Atomics.waitAsync(control, BEGUN, begun).value;
    }
    this.#began = usage();
    return true;
  }

  use(): ProcessUse {
    const [from, to] = [this.#began, this.#ended];
    return {
      elapsedUs: Number(to.at - from.at) / 1000,
      cpuUs: to.cpu - from.cpu,
      voluntarySwitches: to.voluntary - from.voluntary,
      involuntarySwitches: to.involuntary - from.involuntary,
      othersUs: Math.max(0, to.hostBusy - from.hostBusy - (to.cpu - from.cpu)),
    };
  }

  #stop(): void {
    const { control, wakes } = this.#signals;
    Atomics.store(control, COMMAND, STOP);
    for (const { bell } of wakes) ringBell(bell);
    for (const request of this.#syncs) {
      Atomics.add(request, COUNT, 1);
      Atomics.notify(request, COUNT);
    }
  }

  /** Calls `stalled` when no client has had an answer for longer than the settings explain. */
  #watch(stalled: () => void): NodeJS.Timeout {
    const most = longestWait(this.#job.settings) / 1000 + this.#patience;
    let seen = -1;
    let since = nowEpoch();
    return setInterval(() => {
      const commits = Atomics.load(this.#signals.control, COMMITS);
      if (commits !== seen) {
        seen = commits;
        since = nowEpoch();
      } else if (Number(nowEpoch() - since) / 1e6 > most) stalled();
    }, this.#patience / 10);
  }

  /** `failure` rejects when the thread of a file breaks. */
  #startDisk(file: number): { worker: Worker; failure: Promise<never> } {
    const worker = new Worker(join(this.#folder, 'disk-worker.js'), {
      workerData: { job: this.#job, file } satisfies DiskJob,
    });
    const name = `fdatasync of ${this.#job.files?.[file]}`;
    const failure = new Promise<never>((_, reject) => {
      worker.once('error', (error) =>
        reject(diskError(error) ?? new CrewError(`${name}: ${error.message}`, { cause: error })),
      );
      worker.once('exit', (code) => {
        // It ends when it sees the command, and that may come from the worker that has seen enough.
        if (Atomics.load(this.#signals.control, COMMAND) === STOP) return;
        reject(new CrewError(`${name}: its thread exited with ${code}`));
      });
    });
    // Nobody listens any more once the run is over.
    failure.catch(() => undefined);
    return { worker, failure };
  }
}

/** The reports of workers that have been told to stop; one that does not answer is in an endless loop. */
async function within(milliseconds: number, reports: Promise<Report[]>, workers: number): Promise<Report[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const message = `of ${workers} workers, some do not answer within ${milliseconds} ms of being stopped`;
    timer = setTimeout(() => reject(new CrewError(message)), milliseconds);
  });
  return Promise.race([reports, late]).finally(() => clearTimeout(timer));
}

/** Random delays may be some times their mean. */
const RARE = 10;

/** How long clients may go without an answer for reasons that the settings give, µs. */
function longestWait(settings: Settings): Microseconds {
  const { wait_point, think, arrival_rate, group_commit_delay, redo_fsync, binlog_fsync, rtt, relay_fsync } = settings;
  const timeout = wait_point === 'ASYNC' ? 0 : settings.timeout;
  const gap = arrival_rate > 0 ? 1e6 / arrival_rate : 0;
  const delays = [think, redo_fsync, binlog_fsync, ...rtt, ...relay_fsync].reduce((sum, { mean }) => sum + mean, gap);
  return timeout + group_commit_delay + RARE * delays;
}

interface Usage {
  readonly at: bigint;
  readonly cpu: number;
  readonly voluntary: number;
  readonly involuntary: number;
  /** Of all cores, whoever used them, µs; in steps of some milliseconds. */
  readonly hostBusy: number;
}

/** Of the whole process, all its threads included, and of its machine. */
function usage(): Usage {
  const { userCPUTime, systemCPUTime, voluntaryContextSwitches, involuntaryContextSwitches } = process.resourceUsage();
  return {
    at: nowEpoch(),
    cpu: userCPUTime + systemCPUTime,
    voluntary: voluntaryContextSwitches,
    involuntary: involuntaryContextSwitches,
    hostBusy: cpus().reduce((sum, { times }) => sum + 1000 * (times.user + times.nice + times.sys + times.irq), 0),
  };
}

function stallMessage(reports: readonly Report[]): string {
  return `nothing advances in the threads runtime: ${waitsText(reports.flatMap(({ waiting }) => waiting))}`;
}
