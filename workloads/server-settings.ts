/** What a my.cnf says of a cluster, as settings of an experiment: [mysqld1] is the source, [mysqld2] stands for all replicas. */
import type { ProfileName } from '../engine/protocol/profiles.js';
import { type VariableName, type VariableValue, variableInfo, variableText } from '../engine/protocol/variables.js';
import type { FileOption } from './option-file.js';
import { serverOptions } from './server-options.js';
import { parseSetting, type Setting } from './setting.js';
import { ValueError } from './units.js';

export interface ServerSettings {
  readonly settings: readonly Setting[];
  /** What a user should know, one line each. */
  readonly notes: readonly string[];
}

const noSamples = (): never => {
  throw new ValueError('a variable names no file of samples');
};

/** Variables that each replica reads for itself. */
const OF_REPLICAS: readonly VariableName[] = ['rpl_semi_sync_slave_enabled', 'sync_relay_log'];

/** Where semi-sync is not enabled on both sides replication is asynchronous, as with the servers. Throws `InputError`. */
export function serverSettings(lines: readonly FileOption[], profile: ProfileName, file: string): ServerSettings {
  const [source, replica] = [1, 2].map((number) => serverOptions(lines, profile, number));
  const variables = new Map<VariableName, VariableValue>(
    [...source!.variables].filter(([name]) => !OF_REPLICAS.includes(name)),
  );
  for (const name of OF_REPLICAS) {
    const value = replica!.variables.get(name);
    if (value !== undefined) variables.set(name, value);
  }
  const isEnabled =
    variables.get('rpl_semi_sync_master_enabled') === true && variables.get('rpl_semi_sync_slave_enabled') === true;
  if (!isEnabled) variables.set('rpl_semi_sync_master_wait_point', 'ASYNC');
  variables.delete('rpl_semi_sync_slave_enabled');
  return {
    settings: [...variables].flatMap(([name, value]) => settingOf(name, value, file)),
    notes: [...new Set([...source!.notes, ...replica!.notes])],
  };
}

const UNITS: Readonly<Record<string, string>> = { ms: 'ms', µs: 'us' };

function settingOf(name: VariableName, value: VariableValue, file: string): Setting[] {
  const info = variableInfo(name);
  if (info.parameter === undefined) return [];
  const unit = info.kind === 'number' ? (UNITS[info.unit ?? ''] ?? '') : '';
  return [parseSetting(info.parameter, `${variableText(value)}${unit}`, `${file}: ${name}`, noSamples)];
}
