import { defaultSettings, PARAMETER_NAMES, PARAMETERS, type ParameterName } from '../engine/protocol/parameters.js';
import { DEFAULT_PROFILE } from '../workloads/setting.js';
import { formatValue } from '../workloads/units.js';
import { plainTable } from './table.js';

/** Every name that `--set` takes, by group, with what it means and what it is unless it is set. */
export function parameterHelp(): string {
  const groups = [...new Set(PARAMETER_NAMES.map((name) => PARAMETERS[name].group))];
  const sections = groups.map((group) => {
    const names = PARAMETER_NAMES.filter((name) => PARAMETERS[name].group === group);
    return `${group}\n${indented(plainTable([], names.map(describe)))}`;
  });
  return `\nParameters for --set, with their defaults for ${DEFAULT_PROFILE}:\n\n${sections.join('\n')}`;
}

function describe(name: ParameterName): string[] {
  const { about, values, perReplica } = PARAMETERS[name];
  const choices = values === undefined ? '' : ` (${values.join(' | ')})`;
  const each = perReplica ? '; one for all replicas, or one for each, joined by /' : '';
  return [`${name}=${formatValue(name, defaultSettings(DEFAULT_PROFILE)[name])}`, `${about}${choices}${each}`];
}

const indented = (text: string): string => text.replaceAll(/^(?=.)/gm, '  ');
