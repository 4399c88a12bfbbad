/** Settings and sweeps as a script writes them: what a workload file says, as objects. */
import type { Distribution, ParameterName, Settings } from '../engine/protocol/parameters.js';
import type { Path, YamlFile } from './document.js';

type OneValue<V> = V extends boolean
  ? boolean | 'ON' | 'OFF'
  : V extends number
    ? number | string
    : V extends Distribution
      ? string | 0
      : V;

/**
 * A value as a workload file or `--set` spells it. Times, costs, sizes and bandwidths carry their unit (`'500us'`,
 * `'lognormal(1ms, 0.4)'`, `'4KiB'`, `'100Mbps'`); counts, rates and the seed are plain numbers; `'empirical(pings.csv)'` is looked up
 * from the working directory. What replicas have each of their own is one value for all, or a list with one for each.
 */
export type SettingInput<K extends ParameterName> = Settings[K] extends readonly (infer V)[]
  ? string | OneValue<V> | readonly OneValue<V>[]
  : OneValue<Settings[K]>;

/** Any of the parameters (see `PARAMETERS`); the others have the calibrated defaults of the profile. */
export type SettingsInput = { readonly [K in ParameterName]?: SettingInput<K> };

/** A sweep of steady states: its points are the product of variants and axes, the last axis varying fastest. */
export interface SweepInput {
  /** One value for all points. */
  readonly set?: SettingsInput;
  /** The axes: values for each parameter that is swept. */
  readonly sweep?: { readonly [K in ParameterName]?: readonly SettingInput<K>[] };
  /** Named alternatives, each combined with all axes. */
  readonly variants?: readonly VariantInput[];
  /** Points are left out that have all values of one of these; a list stands for any of its values. */
  readonly skip?: readonly { readonly [K in ParameterName]?: SettingInput<K> | readonly SettingInput<K>[] }[];
}

export interface VariantInput {
  readonly name: string;
  readonly set?: SettingsInput;
  /** Factors on what a point would have otherwise. */
  readonly scale?: { readonly [K in ParameterName]?: number };
  /** What a point has more than it would have otherwise, in the engine's units: µs, bytes, bits per second. */
  readonly add?: { readonly [K in ParameterName]?: number };
}

/** An object read as if it were a file: what a place names is the path to the value, `workload.sweep.rtt[1]`. */
export function scriptDocument(name: string, content: unknown): YamlFile {
  const paths: Path[] = [[]];
  const offsetOf = (path: Path): number => paths.push(path) - 1;
  const step = (key: PropertyKey): string => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`);
  return {
    name,
    content,
    offsetOf,
    keyOffsetOf: offsetOf,
    placeOf: (offset) => [name, ...(paths[offset] ?? []).map(step)].join(''),
  };
}
