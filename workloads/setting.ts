/** One parameter set to one value, and where somebody said so. */
import { checkSettings, SettingsError } from '../engine/protocol/check-settings.js';
import { defaultSettings, type ParameterName, type Settings } from '../engine/protocol/parameters.js';
import type { ProfileName } from '../engine/protocol/profiles.js';
import type { Calibrations } from './calibration.js';
import { InputError } from './input-error.js';
import { formatValue, parseValue, type SampleReader, ValueError } from './units.js';

export interface Setting {
  readonly name: ParameterName;
  readonly value: Settings[ParameterName];
  /** The value in its standard spelling. */
  readonly text: string;
  /** What an error about it begins with: `my.yaml:12:5`, or `--set rtt=5`. */
  readonly place: string;
}

/** What `--set name=value` says. */
export type SetOption = Setting;

export const DEFAULT_PROFILE: ProfileName = 'mysql-5.7';

export function parseSetting(name: ParameterName, raw: unknown, place: string, readSamples: SampleReader): Setting {
  try {
    const value = parseValue(name, raw, readSamples);
    return { name, value, text: formatValue(name, value), place };
  } catch (error) {
    if (error instanceof ValueError) throw new InputError(`${place}: ${name}: ${error.message}`);
    throw error;
  }
}

/** Lists that were given decide how many replicas there are, where nobody gave their number. */
function listedReplicas(settings: Settings): number {
  const { replicas, rtt, bandwidth, relay_fsync, semisync } = settings;
  const longest = Math.max(rtt.length, bandwidth.length, relay_fsync.length, semisync.length);
  return longest > 1 ? longest : replicas;
}

/** Puts settings onto the calibrated defaults of the profile they name; later ones win. Not checked yet. */
export function mergeSettings(given: readonly Setting[], calibrations: Calibrations): Settings {
  const values = Object.fromEntries(given.map(({ name, value }) => [name, value])) as Partial<Settings>;
  const profile = values.profile ?? DEFAULT_PROFILE;
  const merged = { ...defaultSettings(profile), ...calibrations.get(profile)?.settings, ...values };
  return 'replicas' in values ? merged : { ...merged, replicas: listedReplicas(merged) };
}

/**
 * Checks merged settings as a whole. A contradiction is reported where its parameter was given last; when that is a
 * default, where the last of all settings was given, since that one made the default impossible. What a file says made
 * sense without `overrides`, so they are to blame before it.
 */
export function checkMerged(merged: Settings, fromFile: readonly Setting[], overrides: readonly SetOption[]): Settings {
  try {
    return checkSettings(merged);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    const isCulprit = ({ name }: Setting): boolean => name === error.parameter;
    const inFile = fromFile.findLast(isCulprit);
    const overridden = overrides.findLast(isCulprit) ?? overrides.at(-1);
    if (overridden === undefined) {
      const place = (inFile ?? fromFile.at(-1))?.place;
      throw new InputError(place === undefined ? error.message : `${place}: ${error.message}`);
    }
    const aside =
      isCulprit(overridden) || inFile === undefined ? '' : `; ${inFile.place} sets ${inFile.name}=${inFile.text}`;
    throw new InputError(`${overridden.place}: ${error.message}${aside}`);
  }
}
