/**
 * A baseline: a run that later ones are held against, small and readable enough to be committed. What all points share
 * stands once, then what those of one profile and of one part share, and each point is a line; so a diff shows which
 * parameter or which point moved.
 */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { RecordedPoint, RecordedRun } from '../analysis/recorded-run.js';
import { InputError } from '../workloads/input-error.js';
import { readFailure, readInputFile } from '../workloads/input-file.js';
import { storageError, writeWhole } from './store.js';

type Texts = Readonly<Record<string, string>>;

const texts = z.record(z.string(), z.string());

const baselineShape = z.strictObject({
  format: z.literal(1),
  workload: z.string(),
  command: z.string(),
  precision: z.number(),
  acklab: z.string(),
  started: z.string(),
  machine: z.string().nullable(),
  code: texts,
  settings: texts,
  profiles: z.record(z.string(), texts),
  parts: z.array(
    z.strictObject({
      part: z.string(),
      runtime: z.string(),
      swept: z.array(z.string()),
      settings: texts,
      points: z.array(
        z.strictObject({
          variant: z.string(),
          set: texts,
          seeds: z.array(z.int()),
          values: z.record(z.string(), z.array(z.number()).min(1)),
        }),
      ),
    }),
  ),
});

type BaselineFile = z.infer<typeof baselineShape>;

export function writeBaseline(path: string, run: RecordedRun): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    throw storageError(dirname(path), error);
  }
  writeWhole(path, formatBaseline(run));
}

/** Throws `InputError`. */
export function readBaseline(path: string): RecordedRun {
  let text: string;
  try {
    text = readInputFile(path);
  } catch (error) {
    throw new InputError(`${path}: ${readFailure(error)}`);
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new InputError(
      `${path}: neither a run directory nor a baseline (${(error as Error).message}); make one with acklab baseline save`,
    );
  }
  const checked = baselineShape.safeParse(content);
  if (checked.success) return unpack(path, checked.data);
  const issue = checked.error.issues[0];
  const place = issue?.path.join('.') || 'content';
  throw new InputError(`${path}: ${place}: ${issue?.message ?? 'unexpected'}; make it anew with acklab baseline save`);
}

function unpack(path: string, file: BaselineFile): RecordedRun {
  const { parts, settings: shared, profiles, format: _, ...run } = file;
  const points = parts.flatMap(({ part, runtime, swept, settings: ofPart, points: members }) =>
    members.map(({ variant, set, seeds, values }): RecordedPoint => {
      const profile = set.profile ?? ofPart.profile ?? shared.profile ?? '';
      return {
        runtime,
        part,
        variant,
        swept,
        settings: { ...shared, ...profiles[profile], ...ofPart, ...set },
        seeds,
        values,
      };
    }),
  );
  return { ...run, name: path, points };
}

/** Names that have one value in all of these. */
function common(all: readonly Texts[]): Texts {
  const [first = {}, ...others] = all;
  return Object.fromEntries(
    Object.entries(first).filter(([name, text]) => others.every((other) => other[name] === text)),
  );
}

/** What `layers`, later over earlier, do not say of `settings`. */
function unsaid(settings: Texts, ...layers: readonly Texts[]): Texts {
  const said: Texts = Object.assign({}, ...layers);
  return Object.fromEntries(Object.entries(settings).filter(([name, text]) => said[name] !== text));
}

const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];

function pack(run: RecordedRun): BaselineFile {
  const { points, workload, command, precision, acklab, started, machine, code } = run;
  const shared = common(points.map(({ settings }) => settings));
  const profileOf = ({ settings }: RecordedPoint): string => settings.profile ?? '';
  const profiles = Object.fromEntries(
    distinct(points.map(profileOf)).map((profile) => {
      const own = common(points.filter((point) => profileOf(point) === profile).map(({ settings }) => settings));
      return [profile, unsaid(own, shared, { profile })];
    }),
  );
  const groupOf = ({ part, runtime }: RecordedPoint): string => JSON.stringify([part, runtime]);
  const parts = distinct(points.map(groupOf)).map((group) => {
    const members = points.filter((point) => groupOf(point) === group);
    const { part, runtime, swept } = members[0]!;
    const rest = members.map((point) => unsaid(point.settings, shared, profiles[profileOf(point)] ?? {}));
    const ofPart = common(rest);
    return {
      part,
      runtime,
      swept: [...swept],
      settings: ofPart,
      points: members.map(({ variant, settings, seeds, values }) => ({
        variant,
        set: unsaid(settings, shared, profiles[settings.profile ?? ''] ?? {}, ofPart),
        seeds: [...seeds],
        values: Object.fromEntries(Object.entries(values).map(([metric, list]) => [metric, [...list]])),
      })),
    };
  });
  const head = { workload, command, precision, acklab, started, machine, code };
  return { format: 1, ...head, settings: shared, profiles, parts };
}

/** JSON with a line for each entry of `settings`, `profiles` and `code`, and a line for each point. */
export function formatBaseline(run: RecordedRun): string {
  const { parts, ...head } = pack(run);
  const top = JSON.stringify(head, null, 1).replace(/\n}$/, '');
  const partTexts = parts.map(({ points, ...part }) => {
    const lines = points.map((point) => `   ${JSON.stringify(point)}`).join(',\n');
    return `  ${JSON.stringify(part).replace(/}$/, '')},"points":[\n${lines}\n  ]}`;
  });
  return `${top},\n "parts": [\n${partTexts.join(',\n')}\n ]\n}\n`;
}
