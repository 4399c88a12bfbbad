/** Finds workloads by name or file, and reads what `--set` says. */
import { readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { PARAMETER_NAMES, type ParameterName, type Settings } from '../engine/protocol/parameters.js';
import type { Calibrations } from './calibration.js';
import { shippedCalibrations } from './calibration-file.js';
import { isObject } from './checked.js';
import { expandSweep, type Given } from './expand.js';
import { InputError } from './input-error.js';
import { unknownName } from './nearest.js';
import { packageRoot } from './package-root.js';
import { sampleReader } from './samples.js';
import type { SettingsInput, SweepInput } from './script-input.js';
import { checkMerged, mergeSettings, parseSetting, type SetOption } from './setting.js';
import type { Part, Workload } from './workload.js';
import { readScriptSweep, readWorkloadFile, type TourSource } from './workload-file.js';

const EXTENSION = '.yaml';

const builtinFolder = (): string => join(packageRoot(), 'workloads', 'builtin');

/** `default` first, as the one that shows all others. */
function builtinNames(): string[] {
  const files = readdirSync(builtinFolder()).filter((file) => file.endsWith(EXTENSION));
  const names = files.map((file) => file.slice(0, -EXTENSION.length)).sort();
  return ['default', ...names.filter((name) => name !== 'default')];
}

const looksLikePath = (nameOrFile: string): boolean => /[/\\]|\.ya?ml$/i.test(nameOrFile);

/** The file of a built-in workload, or the file that a path means from `folder`. */
function fileOf(nameOrFile: string, folder: string, place = ''): string {
  if (looksLikePath(nameOrFile)) return resolve(folder, nameOrFile);
  const names = builtinNames();
  if (names.includes(nameOrFile)) return join(builtinFolder(), nameOrFile + EXTENSION);
  const unknown = unknownName('workload', nameOrFile, names);
  const aside = unknown.endsWith('?') ? ' A file' : '; a file';
  throw new InputError(`${place}${unknown}${aside} is given by its path, ending in .yaml`);
}

/** A part that its overrides make impossible is left out of a tour, unless nothing else is left. */
function tourParts(tour: TourSource, file: string, given: Given): { parts: Part[]; omitted: string[] } {
  const omitted: string[] = [];
  const parts: Part[] = [];
  const charts = new Map<string, string>();
  let firstIndex = 0;
  for (const part of tour.parts) {
    const { name, place } = part.use;
    const source = readWorkloadFile(fileOf(name, dirname(file), `${place}: `));
    if (source.kind === 'tour') {
      throw new InputError(`${place}: ${name} is made of parts itself; name those parts here instead`);
    }
    if (parts.some((other) => other.name === source.name)) {
      throw new InputError(`${place}: the part "${source.name}" stands twice; leave one out`);
    }
    let expanded: Part;
    try {
      expanded = expandSweep(source, part, given, firstIndex);
    } catch (error) {
      if (!(error instanceof InputError) || given.overrides.length === 0) throw error;
      omitted.push(`${source.name} (${error.message})`);
      continue;
    }
    for (const chart of expanded.charts) {
      const other = charts.get(chart.name);
      if (other !== undefined) {
        throw new InputError(`${place}: ${source.name} and ${other} both have a chart "${chart.name}"; rename one`);
      }
      charts.set(chart.name, source.name);
    }
    parts.push(expanded);
    firstIndex += expanded.points.length;
  }
  if (parts.length === 0) throw new InputError(`nothing is left of ${tour.name}: ${omitted[0]}`);
  return { parts, omitted };
}

/**
 * Loads a built-in workload by name, a YAML file by path, or what a script gives, with every point resolved and checked.
 * `overrides` win over everything it says, and narrow the axes they name; `calibrations` are the defaults. Throws
 * `InputError`.
 */
export function loadWorkload(
  workload: string | SweepInput,
  overrides: readonly SetOption[] = [],
  calibrations: Calibrations = shippedCalibrations(),
): Workload {
  const given = { overrides, calibrations };
  const file = typeof workload === 'string' ? fileOf(workload, process.cwd()) : '';
  const source = typeof workload === 'string' ? readWorkloadFile(file) : readScriptSweep(workload);
  const { name, title, description } = source;
  if (source.kind !== 'tour') {
    return { name, title, description, parts: [expandSweep(source, undefined, given, 0)] };
  }
  const { parts, omitted } = tourParts(source, file, given);
  return { name, title, description, parts, ...(omitted.length > 0 ? { omitted } : {}) };
}

/** The file of a built-in workload, or the one that a path means. Throws `InputError`. */
export const workloadFile = (nameOrFile: string): string => fileOf(nameOrFile, process.cwd());

export interface WorkloadSummary {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** How many points it has. */
  readonly points: number;
}

/** The built-in workloads, `default` first. */
export function listWorkloads(): WorkloadSummary[] {
  return builtinNames().map((builtin) => {
    const { name, title, description, parts } = loadWorkload(builtin);
    return { name, title, description, points: parts.reduce((sum, { points }) => sum + points.length, 0) };
  });
}

const isParameter = (name: string): name is ParameterName => (PARAMETER_NAMES as readonly string[]).includes(name);

/** Parses the argument of `--set`; files of samples are looked up from the working directory. Throws `InputError`. */
export function parseSetOption(text: string): SetOption {
  const place = `--set ${text}`;
  const equals = text.indexOf('=');
  if (equals < 0) throw new InputError(`${place}: no value; write --set name=value, such as --set rtt=2ms`);
  return parseNamed(text.slice(0, equals).trim(), text.slice(equals + 1), place);
}

function parseNamed(name: string, raw: unknown, place: string): SetOption {
  if (!isParameter(name)) throw new InputError(`${place}: ${unknownName('parameter', name, PARAMETER_NAMES)}`);
  return parseSetting(name, raw, place, sampleReader(process.cwd()));
}

/** Parses settings as a script writes them. Throws `InputError`. */
export function parseSettings(input: SettingsInput): SetOption[] {
  if (!isObject(input)) throw new InputError('settings: an object is wanted, such as { clients: 16 }');
  return Object.entries(input).map(([name, raw]) => parseNamed(name, raw, 'settings'));
}

/** The settings of a single point: the calibrated defaults and what `--set` changes. Throws `InputError`. */
export function resolveSettings(
  overrides: readonly SetOption[],
  calibrations: Calibrations = shippedCalibrations(),
): Settings {
  return checkMerged(mergeSettings(overrides, calibrations), [], overrides);
}
