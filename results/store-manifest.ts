/**
 * `run.json`: what a run was asked to do, completely enough to finish it, to repeat it and to draw its report again from
 * the directory alone, and how far it came.
 */
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { z } from 'zod';
import type { Settings } from '../engine/protocol/parameters.js';
import { InputError } from '../workloads/input-error.js';
import {
  type ChartRequest,
  type Experiment,
  type Part,
  type Point,
  RUNTIME_CHOICES,
  type RuntimeChoice,
  type Workload,
} from '../workloads/workload.js';
import { codeFingerprint } from './code-fingerprint.js';

export interface Machine {
  readonly cpu_model: string;
  readonly cores: number;
  readonly memory_bytes: number;
  readonly os: string;
}

export interface ManifestPoint {
  readonly index: number;
  readonly variant: string;
  /** What this point sets differently from `settings` of its part. */
  readonly set: Partial<Settings>;
  /** Absent: its steady state is measured. */
  readonly experiment?: Experiment;
  /** Of points that threads run: which time this is, from 1. */
  readonly repetition?: number;
}

export interface ManifestPart {
  readonly name: string;
  readonly title: string;
  readonly question: string;
  readonly runtime: RuntimeChoice;
  readonly charts: readonly ChartRequest[];
  readonly swept: readonly (keyof Settings)[];
  /** What all points of the part have in common. */
  readonly settings: Partial<Settings>;
  readonly points: readonly ManifestPoint[];
}

/** What was asked for, as it was asked. */
export interface RunRequest {
  /** Words behind `acklab`, where it was another command than a sweep. */
  readonly command?: readonly string[];
  /** Names of built-in sweeps, or files. */
  readonly workloads: readonly string[];
  /** `name=value`, in the order given. */
  readonly set: readonly string[];
  /** Files of costs, in the order given; none: the shipped ones. */
  readonly calibrations: readonly string[];
  /** Null: as the workload says. */
  readonly seed: number | null;
  readonly precision: number;
  /** Null: as each part of the workload says. */
  readonly runtime: RuntimeChoice | null;
  readonly threads: ThreadsRequest;
}

/** How points are measured on threads. */
export interface ThreadsRequest {
  readonly repetitions: number;
  /** Of one repetition, its warm-up included. */
  readonly milliseconds: number;
  /** Which worker hosts what; null: as the cores suggest. */
  readonly placement: string | null;
  /** A folder for real binlogs and relay logs; null: fsyncs are delays. */
  readonly disk: string | null;
}

export interface Manifest {
  /** Of this file's layout. */
  readonly format: 1;
  readonly acklab: string;
  /** See codeFingerprint; runs of before it was recorded lack it. */
  readonly code?: Readonly<Record<string, string>>;
  readonly node: string;
  readonly workload: {
    readonly name: string;
    readonly title: string;
    readonly description: string;
    /** Parts that `request` made impossible, each with its reason. */
    readonly omitted: readonly string[];
  };
  readonly request: RunRequest;
  readonly jobs: number;
  readonly machine: Machine;
  readonly status: 'running' | 'interrupted' | 'complete';
  readonly started: string;
  readonly finished: string | null;
  /** Over all sessions of an interrupted run. */
  readonly wall_seconds: number;
  readonly warnings: readonly string[];
  readonly parts: readonly ManifestPart[];
}

/** The command that repeats a run, for a shell. */
export function commandOf(request: RunRequest): string {
  const { workloads, set, calibrations, seed, precision, runtime, threads, command } = request;
  if (command !== undefined) return ['acklab', ...command].map(quoteWord).join(' ');
  const seedOption = seed === null ? [] : ['--seed', String(seed)];
  const calibrationOptions = calibrations.flatMap((file) => ['--calibration', file]);
  const setOptions = set.flatMap((text) => ['--set', text]);
  const words = ['sweep', ...workloads, ...setOptions, ...calibrationOptions, ...seedOption];
  const measured = [
    ...(runtime === null ? [] : ['--runtime', runtime]),
    ...(threads.repetitions === DEFAULT_REPETITIONS ? [] : ['--repetitions', String(threads.repetitions)]),
    ...(threads.milliseconds === DEFAULT_MILLISECONDS ? [] : ['--duration', `${threads.milliseconds}ms`]),
    ...(threads.placement === null ? [] : ['--placement', threads.placement]),
    ...(threads.disk === null ? [] : ['--disk', `real:${threads.disk}`]),
  ];
  return ['acklab', ...words, '--precision', String(precision), ...measured].map(quoteWord).join(' ');
}

/** Of throughput, at 95 % confidence. */
export const DEFAULT_PRECISION = 0.02;
/** Below a tenth of a percent a point needs millions of commits; above a half its interval says nothing. */
export const PRECISION_RANGE = [0.001, 0.5] as const;

/** Enough for an interval, and few enough for a first look: 5 give a factor of 2.8 on the standard error. */
export const DEFAULT_REPETITIONS = 5;
export const DEFAULT_MILLISECONDS = 80;

const quoteWord = (word: string): string =>
  /^[\w./=:,+%@-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

function describeMachine(): Machine {
  const processors = cpus();
  return {
    cpu_model: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memory_bytes: totalmem(),
    os: `${type()} ${release()}`,
  };
}

/** A run that begins now. */
export function beginManifest(
  workload: Workload,
  { acklab, started, request, jobs }: Pick<Manifest, 'acklab' | 'started' | 'request' | 'jobs'>,
): Manifest {
  const { name, title, description, omitted = [] } = workload;
  return {
    format: 1,
    acklab,
    code: codeFingerprint(),
    node: process.versions.node,
    request,
    workload: { name, title, description, omitted },
    jobs,
    machine: describeMachine(),
    status: 'running',
    started,
    finished: null,
    wall_seconds: 0,
    warnings: [],
    parts: packParts(workload),
  };
}

/** Splits each part's settings into what its points share and what each has of its own; 600 points stay readable. */
export function packParts(workload: Workload): ManifestPart[] {
  return workload.parts.map(({ name, title, question, runtime, charts, points }) => {
    const first = points[0];
    if (first === undefined) return { name, title, question, runtime, charts, swept: [], settings: {}, points: [] };
    const names = Object.keys(first.settings) as (keyof Settings)[];
    const shared = names.filter((key) => points.every((point) => same(point.settings[key], first.settings[key])));
    const own = names.filter((key) => !shared.includes(key));
    return {
      name,
      title,
      question,
      runtime,
      charts,
      swept: first.swept,
      settings: pick(first.settings, shared),
      points: points.map(({ index, variant, settings, experiment, repetition }) => ({
        index,
        variant,
        set: pick(settings, own),
        ...(experiment && { experiment }),
        ...(repetition === null ? {} : { repetition }),
      })),
    };
  });
}

const same = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

function pick(settings: Settings, names: readonly (keyof Settings)[]): Partial<Settings> {
  return Object.fromEntries(names.map((name) => [name, settings[name]]));
}

/** Each manifest is unpacked once: a run asks for its points again and again. */
const unpackedOf = new WeakMap<Manifest, Workload>();

/** The workload that packParts packed. */
export function unpackWorkload(manifest: Manifest): Workload {
  const known = unpackedOf.get(manifest);
  if (known) return known;
  const parts = manifest.parts.map(({ name, title, question, runtime, charts, swept, settings, points }): Part => {
    const unpacked = points.map(
      ({ index, variant, set, experiment, repetition }): Point => ({
        index,
        part: name,
        variant,
        swept,
        settings: { ...settings, ...set } as Settings,
        ...(experiment && { experiment }),
        runtime: repetition === undefined ? 'virtual' : 'threads',
        repetition: repetition ?? null,
      }),
    );
    return { name, title, question, runtime, charts, points: unpacked };
  });
  const workload = { ...manifest.workload, parts };
  unpackedOf.set(manifest, workload);
  return workload;
}

/** Says in what a run that was asked for differs from one that was recorded; undefined when in nothing that matters. */
export function manifestDifference(recorded: Manifest, asked: Manifest): string | undefined {
  if (recorded.acklab !== asked.acklab) return `acklab ${recorded.acklab}, now ${asked.acklab}`;
  if (recorded.workload.name !== asked.workload.name) {
    return `workload ${recorded.workload.name}, now ${asked.workload.name}`;
  }
  const asMeasured = ({ runtime, threads }: RunRequest): string => JSON.stringify({ runtime, ...threads });
  if (asMeasured(recorded.request) !== asMeasured(asked.request)) {
    return `measured as ${asMeasured(recorded.request)}, now ${asMeasured(asked.request)}`;
  }
  if (recorded.request.precision !== asked.request.precision) {
    return `precision ${recorded.request.precision}, now ${asked.request.precision}`;
  }
  const before = unpackWorkload(recorded).parts.flatMap((part) => part.points);
  const now = unpackWorkload(asked).parts.flatMap((part) => part.points);
  const differing = new Set<string>();
  for (const [i, point] of before.entries()) {
    for (const name of differingSettings(point.settings, now[i]?.settings)) differing.add(name);
  }
  if (before.length === now.length && differing.size === 0) {
    const other = before.find((point, i) => !same(point.experiment, now[i]?.experiment));
    return other && `the workload has changed: what is done in point ${other.index} of ${other.part}`;
  }
  return requestDifference(recorded.request, asked.request) ?? pointDifference(differing, before, now);
}

/** What the user wrote says it best; it can also be the same, where a workload's file has changed since. */
function requestDifference(recorded: RunRequest, asked: RunRequest): string | undefined {
  const said = ({ set, calibrations, seed }: RunRequest) =>
    [
      ...set.map((text) => `--set ${text}`),
      ...calibrations.map((file) => `--calibration ${file}`),
      ...(seed === null ? [] : [`--seed ${seed}`]),
    ].join(' ') || 'no --set';
  return said(recorded) === said(asked) ? undefined : `${said(recorded)}, now ${said(asked)}`;
}

function pointDifference(differing: ReadonlySet<string>, before: readonly Point[], now: readonly Point[]): string {
  if (before.length !== now.length) return `the workload had ${before.length} points, now ${now.length}`;
  const changes = [...differing].map((name) => describeChange(name as keyof Settings, before, now));
  return `the workload has changed: ${changes.join(', ')}`;
}

function differingSettings(a: Settings, b: Settings | undefined): string[] {
  return Object.keys({ ...a, ...b }).filter((name) => !same(a[name as keyof Settings], b?.[name as keyof Settings]));
}

function describeChange(name: keyof Settings, before: readonly Point[], now: readonly Point[]): string {
  const i = before.findIndex((point, at) => !same(point.settings[name], now[at]?.settings[name]));
  return `${name} ${JSON.stringify(before[i]?.settings[name])}, now ${JSON.stringify(now[i]?.settings[name])}`;
}

/** As much of the layout as reading on depends on; the rest is only ever shown. */
const manifestShape = z.looseObject({
  format: z.literal(1),
  acklab: z.string(),
  workload: z.looseObject({
    name: z.string(),
    title: z.string(),
    description: z.string(),
    omitted: z.array(z.string()),
  }),
  request: z.looseObject({
    workloads: z.array(z.string()),
    set: z.array(z.string()),
    calibrations: z.array(z.string()),
    seed: z.int().nullable(),
    precision: z.number(),
    runtime: z.enum(RUNTIME_CHOICES).nullable(),
    threads: z.looseObject({
      repetitions: z.int(),
      milliseconds: z.number(),
      placement: z.string().nullable(),
      disk: z.string().nullable(),
    }),
  }),
  status: z.enum(['running', 'interrupted', 'complete']),
  wall_seconds: z.number(),
  parts: z.array(
    z.looseObject({
      name: z.string(),
      charts: z.array(z.looseObject({ name: z.string(), x: z.string(), y: z.string() })),
      swept: z.array(z.string()),
      settings: z.looseObject({}),
      points: z.array(z.looseObject({ index: z.int(), variant: z.string(), set: z.looseObject({}) })),
    }),
  ),
});

export function readManifest(file: string): Manifest {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const missing = code === 'ENOENT' || code === 'ENOTDIR';
    throw new InputError(missing ? `${file}: not found; is this a run directory?` : `${file}: ${message}`);
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new InputError(`${file}: not JSON (${(error as Error).message}); the run cannot be read without it`);
  }
  const checked = manifestShape.safeParse(content);
  if (checked.success) return content as Manifest;
  const issue = checked.error.issues[0];
  throw new InputError(`${file}: ${issue?.path.join('.') || 'content'}: ${issue?.message ?? 'unexpected'}`);
}
