/**
 * The shape of a workload file: which keys, where, holding what. Strict, for the loader and (as JSON Schema) for
 * editors. Parameter values pass as they are; the loader parses them, since it knows where sample files lie.
 */
import { z } from 'zod';
import { DYNAMIC_PARAMETERS, REPLICA_EVENTS } from '../engine/protocol/faults.js';
import { PARAMETER_NAMES, PARAMETERS, type ParameterInfo, type ParameterName } from '../engine/protocol/parameters.js';
import { COLUMNS, MEASURE_COLUMNS, POINT_COLUMNS } from './columns.js';
import { unknownName } from './nearest.js';
import { type ChartRequest, REPLICAS_CRASH, RUNTIME_CHOICES } from './workload.js';

/** Says which key was probably meant by one that is unknown. */
const unknownKeys =
  (what: string, known: readonly string[]) =>
  (issue: z.core.$ZodRawIssue): string | undefined =>
    issue.code === 'unrecognized_keys' ? unknownName(what, String(issue.keys[0]), known) : undefined;

/** An object without unknown keys. */
export function strict<Shape extends z.ZodRawShape>(what: string, shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  return z.strictObject(shape, { error: unknownKeys(what, Object.keys(shape)) });
}

const TIME = '(0|[0-9.]+ ?(ns|us|µs|ms|s))';
const COST = `(${TIME}|(constant|exponential)\\(${TIME}\\)|lognormal\\(${TIME}, *[0-9.]+\\)|empirical\\(.+\\))`;

/** What an editor may offer and refuse for one value; the loader takes other letter case, too. */
function editorSchemas(info: ParameterInfo): object[] {
  const { min, max } = info;
  switch (info.kind) {
    case 'choice':
      return [{ enum: info.values }];
    case 'switch':
      return [{ enum: ['ON', 'OFF', true, false] }];
    case 'count':
      return [{ type: 'integer', minimum: min, maximum: max }];
    case 'number':
      return [{ type: 'number', minimum: min, maximum: max }];
    case 'bytes':
      return [
        { type: 'integer', minimum: min, maximum: max },
        { type: 'string', pattern: '^[0-9.]+ ?([KMG]i?)?B$' },
      ];
    case 'bandwidth':
      return [{ const: 0 }, { type: 'string', pattern: '^(unlimited|[0-9.]+ ?[KMGTkmgt]?bps)' }];
    case 'time':
      return [{ const: 0 }, { type: 'string', pattern: `^${TIME}$` }];
    case 'cost':
      return [{ const: 0 }, { type: 'string', pattern: `^${COST}$` }];
  }
}

function editorSchema(info: ParameterInfo): Record<string, unknown> {
  const one = editorSchemas(info);
  if (!info.perReplica) return one.length === 1 ? { ...one[0] } : { anyOf: one };
  // The pattern of one value does not fit `200us/1ms/5ms`: text with a slash is left to the loader.
  const several = [
    { type: 'string', pattern: '/' },
    { type: 'array', minItems: 1, items: { anyOf: one } },
  ];
  return { anyOf: [...one, ...several] };
}

const VALUES = new Map<ParameterName, z.ZodUnknown>();
for (const name of PARAMETER_NAMES) {
  const { about } = PARAMETERS[name];
  VALUES.set(name, z.unknown().meta({ id: name, description: about, ...editorSchema(PARAMETERS[name]) }));
}

type PerParameter<T> = { readonly [K in ParameterName]?: T };

/** An object with a key for each parameter, all optional. */
function perParameter<T>(id: string, description: string, schemaOf: (value: z.ZodUnknown) => z.ZodType<T>) {
  const shape: Record<string, z.ZodType> = {};
  for (const [name, value] of VALUES) shape[name] = schemaOf(value).exactOptional();
  return strict('parameter', shape).meta({ id, description }) as unknown as z.ZodType<PerParameter<T>>;
}

const valuesSchema = perParameter<unknown>('values', 'one value for each parameter', (value) => value);

const axesSchema = perParameter<unknown[]>('axes', 'a list of values for each parameter', (value) =>
  z
    .array(value, 'a list of values is wanted, such as [a, b]; a parameter with one value belongs under "set"')
    .min(1, 'the list is empty; give at least one value, or leave the parameter out'),
);

/** Numbers, whatever the unit of the parameter. */
const shiftsSchema = perParameter<number>('shifts', 'a number for each parameter', () => z.number());

const nameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]*$/, 'a name is made of a-z, 0-9, ".", "_" and "-", and begins with a letter or digit')
  .meta({ id: 'name' });
const textSchema = z.string().trim().min(1, 'the text is empty').meta({ id: 'text' });
const oneOfColumns = (id: string, names: readonly string[]) =>
  z
    .enum(names as [string, ...string[]], { error: (issue) => unknownName('column', String(issue.input), names) })
    .meta({ id });

const columnSchema = oneOfColumns('column', COLUMNS);
const pointColumnSchema = oneOfColumns('point_column', POINT_COLUMNS);
const cellSchema = z.union([z.string(), z.number()]).meta({ id: 'cell' });

/** A partial record's type lets a value be undefined, which nothing read from YAML is. */
const whereSchema = z
  .partialRecord(pointColumnSchema, z.union([cellSchema, z.array(cellSchema).min(1)]), {
    error: unknownKeys('column', POINT_COLUMNS),
  })
  .meta({ description: 'keeps the points whose column has this value, or one of these; times in µs' }) as z.ZodType<
  NonNullable<ChartRequest['where']>
>;

const chartSchema = strict('key', {
  name: nameSchema,
  subject: textSchema.meta({ description: 'what the chart is about; its title states the finding' }),
  x: columnSchema,
  y: oneOfColumns('measure', MEASURE_COLUMNS),
  series: pointColumnSchema.exactOptional().meta({ description: 'one line for each value of this column' }),
  facet: pointColumnSchema.exactOptional().meta({ description: 'one panel for each value of this column' }),
  where: whereSchema.exactOptional(),
  x_scale: z.enum(['log', 'linear', 'ordinal']).exactOptional(),
  y_scale: z.enum(['log', 'linear']).exactOptional(),
  baseline: z
    .enum(['first', 'previous'])
    .exactOptional()
    .meta({ description: 'over variants: what each row is measured against; with previous, a waterfall' }),
  pairs: z.enum(['seed']).exactOptional().meta({
    description: 'over variants: a tornado chart of what each does against the first, by pairs of rows equal in this',
  }),
  compare: z
    .tuple([z.string(), z.string()])
    .exactOptional()
    .meta({ description: 'two values of the series column; the finding states the ratio, first over second' }),
}).meta({ id: 'chart' });

/** What every workload has that is no tour: the product of its variants and axes. */
const PART_KEYS = {
  name: nameSchema,
  title: textSchema,
  question: textSchema.meta({ description: 'the question that this sweep answers, as a sentence' }),
  description: textSchema.exactOptional(),
  set: valuesSchema.exactOptional().meta({ description: 'parameters with one value for all points' }),
  sweep: axesSchema
    .exactOptional()
    .meta({ description: 'the points are the product of these; the first varies slowest' }),
  skip: z
    .array(
      perParameter<unknown>('combination', 'points with these values, all of them, are left out', (value) =>
        z.union([value, z.array(value).min(1)]),
      ),
    )
    .exactOptional()
    .meta({ description: 'combinations of values that have no meaning' }),
};

const variantsOf = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z
    .array(
      strict('key', {
        name: textSchema,
        set: valuesSchema.exactOptional(),
        scale: shiftsSchema.exactOptional().meta({ description: 'factors on what a point would have otherwise' }),
        add: shiftsSchema.exactOptional().meta({ description: 'what a point has more than it would have otherwise' }),
        ...shape,
      }),
    )
    .min(1, 'the list of variants is empty; name one, or leave it out')
    .exactOptional()
    .meta({ description: 'named alternatives, each combined with all axes' });

/** A sweep of steady states. */
export const sweepSchema = strict('key', {
  ...PART_KEYS,
  experiment: z
    .literal('sweep', { error: (issue) => unknownName('experiment', String(issue.input), EXPERIMENTS) })
    .exactOptional(),
  runtime: z.enum(RUNTIME_CHOICES).exactOptional().meta({
    description: 'virtual time (default), threads on this machine, or both: measured dots over virtual curves',
  }),
  variants: variantsOf({}),
  charts: z.array(chartSchema).min(1, 'the list of charts is empty; describe one'),
});

const { set, sweep, skip } = PART_KEYS;

/** The same from a script, which draws no charts. */
export const scriptSweepSchema = strict('key', { set, sweep, skip, variants: variantsOf({}) });

/** What a spreadsheet still opens. */
const MAX_CRASHES = 100_000;

const timeSchema = (description: string) =>
  z.string(`a time is wanted, such as 500ms or 5s`).meta({ pattern: `^${TIME}$`, description });

/** What parameters can change during a run, and to what. */
const changesSchema = strict(
  'parameter that can change during a run',
  Object.fromEntries(DYNAMIC_PARAMETERS.map((name) => [name, VALUES.get(name)!.exactOptional()])),
).meta({ id: 'changes' });

const EVENT_NAMES = [...Object.keys(REPLICA_EVENTS), 'switchover'] as const;
const EVENTS_ABOUT = Object.entries(REPLICA_EVENTS).map(([name, about]) => `${name}: ${about}`);

const eventSchema = strict('key', {
  at: timeSchema('since the beginning of the run'),
  event: z
    .enum(EVENT_NAMES as unknown as [string, ...string[]], {
      error: (issue) => unknownName('event', String(issue.input), EVENT_NAMES),
    })
    .exactOptional()
    .meta({ description: `what happens to a replica. ${EVENTS_ABOUT.join('. ')}` }),
  set: changesSchema.exactOptional().meta({ description: 'parameters that change, with effect at once' }),
  replica: z
    .int('the number of a replica is wanted; the first is 1')
    .min(1, 'replicas are numbered from 1')
    .exactOptional()
    .meta({ description: 'which one, from 1; a change without it is of all of them, or of the source' }),
}).meta({ id: 'event' });

const scheduleSchema = z
  .array(eventSchema)
  .min(1, 'the schedule is empty; name an event')
  .exactOptional()
  .meta({ description: 'what happens, and when' });

/** Runs in which something happens, looked at interval by interval. */
export const timelineSchema = strict('key', {
  ...PART_KEYS,
  experiment: z.literal('timeline'),
  duration: timeSchema('length of the run, such as 30s'),
  interval: timeSchema('length of a row of timeline.csv, such as 250ms'),
  schedule: scheduleSchema,
  variants: variantsOf({ schedule: scheduleSchema }),
});

const replicasCrashSchema = z.enum(REPLICAS_CRASH).exactOptional().meta({
  description: "host: the replicas' machines crash with the source's, and lose what their relay logs had not flushed",
});

/** Runs that end with a crash of the source. */
export const crashSchema = strict('key', {
  ...PART_KEYS,
  experiment: z.literal('crash'),
  crashes: z
    .int('a number of crashes is wanted, such as 300')
    .min(1, 'at least one crash is wanted')
    .max(MAX_CRASHES, `at most ${MAX_CRASHES} crashes a point`)
    .meta({ description: 'of each point, every one of a run of its own' }),
  from: timeSchema('no crash comes before; all events of the schedule do (default 0)').exactOptional(),
  replicas_crash: replicasCrashSchema,
  schedule: scheduleSchema,
  variants: variantsOf({ schedule: scheduleSchema, replicas_crash: replicasCrashSchema }),
});

const EXPERIMENTS = ['sweep', 'timeline', 'crash'] as const;

/** A tour: other workloads one after the other, each as it is or made sparser. */
export const tourSchema = strict('key', {
  name: nameSchema,
  title: textSchema,
  description: textSchema,
  parts: z
    .array(
      strict('key', {
        use: textSchema.meta({ description: 'name of a built-in workload, or path of a file, from this one' }),
        sweep: axesSchema.exactOptional().meta({ description: 'other values for axes of that workload' }),
        variants: z.array(textSchema).min(1).exactOptional().meta({ description: 'names of the variants to keep' }),
        charts: z.array(textSchema).min(1).exactOptional().meta({ description: 'names of the charts to keep' }),
      }),
    )
    .min(1, 'the list of parts is empty; name one'),
});

export type SweepContent = z.output<typeof sweepSchema>;
export type TimelineContent = z.output<typeof timelineSchema>;
export type CrashContent = z.output<typeof crashSchema>;
export type EventContent = z.output<typeof eventSchema>;

/** What the loader hands on as a chart is what the schema lets through. */
const _chartsAreRequests = (chart: z.output<typeof chartSchema>): ChartRequest => chart;
void _chartsAreRequests;

/** The schema for editors, as committed in `workload.schema.json`. */
export function workloadJsonSchema(): object {
  const { $schema, ...either } = z.toJSONSchema(z.union([sweepSchema, timelineSchema, crashSchema, tourSchema]), {
    io: 'input',
  });
  return { $schema, title: 'acklab workload', ...either };
}
