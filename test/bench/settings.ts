/** Settings for benchmarks on threads: nothing emulated costs anything but what is said. */
import {
  type Distribution,
  defaultSettings,
  PARAMETER_NAMES,
  PARAMETERS,
  type Settings,
} from '../../engine/protocol/parameters.js';
import type { ProfileName } from '../../engine/protocol/profiles.js';

export const constant = (mean: number): Distribution => ({ kind: 'constant', mean });

const FREE = constant(0);

export function nothingCosts(profile: ProfileName, overrides: Partial<Settings>): Settings {
  const costs = PARAMETER_NAMES.filter((name) => PARAMETERS[name].group === 'cpu cost').map((name) => [name, FREE]);
  return {
    ...defaultSettings(profile),
    ...Object.fromEntries(costs),
    rtt: [FREE],
    binlog_fsync: FREE,
    redo_fsync: FREE,
    relay_fsync: [FREE],
    ...overrides,
  };
}
