/** Calibrations as YAML files: written by `acklab calibrate`, read wherever costs are needed, shipped for each profile. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { PARAMETER_NAMES, PARAMETERS, type ParameterName, type Settings } from '../engine/protocol/parameters.js';
import { PROFILE_NAMES, type ProfileName } from '../engine/protocol/profiles.js';
import type { Calibration, CalibrationDocument, CalibrationRecord, Calibrations, ErrorTable } from './calibration.js';
import { checked } from './checked.js';
import { type Path, readYaml, type YamlFile } from './document.js';
import { InputError } from './input-error.js';
import { MEASURES } from './measures.js';
import { packageRoot } from './package-root.js';
import { strict } from './schema.js';
import { parseSetting } from './setting.js';
import { ValueError } from './units.js';

const namesOf = (group: string): ParameterName[] => PARAMETER_NAMES.filter((name) => PARAMETERS[name].group === group);

/** Parameters that describe a server's machine and code, and so can be calibrated. */
export const COST_NAMES: readonly ParameterName[] = namesOf('cpu cost');
/** Parameters of the machine that somebody has to know. */
export const HOST_NAMES: readonly ParameterName[] = namesOf('host');

const quantity = z.union([z.string(), z.number()]);
const errors = strict('measure', {
  ...Object.fromEntries(
    MEASURES.map((name) => [
      name,
      strict('key', { median: z.number(), p90: z.number(), max: z.number(), bias: z.number() }).nullable(),
    ]),
  ),
});

/** Only `value` is needed to simulate; the rest says how sure it is, and a calibration written by hand may not know. */
const costSchema = strict('key', {
  value: quantity,
  low: quantity.exactOptional(),
  high: quantity.exactOptional(),
  pinned: z.number().min(0).max(1).exactOptional(),
  meaning: z.string().exactOptional(),
});

const keyed = <T extends z.ZodType>(what: string, names: readonly string[], schema: T) =>
  strict(what, Object.fromEntries(names.map((name) => [name, schema.exactOptional()]))) as unknown as z.ZodType<
    Readonly<Record<string, z.output<T>>>
  >;

const fileSchema = strict('key', {
  format: z.literal(1),
  acklab: z.string().exactOptional(),
  seed: z.int().exactOptional(),
  measured: z.array(z.string()).exactOptional(),
  servers: keyed(
    'profile',
    PROFILE_NAMES,
    strict('key', {
      rows: z.int().exactOptional(),
      host: keyed('parameter of the host', HOST_NAMES, quantity).exactOptional(),
      costs: keyed('cost', COST_NAMES, costSchema),
      errors_percent: strict('key', { fitted: errors, cross_validated: errors }).exactOptional(),
    }),
  ),
});

interface CalibrationFile {
  readonly yaml: YamlFile;
  readonly servers: z.output<typeof fileSchema>['servers'];
}

function readFile(file: string): CalibrationFile {
  const yaml = readYaml(file);
  return { yaml, servers: checked(yaml, fileSchema).servers };
}

/** The calibrations of a file, one for each server it names. Throws `InputError`. */
export const readCalibrations = (file: string): Calibration[] => calibrationsOf(readFile(file));

function calibrationsOf({ yaml, servers }: CalibrationFile): Calibration[] {
  const found = Object.entries(servers).map(([profile, { host, costs }]): Calibration => {
    const at: Path = ['servers', profile];
    const hostSettings = Object.entries(host ?? {}).map(([name, raw]) =>
      setting(yaml, name, raw, [...at, 'host', name]),
    );
    const costSettings = Object.entries(costs).map(([name, cost]) =>
      setting(yaml, name, cost.value, [...at, 'costs', name, 'value']),
    );
    const settings = Object.fromEntries([...hostSettings, ...costSettings]) as Partial<Settings>;
    return { profile: profile as ProfileName, settings };
  });
  if (found.length > 0) return found;
  throw new InputError(
    `${yaml.placeOf(yaml.offsetOf(['servers']))}: no server; name one of ${PROFILE_NAMES.join(', ')}`,
  );
}

function setting(yaml: YamlFile, name: string, raw: unknown, path: Path): [string, unknown] {
  const place = yaml.placeOf(yaml.offsetOf(path));
  const { value } = parseSetting(name as ParameterName, raw, place, noSamples);
  return [name, value];
}

/** A calibration is one file that can be passed on. */
const noSamples = (): never => {
  throw new ValueError('a calibration holds no files of samples; write constant, exponential or lognormal');
};

let shipped: Calibrations | undefined;

/** The calibrations that come with acklab: the default costs of the profiles. */
export function shippedCalibrations(): Calibrations {
  shipped ??= mergeCalibrations(new Map(), shippedFiles().flatMap(calibrationsOf));
  return shipped;
}

let files: readonly CalibrationFile[] | undefined;

/** Read once: a report wants their errors after their costs have been simulated. */
function shippedFiles(): readonly CalibrationFile[] {
  const folder = join(packageRoot(), 'workloads', 'calibrations');
  files ??= readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => readFile(join(folder, file)));
  return files;
}

/** How far off the shipped calibrations are on rows that were left out of their fit, as far as their files say. */
export const shippedCrossValidation = (): ReadonlyMap<ProfileName, ErrorTable> => errorsOf(shippedFiles());

/** The same of the calibrations in `files`. Throws `InputError`. */
export const crossValidationOf = (files: readonly string[]): ReadonlyMap<ProfileName, ErrorTable> =>
  errorsOf(files.map(readFile));

function errorsOf(files: readonly CalibrationFile[]): ReadonlyMap<ProfileName, ErrorTable> {
  const known = files.flatMap(({ servers }) => Object.entries(servers));
  return new Map(
    known.flatMap(([profile, { errors_percent }]) =>
      errors_percent === undefined ? [] : [[profile as ProfileName, errors_percent.cross_validated as ErrorTable]],
    ),
  );
}

/** The shipped calibrations, but for the servers that `files` name; of several for one server the last counts. */
export function calibrationsWith(files: readonly string[]): Calibrations {
  return mergeCalibrations(shippedCalibrations(), files.flatMap(readCalibrations));
}

const mergeCalibrations = (base: Calibrations, more: readonly Calibration[]): Calibrations =>
  new Map([...base, ...more.map((calibration) => [calibration.profile, calibration] as const)]);

/** The text of a calibration file. */
export function formatCalibrations({ acklab, seed, measured, servers }: CalibrationDocument): string {
  const content = {
    format: 1,
    acklab,
    seed,
    measured,
    servers: Object.fromEntries(servers.map((server) => [server.profile, formatServer(server)])),
  };
  return HEADING + stringify(content, { lineWidth: 0, flowCollectionPadding: true });
}

/** Tenths of a percent are what a person compares. */
const inTenths = (table: ErrorTable): object =>
  JSON.parse(JSON.stringify(table, (_, value) => (typeof value === 'number' ? Number(value.toFixed(1)) : value)));

const HEADING = `# Made by "acklab calibrate". Costs are CPU time unless their meaning says otherwise; low and high are the 95 % interval
# of the mean; pinned says how much of the first guess's width the measured rows have taken away (0 nothing, 1 all).
`;

function formatServer({ rows, host, costs, errors }: CalibrationRecord): object {
  return {
    rows,
    // Counts without quotation marks, as a person would write them.
    host: Object.fromEntries(
      Object.entries(host).map(([name, text]) => [name, /^\d+$/.test(text) ? Number(text) : text]),
    ),
    costs: Object.fromEntries(
      costs.map(({ name, value, fitted }) => [
        name,
        {
          value,
          ...(fitted && { low: `${fitted.low_us}us`, high: `${fitted.high_us}us`, pinned: fitted.pinned }),
          meaning: PARAMETERS[name].about,
        },
      ]),
    ),
    errors_percent: { fitted: inTenths(errors.fitted), cross_validated: inTenths(errors.cross_validated) },
  };
}
