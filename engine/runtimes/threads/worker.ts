/** A worker of the threads runtime: hosts its share of one cluster after the other. */
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { Counts } from '../../measure/observe.js';
import { resultOf } from '../../measure/observe.js';
import { Recorder } from '../../measure/recorder.js';
import type { PointResult } from '../../measure/result.js';
import { Arena } from '../../sync/arena.js';
import { ringBell } from '../../sync/wake-ring.js';
import { nowEpoch, startClock } from './clock.js';
import { createWorkerCluster, type WorkerCluster } from './cluster.js';
import { COMMAND, COMMITS, STOP } from './control.layout.js';
import type { Job, LifeOptions, Order, Ready, Report } from './job.js';
import { createLiveWorker } from './life.js';
import type { ThreadMutex } from './mutex.js';
import { planFibers } from './placement.js';
import { Scheduler } from './scheduler.js';
import { type Signals, takeShared, takeSignals } from './shared.js';

const worker = workerData as number;

/** What this worker has of a job, ready for its actors. */
function prepare({ settings, placement, memory, ...job }: Job, readMail?: () => void) {
  const plan = planFibers(settings, placement);
  const lives = job.lives !== undefined;
  const size = { settings, workers: placement.length, fibers: plan.names.length, lives };
  const arena = new Arena(memory);
  const signals = takeSignals(arena, size);
  const scheduler = new Scheduler({
    worker,
    owners: plan.owners,
    ...signals,
    readClock: startClock(job.epoch),
    cores: job.cores,
    overshoot: job.overshoot,
    readMail,
  });
  const shared = takeShared(arena, size, scheduler);
  return { signals, options: { worker, settings, plan, shared, scheduler, files: job.files, lives } };
}

function runJob(job: Job): Report {
  const { settings } = job;
  const { signals, options } = prepare(job);
  const { scheduler } = options;
  // No precision is asked for: time ends the point, not its interval.
  const recorder = new Recorder<Counts>({ clients: settings.clients, precision: 0 }, () =>
    countsOf(cluster.clients as Clients, scheduler.time),
  );
  const most = job.maxCommits ?? Number.POSITIVE_INFINITY;
  let commits = 0;
  let answeredAt = 0;
  const cluster = createWorkerCluster(options, (latency) => {
    recorder.add(latency, scheduler.time);
    signals.control[COMMITS] = ++commits;
    answeredAt = scheduler.time;
    if (commits === most) stop(signals);
  });
  scheduler.run();
  for (const file of cluster.files) file.close();

  const { clients } = cluster;
  return {
    kind: 'report',
    locks: cluster.mutexes.map(reportLock),
    delayErrors: scheduler.delayErrors.state(),
    spunUs: scheduler.spun,
    point: clients ? reportPoint(job, clients, recorder, commits, scheduler.time) : undefined,
    ringFullTimes: clients?.binlog.fullTimes ?? 0,
    silentUs: clients ? scheduler.time - answeredAt : 0,
    waiting: [...scheduler.waiting()],
  };
}

/** Lets this worker's share of a cluster live until the thread is ended. */
function live(job: Job, life: LifeOptions, port: MessagePort): void {
  const readMail = (): void => {
    for (let mail = receiveMessageOnPort(port); mail; mail = receiveMessageOnPort(port)) obey(mail.message as Order);
  };
  const { options } = prepare(job, readMail);
  const obey = createLiveWorker(options, life, (notice) => port.postMessage(notice));
  options.scheduler.run();
}

type Clients = NonNullable<WorkerCluster['clients']>;

function stop({ control, wakes }: Signals): void {
  Atomics.store(control, COMMAND, STOP);
  for (const { bell } of wakes) ringBell(bell);
}

function countsOf({ source, backlog }: Clients, time: number): Counts {
  const { semisync } = source;
  return {
    time,
    busy: 0,
    groups: source.groups,
    yesTx: semisync.yesTx,
    noTx: semisync.noTx,
    arrivals: backlog?.arrivals ?? 0,
    late: backlog?.late ?? 0,
    dropped: backlog?.dropped ?? 0,
    phases: source.meter.totals.slice(),
  };
}

function reportPoint(
  { settings }: Job,
  clients: Clients,
  recorder: Recorder<Counts>,
  commits: number,
  time: number,
): PointResult {
  recorder.finish(time);
  const { semisync } = clients.source;
  const end = countsOf(clients, time);
  return resultOf({ runtime: 'threads', settings, recorder, end, commits, semisync, warnings: [] });
}

function reportLock({ name, count }: ThreadMutex): Report['locks'][number] {
  const { acquisitions, contended, waits, held } = count;
  return { name, acquisitions, contended, waits: waits.state(), held: held.state() };
}

/** Timed sleeps that are tried, and how long each is asked for, ms. */
const SLEEPS = 15;
const SLEEP_MS = 0.2;
/** More than this is no timer's lateness: somebody else had the core, and spinning for so long would not help. */
const OVERSHOOT_MOST = 150;

/** By how much a timed sleep overshoots in this thread: the third longest of 15, so that a rare one does not decide. */
function measureOvershoot(): number {
  const words = new Int32Array(new SharedArrayBuffer(4));
  const read = startClock(nowEpoch());
  const overshoots = Array.from({ length: SLEEPS }, () => {
    const began = read();
    Atomics.wait(words, 0, 0, SLEEP_MS);
    return read() - began - SLEEP_MS * 1000;
  });
  return Math.min(OVERSHOOT_MOST, overshoots.sort((a, b) => b - a)[2] as number);
}

if (parentPort) {
  const port = parentPort;
  port.on('message', (job: Job) => {
    if (job.lives) live(job, job.lives, port);
    else port.postMessage(runJob(job));
  });
  port.postMessage({ kind: 'ready', overshoot: measureOvershoot() } satisfies Ready);
}
