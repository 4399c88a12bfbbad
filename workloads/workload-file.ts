/** Reads one workload file, and objects to what is wrong in it by file, line and column. */
import { dirname } from 'node:path';
import type { Microseconds, ParameterName } from '../engine/protocol/parameters.js';
import { checked, isObject, valueAt } from './checked.js';
import { type CrashSource, crashSource, ENDLESS } from './crash-file.js';
import { type Path, readYaml, type YamlFile } from './document.js';
import { InputError } from './input-error.js';
import { sampleReader } from './samples.js';
import {
  type CrashContent,
  crashSchema,
  type SweepContent,
  scriptSweepSchema,
  sweepSchema,
  type TimelineContent,
  timelineSchema,
  tourSchema,
} from './schema.js';
import { type SweepInput, scriptDocument } from './script-input.js';
import { parseSetting, type Setting } from './setting.js';
import { type ScheduledSource, scheduleSource, type TimelineSource, timelineSource } from './timeline-file.js';
import type { SampleReader } from './units.js';
import type { ChartRequest, ReplicasCrash, RuntimeChoice } from './workload.js';

/** A parameter that is swept, with a setting for each of its values. */
export interface Axis {
  readonly name: ParameterName;
  readonly values: readonly Setting[];
  readonly place: string;
}

export interface VariantSource {
  readonly name: string;
  readonly set: readonly Setting[];
  readonly shifts: readonly Shift[];
  /** Instead of the workload's own. */
  readonly schedule?: readonly ScheduledSource[];
  readonly replicasCrash?: ReplicasCrash;
  readonly place: string;
}

/** A parameter changed against what a point would have without it: `factor` times that, and `more` besides. */
export interface Shift {
  readonly name: ParameterName;
  readonly factor: number;
  readonly more: number;
  readonly place: string;
}

export interface ChartSource {
  readonly request: ChartRequest;
  /** Place of the chart itself, or of one of its keys. */
  readonly placeOf: (key?: keyof ChartRequest) => string;
}

export interface SweepSource {
  readonly kind: 'sweep';
  readonly name: string;
  readonly title: string;
  readonly question: string;
  readonly description: string;
  readonly place: string;
  readonly runtime: RuntimeChoice;
  readonly set: readonly Setting[];
  readonly axes: readonly Axis[];
  readonly variants: readonly VariantSource[];
  /** Points are left out that agree with all axes of one of these. */
  readonly skip: readonly (readonly Axis[])[];
  readonly charts: readonly ChartSource[];
  /** Absent: steady states are measured. */
  readonly experiment?: ExperimentSource;
}

/** What is done with each point, by `experiment:`. */
export type ExperimentSource = TimelineSource | CrashSource;

/** A name that a tour mentions, and where. */
export interface Mention {
  readonly name: string;
  readonly place: string;
}

export interface TourPart {
  readonly use: Mention;
  readonly axes: readonly Axis[];
  readonly variants?: readonly Mention[];
  readonly charts?: readonly Mention[];
}

export interface TourSource {
  readonly kind: 'tour';
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly place: string;
  readonly parts: readonly TourPart[];
}

/** Turns raw values into settings, each with its place. */
export class ValueReader {
  private readonly yaml: YamlFile;
  private readonly readSamples: SampleReader;

  constructor(yaml: YamlFile, readSamples: SampleReader) {
    this.yaml = yaml;
    this.readSamples = readSamples;
  }

  place(path: Path): string {
    return this.yaml.placeOf(this.yaml.offsetOf(path));
  }

  /** The schema hands keys on in its own order, but the first axis of the file is to vary slowest. */
  private inFileOrder(values: object | undefined, path: Path): [string, unknown][] {
    const order = Object.keys((valueAt(this.yaml.content, path) as object | undefined) ?? {});
    return Object.entries(values ?? {}).sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  }

  setting(name: string, raw: unknown, path: Path): Setting {
    return parseSetting(name as ParameterName, raw, this.place(path), this.readSamples);
  }

  settings(values: object | undefined, path: Path): Setting[] {
    return this.inFileOrder(values, path).map(([name, raw]) => this.setting(name, raw, [...path, name]));
  }

  /** One axis for each key; a value that stands twice would only be the same points twice. */
  axes(lists: object | undefined, path: Path): Axis[] {
    return this.inFileOrder(lists, path).map(([name, raw]) => {
      const list: readonly unknown[] = Array.isArray(raw) ? raw : [raw];
      const at = (index: number): Path => (Array.isArray(raw) ? [...path, name, index] : [...path, name]);
      const values = list.map((item, index) => this.setting(name, item, at(index)));
      const texts = values.map(({ text }) => text);
      const twice = values.find(({ text }, index) => texts.indexOf(text) !== index);
      if (twice) throw new InputError(`${twice.place}: ${name}: ${twice.text} stands twice; leave one out`);
      return { name: name as ParameterName, values, place: this.yaml.placeOf(this.yaml.keyOffsetOf([...path, name])) };
    });
  }

  shifts(numbers: object | undefined, path: Path, shift: (number: number) => Pick<Shift, 'factor' | 'more'>): Shift[] {
    return this.inFileOrder(numbers, path).map(([name, number]) => {
      const place = this.place([...path, name]);
      return { name: name as ParameterName, ...shift(number as number), place };
    });
  }

  mentions(names: readonly string[], path: Path): Mention[] {
    return names.map((name, index) => ({ name, place: this.place([...path, index]) }));
  }
}

function refuseTwice(named: readonly Mention[], what: string): void {
  const seen = new Set<string>();
  for (const { name, place } of named) {
    if (seen.has(name)) throw new InputError(`${place}: the ${what} "${name}" stands twice; give it a name of its own`);
    seen.add(name);
  }
}

function sweepSource(yaml: YamlFile, values: ValueReader): SweepSource {
  const content = checked(yaml, sweepSchema);
  const charts = content.charts.map((request, index) => ({
    request,
    placeOf: (key?: keyof ChartRequest) => values.place(['charts', index, ...(key === undefined ? [] : [key])]),
  }));
  refuseTwice(
    charts.map(({ request, placeOf }) => ({ name: request.name, place: placeOf('name') })),
    'chart',
  );
  return { ...partSource(yaml, values, content), runtime: content.runtime ?? 'virtual', charts };
}

type PartContent = Omit<SweepContent, 'charts'> | TimelineContent | CrashContent;

/** What sweeps of steady states and experiments have in common. */
function partSource(yaml: YamlFile, values: ValueReader, content: PartContent) {
  const variants = (content.variants ?? []).map(({ name, set, scale, add }, index) => ({
    name,
    set: values.settings(set, ['variants', index, 'set']),
    shifts: [
      ...values.shifts(scale, ['variants', index, 'scale'], (factor) => ({ factor, more: 0 })),
      ...values.shifts(add, ['variants', index, 'add'], (more) => ({ factor: 1, more })),
    ],
    place: values.place(['variants', index, 'name']),
  }));
  refuseTwice(variants, 'variant');
  return {
    kind: 'sweep' as const,
    name: content.name,
    title: content.title,
    question: content.question,
    description: content.description ?? content.question,
    place: yaml.name,
    set: values.settings(content.set, ['set']),
    axes: values.axes(content.sweep, ['sweep']),
    variants,
    skip: (content.skip ?? []).map((combination, index) => values.axes(combination, ['skip', index])),
  };
}

/** Where variants have schedules of their own. */
function withSchedules(
  variants: readonly VariantSource[],
  content: TimelineContent | CrashContent,
  run: { readonly duration: Microseconds },
  values: ValueReader,
): VariantSource[] {
  return variants.map((variant, index) => {
    const schedule = content.variants?.[index]?.schedule;
    if (schedule === undefined) return variant;
    return { ...variant, schedule: scheduleSource(schedule, ['variants', index, 'schedule'], run, values) };
  });
}

/** Its charts are not asked for: each run is drawn. */
function timelineSweepSource(yaml: YamlFile, values: ValueReader): SweepSource {
  const content = checked(yaml, timelineSchema);
  const part = partSource(yaml, values, content);
  const experiment = timelineSource(content, values);
  const variants = withSchedules(part.variants, content, experiment, values);
  return { ...part, variants, runtime: 'virtual', charts: [], experiment };
}

/** One chart holds all of its points. */
function crashSweepSource(yaml: YamlFile, values: ValueReader): SweepSource {
  const content = checked(yaml, crashSchema);
  const part = partSource(yaml, values, content);
  const variants = withSchedules(part.variants, content, ENDLESS, values).map((variant, index) => {
    const replicasCrash = content.variants?.[index]?.replicas_crash;
    return replicasCrash === undefined ? variant : { ...variant, replicasCrash };
  });
  return { ...part, variants, runtime: 'virtual', charts: [], experiment: crashSource(content, values) };
}

function tourSource(yaml: YamlFile, values: ValueReader): TourSource {
  const { name, title, description, parts } = checked(yaml, tourSchema);
  return {
    kind: 'tour',
    name,
    title,
    description,
    place: yaml.name,
    parts: parts.map(({ use, sweep, variants, charts }, index) => ({
      use: { name: use, place: values.place(['parts', index, 'use']) },
      axes: values.axes(sweep, ['parts', index, 'sweep']),
      ...(variants && { variants: values.mentions(variants, ['parts', index, 'variants']) }),
      ...(charts && { charts: values.mentions(charts, ['parts', index, 'charts']) }),
    })),
  };
}

export function readWorkloadFile(file: string): SweepSource | TourSource {
  const yaml = readYaml(file);
  if (!isObject(yaml.content)) {
    throw new InputError(`${yaml.placeOf(0)}: not a workload; write keys with values, beginning with "name: my-sweep"`);
  }
  const values = new ValueReader(yaml, sampleReader(dirname(file)));
  if ('parts' in yaml.content) return tourSource(yaml, values);
  switch (yaml.content.experiment) {
    case 'timeline':
      return timelineSweepSource(yaml, values);
    case 'crash':
      return crashSweepSource(yaml, values);
    default:
      return sweepSource(yaml, values);
  }
}

/** Files of samples are looked up from the working directory. */
export function readScriptSweep(input: SweepInput): SweepSource {
  const yaml = scriptDocument('workload', input);
  const content = checked(yaml, scriptSweepSchema);
  const named = { ...content, name: 'sweep', title: 'Sweep', question: 'What does the script ask?' };
  const part = partSource(yaml, new ValueReader(yaml, sampleReader(process.cwd())), named);
  return { ...part, runtime: 'virtual', charts: [] };
}
