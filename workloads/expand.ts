/** Expands a sweep into its points: variants times axes, in that order, the last axis varying fastest. */
import type { ParameterName } from '../engine/protocol/parameters.js';
import type { Calibrations } from './calibration.js';
import { keptCharts } from './charts.js';
import { showsInColumn } from './columns.js';
import { crashExperiment } from './crash-file.js';
import { InputError } from './input-error.js';
import { unknownName } from './nearest.js';
import { checkMerged, mergeSettings, type SetOption, type Setting } from './setting.js';
import { checkShift, shifted } from './shift.js';
import { experimentOf } from './timeline-file.js';
import { formatValue } from './units.js';
import type { Part, Point } from './workload.js';
import type { Axis, ExperimentSource, SweepSource, TourPart, VariantSource } from './workload-file.js';

/** Far more than any machine finishes in a day; more is a product that somebody did not multiply out. */
const MAX_POINTS = 100_000;

function narrowAxes(source: SweepSource, tour: TourPart | undefined, overrides: readonly SetOption[]): Axis[] {
  const names = source.axes.map(({ name }) => name);
  for (const { name, place } of tour?.axes ?? []) {
    if (!names.includes(name)) throw new InputError(`${place}: ${unknownName(`axis of ${source.name}`, name, names)}`);
  }
  return source.axes.map((axis) => {
    const narrowed = tour?.axes.find(({ name }) => name === axis.name) ?? axis;
    const fixed = overrides.findLast(({ name }) => name === axis.name);
    return fixed === undefined ? narrowed : { ...narrowed, values: [fixed] };
  });
}

function keptVariants(source: SweepSource, tour: TourPart | undefined): readonly VariantSource[] {
  for (const { set, shifts } of source.variants) {
    for (const shift of shifts) checkShift(shift);
    const clash = set.find(({ name }) => source.axes.some((axis) => axis.name === name));
    if (clash) throw new InputError(`${clash.place}: ${clash.name} is swept already; set it in variants or in sweep`);
  }
  if (tour?.variants === undefined) return source.variants;
  const names = source.variants.map(({ name }) => name);
  return tour.variants.map(({ name, place }) => {
    const variant = source.variants.find((known) => known.name === name);
    if (variant === undefined)
      throw new InputError(`${place}: ${unknownName(`variant of ${source.name}`, name, names)}`);
    return variant;
  });
}

/**
 * As an override narrows the axis of its name, it chooses among variants: where one says the same, those that say
 * otherwise are left out, since a "MySQL 5.6" that runs as 5.7 would only bear a wrong name.
 */
function chosenVariants(variants: readonly VariantSource[], overrides: readonly SetOption[]): readonly VariantSource[] {
  const says = ({ set }: VariantSource, { name }: SetOption) => set.findLast((setting) => setting.name === name)?.text;
  return overrides.reduce((left, override) => {
    if (!left.some((variant) => says(variant, override) === override.text)) return left;
    return left.filter((variant) => (says(variant, override) ?? override.text) === override.text);
  }, variants);
}

function* product(axes: readonly Axis[]): Generator<readonly Setting[]> {
  const [first, ...rest] = axes;
  if (first === undefined) {
    yield [];
    return;
  }
  for (const value of first.values) for (const others of product(rest)) yield [value, ...others];
}

/** Names what no column of the observations tells, so that every row can be told from the others. */
function variantLabel(
  variant: VariantSource | undefined,
  values: readonly Setting[],
  unseen: ReadonlySet<ParameterName>,
) {
  const labels = values.filter(({ name }) => unseen.has(name)).map(({ name, text }) => `${name}=${text}`);
  return [...(variant ? [variant.name] : []), ...labels].join(', ');
}

const agrees = (combination: readonly Axis[], settings: Point['settings']): boolean =>
  combination.every(({ name, values }) => {
    const text = formatValue(name, settings[name]);
    return values.some((value) => value.text === text);
  });

const experimentFor = (source: ExperimentSource, variant: VariantSource | undefined, settings: Point['settings']) =>
  source.kind === 'crash' ? crashExperiment(source, variant, settings) : experimentOf(source, variant, settings);

function points(
  source: SweepSource,
  axes: readonly Axis[],
  variants: readonly VariantSource[],
  { overrides, calibrations }: Given,
): Omit<Point, 'index'>[] {
  const varied = axes.filter(({ values }) => values.length > 1);
  const swept = varied.map(({ name }) => name);
  const unseen = new Set(
    varied
      .filter(
        ({ name, values }) =>
          source.experiment?.kind === 'timeline' ||
          !showsInColumn(
            name,
            values.map(({ value }) => value),
          ),
      )
      .map(({ name }) => name),
  );
  const found: Omit<Point, 'index'>[] = [];
  for (const variant of variants.length === 0 ? [undefined] : variants) {
    for (const values of product(axes)) {
      const fromFile = [...source.set, ...(variant?.set ?? []), ...values];
      const settings = shifted(mergeSettings([...fromFile, ...overrides], calibrations), variant?.shifts ?? []);
      if (source.skip.some((combination) => agrees(combination, settings))) continue;
      checkMerged(settings, fromFile, overrides);
      const variantName = variantLabel(variant, values, unseen);
      const experiment = source.experiment && experimentFor(source.experiment, variant, settings);
      const point = { part: source.name, variant: variantName, swept, settings, ...(experiment && { experiment }) };
      found.push({ ...point, runtime: 'virtual', repetition: null });
    }
  }
  return found;
}

/** What holds for a whole workload: calibrated defaults below all that a file says, and overrides above. */
export interface Given {
  readonly calibrations: Calibrations;
  readonly overrides: readonly SetOption[];
}

/** Expands one sweep. `tour` makes it sparser; overrides win over everything and narrow the axes they name. */
export function expandSweep(source: SweepSource, tour: TourPart | undefined, given: Given, firstIndex: number): Part {
  const { overrides } = given;
  const axes = narrowAxes(source, tour, overrides);
  const variants = chosenVariants(keptVariants(source, tour), overrides);
  const place = tour?.use.place ?? source.place;
  const size = axes.reduce((product, { values }) => product * values.length, Math.max(1, variants.length));
  if (size > MAX_POINTS) {
    throw new InputError(
      `${place}: ${size} points in ${source.name}; sweep fewer values, ${MAX_POINTS} points at most`,
    );
  }
  const found = points(source, axes, variants, given).map((point, n) => ({ index: firstIndex + n, ...point }));
  if (found.length === 0) {
    const fixed = overrides.map(({ place }) => place).join(' ');
    throw new InputError(
      `${place}: no point of ${source.name} is left${fixed && ` under ${fixed}`}; its "skip" takes them all`,
    );
  }
  const { name, title, question, runtime } = source;
  return { name, title, question, runtime, points: found, charts: keptCharts(source, tour, overrides, found) };
}
