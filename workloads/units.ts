/**
 * Values as people write them, with units, and as the engine wants them: times in µs, sizes in bytes, rates per second.
 * What is formatted here parses back to the same value.
 */
import {
  type Distribution,
  PARAMETERS,
  type ParameterInfo,
  type ParameterName,
  type Settings,
} from '../engine/protocol/parameters.js';
import { nearestName } from './nearest.js';

/** A value that cannot be had; says what is wrong with it and what to write instead, but not where it stands. */
export class ValueError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ValueError';
  }
}

/** Gives the times, in µs, that stand in the file which an `empirical(file)` names. */
export type SampleReader = (source: string) => readonly number[];

/** Units by their power of ten, so that parsing shifts a decimal point and never rounds twice. */
const TIME_SHIFTS: Readonly<Record<string, number>> = { ns: -3, us: 0, µs: 0, μs: 0, ms: 3, s: 6 };
const BANDWIDTH_SHIFTS: Readonly<Record<string, number>> = { bps: 0, kbps: 3, mbps: 6, gbps: 9, tbps: 12 };
const BYTE_FACTORS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
};

const QUANTITY = /^([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)\s*([a-zµμ]*)$/i;
const WHOLE_NUMBER = /^[+-]?\d+$/;

/** The widest spread of a lognormal that still means a time: at 3, the mean lies 90 times above the median. */
const MAX_SIGMA = 3;

const quote = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);

function shiftDecimal(digits: string, places: number): number {
  const [mantissa, exponent = '0'] = digits.toLowerCase().split('e');
  return Number(`${mantissa}e${Number(exponent) + places}`);
}

function quantityOf(text: string, what: string): { digits: string; unit: string } {
  const match = QUANTITY.exec(text);
  if (match === null) throw new ValueError(what);
  return { digits: match[1]!, unit: match[2]! };
}

export function parseTime(text: string): number {
  const { digits, unit } = quantityOf(text, `${quote(text)} is not a time; write it as 500us, 2ms or 1.5s`);
  if (unit === '') {
    if (Number(digits) === 0) return 0;
    throw new ValueError(`${quote(text)} has no unit; write ${text}us, ${text}ms or ${text}s`);
  }
  const shift = TIME_SHIFTS[unit.toLowerCase()];
  if (shift === undefined) throw new ValueError(`${quote(text)} has an unknown unit; use ns, us, ms or s`);
  return shiftDecimal(digits, shift);
}

export function formatTime(time_us: number): string {
  return time_us === 0 ? '0' : formatShifted(time_us, { s: 6, ms: 3, us: 0 }, 'us');
}

/** In the largest unit that leaves at least 1, unless writing it so would change the value. */
function formatShifted(value: number, shifts: Readonly<Record<string, number>>, base: string): string {
  for (const [unit, shift] of Object.entries(shifts)) {
    const digits = String(shiftDecimal(String(value), -shift));
    if (Math.abs(value) >= 10 ** shift && shiftDecimal(digits, shift) === value) return `${digits}${unit}`;
  }
  return `${value}${base}`;
}

export function parseBandwidth(text: string): number {
  if (text.toLowerCase() === 'unlimited') return 0;
  const { digits, unit } = quantityOf(
    text,
    `${quote(text)} is not a bandwidth; write it as 100Mbps, 1Gbps or unlimited`,
  );
  if (Number(digits) === 0) return 0;
  const shift = BANDWIDTH_SHIFTS[unit.toLowerCase()];
  if (shift === undefined) {
    const problem = unit === '' ? 'has no unit' : 'has an unknown unit';
    throw new ValueError(`${quote(text)} ${problem}; write bits per second as ${digits}Mbps or ${digits}Gbps`);
  }
  return shiftDecimal(digits, shift);
}

export function formatBandwidth(bits_per_second: number): string {
  if (bits_per_second === 0) return 'unlimited';
  return formatShifted(bits_per_second, { Tbps: 12, Gbps: 9, Mbps: 6, Kbps: 3 }, 'bps');
}

export function parseBytes(text: string): number {
  const { digits, unit } = quantityOf(text, `${quote(text)} is not a size; write it as 480, 4KB or 1MiB`);
  const factor = BYTE_FACTORS[unit.toLowerCase()];
  if (factor === undefined) {
    throw new ValueError(
      `${quote(text)} has an unknown unit; use KB, MB, GB (powers of 1000) or KiB, MiB, GiB (of 1024)`,
    );
  }
  const bytes = Number(digits) * factor;
  if (!Number.isInteger(bytes)) throw new ValueError(`${quote(text)} is not a whole number of bytes`);
  return bytes;
}

/** Other units are for people; a plain count of bytes is exact and short enough. */
export function formatBytes(bytes: number): string {
  return bytes !== 0 && bytes % 2 ** 20 === 0 ? `${bytes / 2 ** 20}MiB` : String(bytes);
}

export function parseSwitch(text: string): boolean {
  const upper = text.toUpperCase();
  if (upper === 'ON' || upper === 'TRUE' || upper === '1') return true;
  if (upper === 'OFF' || upper === 'FALSE' || upper === '0') return false;
  throw new ValueError(`${quote(text)} is not a switch; write ON or OFF`);
}

export const formatSwitch = (on: boolean): string => (on ? 'ON' : 'OFF');

function parseCount(text: string): number {
  const count = Number(text);
  if (!WHOLE_NUMBER.test(text) || !Number.isSafeInteger(count)) {
    throw new ValueError(`${quote(text)} is not a whole number; write digits only`);
  }
  return count;
}

function parseNumber(text: string): number {
  const { digits, unit } = quantityOf(text, `${quote(text)} is not a number`);
  if (unit !== '') throw new ValueError(`${quote(text)} has a unit, but this is a plain number; write ${digits}`);
  return Number(digits);
}

function parseChoice(text: string, values: readonly string[]): string {
  const value = values.find((known) => known.toLowerCase() === text.toLowerCase());
  if (value !== undefined) return value;
  const nearest = nearestName(text, values);
  const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`;
  throw new ValueError(`${quote(text)} is none of ${values.join(', ')}${hint}`);
}

/** `1ms`, `constant(1ms)`, `exponential(1ms)`, `lognormal(1ms, 0.4)`: mean and sigma of the log, `empirical(file.csv)`. */
export function parseDistribution(text: string, readSamples: SampleReader): Distribution {
  const call = /^([a-z]+)\s*\((.*)\)$/i.exec(text);
  if (call === null) return { kind: 'constant', mean: parseTime(text) };
  const kind = parseChoice(call[1]!, ['constant', 'exponential', 'lognormal', 'empirical']);
  const argument = call[2]!.trim();
  if (kind === 'empirical') return empirical(argument, readSamples);
  const [mean = '', sigma, ...more] = argument.split(',').map((part) => part.trim());
  if (kind === 'lognormal') {
    const spread = sigma === undefined || more.length > 0 ? Number.NaN : Number(sigma || Number.NaN);
    if (!(spread >= 0 && spread <= MAX_SIGMA)) {
      throw new ValueError(
        `${quote(text)} needs a mean and the sigma of the logarithm, 0 to ${MAX_SIGMA}; write lognormal(1ms, 0.4)`,
      );
    }
    return { kind, mean: parseTime(mean), sigma: spread };
  }
  if (sigma !== undefined) throw new ValueError(`${quote(text)} takes one time only; write ${kind}(${mean})`);
  return { kind: kind as 'constant' | 'exponential', mean: parseTime(mean) };
}

function empirical(source: string, readSamples: SampleReader): Distribution {
  if (source === '') throw new ValueError('empirical() needs a file of samples; write empirical(samples.csv)');
  const samples = readSamples(source);
  let sum = 0;
  for (const sample of samples) sum += sample;
  return { kind: 'empirical', mean: sum / samples.length, source, samples };
}

export function formatDistribution(cost: Distribution): string {
  switch (cost.kind) {
    case 'constant':
      return formatTime(cost.mean);
    case 'exponential':
      return `exponential(${formatTime(cost.mean)})`;
    case 'lognormal':
      return `lognormal(${formatTime(cost.mean)}, ${cost.sigma})`;
    case 'empirical':
      return `empirical(${cost.source})`;
  }
}

/** Splits at a letter outside of parentheses: `200us/lognormal(1ms, 0.4)/empirical(lan/far.csv)` has three parts. */
export function splitOutside(text: string, separator: '/' | ','): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    if (letter === '(') depth++;
    else if (letter === ')') depth--;
    else if (letter === separator && depth === 0) {
      parts.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  parts.push(text.slice(start).trim());
  return parts;
}

function parseScalar(info: ParameterInfo, text: string, readSamples: SampleReader): unknown {
  switch (info.kind) {
    case 'choice':
      return parseChoice(text, info.values ?? []);
    case 'switch':
      return parseSwitch(text);
    case 'count':
      return inRange(info, parseCount(text));
    case 'number':
      return inRange(info, parseNumber(text));
    case 'time':
      return inRange(info, parseTime(text));
    case 'bytes':
      return inRange(info, parseBytes(text));
    case 'bandwidth':
      return inRange(info, parseBandwidth(text));
    case 'cost': {
      const cost = parseDistribution(text, readSamples);
      if (cost.kind === 'empirical') for (const sample of cost.samples) inRange(info, sample);
      inRange(info, cost.mean);
      return cost;
    }
  }
}

function formatScalar(info: ParameterInfo, value: unknown): string {
  switch (info.kind) {
    case 'choice':
      return String(value);
    case 'switch':
      return formatSwitch(value as boolean);
    case 'count':
    case 'number':
      return String(value);
    case 'time':
      return formatTime(value as number);
    case 'bytes':
      return formatBytes(value as number);
    case 'bandwidth':
      return formatBandwidth(value as number);
    case 'cost':
      return formatDistribution(value as Distribution);
  }
}

function inRange(info: ParameterInfo, value: number): number {
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = info;
  const shown = (number: number): string => (info.kind === 'cost' ? formatTime(number) : formatScalar(info, number));
  if (value < min) {
    throw new ValueError(`${shown(value)} is ${min === 0 ? 'negative' : 'too small'}; the least is ${shown(min)}`);
  }
  if (!(value <= max)) {
    throw new ValueError(`${Number.isFinite(value) ? shown(value) : 'this'} is too large; the most is ${shown(max)}`);
  }
  return value;
}

const isScalar = (raw: unknown): raw is string | number | boolean =>
  typeof raw === 'string' || typeof raw === 'number' || typeof raw === 'boolean';

function textOf(raw: unknown): string {
  const text = isScalar(raw) ? String(raw).trim() : '';
  if (text === '')
    throw new ValueError(isScalar(raw) || raw == null ? 'the value is missing' : 'one value is wanted here');
  return text;
}

/** Parses what a YAML file or `--set` gives for parameter `name`. Throws `ValueError`. */
export function parseValue<K extends ParameterName>(name: K, raw: unknown, readSamples: SampleReader): Settings[K] {
  const info = PARAMETERS[name];
  if (!info.perReplica) {
    if (Array.isArray(raw)) throw new ValueError('takes one value, not a list');
    return parseScalar(info, textOf(raw), readSamples) as Settings[K];
  }
  const items = Array.isArray(raw) ? raw.map(textOf) : splitOutside(textOf(raw), '/');
  if (items.length === 0) throw new ValueError('the list is empty; give one value for all replicas, or one for each');
  return items.map((item) => parseScalar(info, textOf(item), readSamples)) as unknown as Settings[K];
}

/** The text that `parseValue` reads as this value. */
export function formatValue<K extends ParameterName>(name: K, value: Settings[K]): string {
  const info = PARAMETERS[name];
  if (!info.perReplica) return formatScalar(info, value);
  return (value as readonly unknown[]).map((item) => formatScalar(info, item)).join('/');
}
