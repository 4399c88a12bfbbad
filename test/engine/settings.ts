import {
  type Distribution,
  defaultSettings,
  PARAMETER_NAMES,
  PARAMETERS,
  type Settings,
} from '../../engine/protocol/parameters.js';
import type { ProfileName } from '../../engine/protocol/profiles.js';

export const constant = (mean: number): Distribution => ({ kind: 'constant', mean });
export const exponential = (mean: number): Distribution => ({ kind: 'exponential', mean });

export function withDefaults(profile: ProfileName, overrides: Partial<Settings> = {}): Settings {
  return { ...defaultSettings(profile), ...overrides };
}

const FREE = constant(0);

/** Neither computing nor disks nor distance. */
const NOTHING: Partial<Settings> = {
  ...Object.fromEntries(
    PARAMETER_NAMES.filter((name) => PARAMETERS[name].group === 'cpu cost').map((name) => [name, FREE]),
  ),
  rtt: [FREE],
  relay_fsync: [FREE],
  binlog_fsync: FREE,
  redo_fsync: FREE,
};

/** Nothing emulated costs anything but what is said. */
export const nothingCosts = (profile: ProfileName, overrides: Partial<Settings>): Settings =>
  withDefaults(profile, { ...NOTHING, ...overrides });

/**
 * Nothing costs anything and every host has cores to spare: what is set on top is all there is. Clients stand apart, so
 * that a transaction queues for the source's cores exactly once.
 */
export function freeOfCost(overrides: Partial<Settings>): Settings {
  return nothingCosts('mysql-5.7', {
    wait_point: 'ASYNC',
    replicas: 0,
    hosts: 'all-apart',
    cores: 1,
    client_cores: 64,
    replica_cores: 16,
    ...overrides,
  });
}
