/** What a my.cnf says to one server of the cluster: values of the variables acklab knows, plugins, and a few names. */
import { distance } from 'fastest-levenshtein';
import {
  hasBuiltInSemiSync,
  PLUGIN_ROLES,
  PLUGINS,
  type PluginNames,
  type PluginRole,
} from '../engine/protocol/plugins.js';
import { PROFILES, type ProfileName } from '../engine/protocol/profiles.js';
import {
  hasVariable,
  type NumberVariable,
  VARIABLE_NAMES,
  type VariableInfo,
  type VariableName,
  type VariableValue,
  variableInfo,
  variableSpelled,
} from '../engine/protocol/variables.js';
import { InputError } from './input-error.js';
import { nearestName } from './nearest.js';
import type { FileOption } from './option-file.js';

/** A plugin that is loaded when the server starts, in the spelling it was asked for. */
export interface LoadedPlugin {
  readonly role: PluginRole;
  readonly names: PluginNames;
}

export interface ServerOptions {
  /** Also those of plugins that are not loaded yet: they wait for INSTALL PLUGIN. */
  readonly variables: ReadonlyMap<VariableName, VariableValue>;
  readonly plugins: readonly LoadedPlugin[];
  readonly serverId?: number;
  /** Basename of binlog files. */
  readonly logBin?: string;
  readonly relayLog?: string;
  /** Do replication threads wait for START SLAVE? */
  readonly skipSlaveStart: boolean;
  /** What a user should know, one line each: what was adjusted, what waits, what acklab leaves out. */
  readonly notes: readonly string[];
}

/** The groups that a server of this version reads in file order; a later line wins, whichever group it is in. */
export function serverGroups(profile: ProfileName): string[] {
  const release = profile.slice(profile.indexOf('-') + 1);
  const both = ['mysqld', 'server', `mysqld-${release}`];
  if (!profile.startsWith('mariadb')) return both;
  return [...both, 'mariadb', `mariadb-${release}`, 'mariadbd', `mariadbd-${release}`, 'client-server'];
}

/**
 * What server `number` (1: the source) of a cluster of this version is told. Its own group, `[mysqld1]` and so on, wins:
 * mysqld_multi passes it on the command line.
 */
export function serverOptions(options: readonly FileOption[], profile: ProfileName, number: number): ServerOptions {
  const groups = serverGroups(profile);
  const shared = options.filter(({ group }) => groups.includes(group));
  const own = options.filter(({ group }) => group === `mysqld${number}`);
  const reading = new Reading(profile);
  for (const option of [...shared, ...own]) reading.take(option);
  return reading.finish();
}

/** Taken before an option is looked up; mysqld's own list. */
const PREFIXES = { skip_: false, disable_: false, enable_: true } as const;

class Reading {
  readonly #profile: ProfileName;
  readonly #variables = new Map<VariableName, VariableValue>();
  readonly #places = new Map<VariableName, string>();
  #plugins: LoadedPlugin[] = [];
  readonly #notes: string[] = [];
  readonly #ignored = new Set<string>();
  #serverId: number | undefined;
  #logBin: string | undefined;
  #relayLog: string | undefined;
  #skipSlaveStart = false;

  constructor(profile: ProfileName) {
    this.#profile = profile;
  }

  take(option: FileOption): void {
    const { name, value } = option;
    if (name === 'plugin_load' || name === 'plugin_load_add') this.#loadPlugins(option);
    else if (name === 'server_id') this.#serverId = wholeNumber(option, SERVER_ID);
    else if (name === 'log_bin') this.#logBin = value === undefined || value === '' ? undefined : baseName(value);
    else if (name === 'relay_log') this.#relayLog = value === undefined || value === '' ? undefined : baseName(value);
    else if (name === 'skip_slave_start' || name === 'skip_replica_start') this.#skipSlaveStart = switchValue(option);
    else this.#takeVariable(option);
  }

  #takeVariable(option: FileOption): void {
    const prefix = Object.entries(PREFIXES).find(([text]) => option.name.startsWith(text));
    const bare = prefix ? option.name.slice(prefix[0].length) : option.name;
    const name = variableSpelledExactly(option.name) ?? variableSpelledExactly(bare);
    if (name === undefined) {
      this.#refuseMisspelled({ ...option, name: bare });
      this.#ignored.add(option.name);
      return;
    }
    if (!hasVariable(this.#profile, name)) {
      if (option.loose) this.#ignored.add(option.name);
      else {
        throw new InputError(
          `${option.place}: ${PROFILES[this.#profile].title} has no variable "${option.name}"; take it out, or write loose-${option.name}`,
        );
      }
      return;
    }
    const info = variableInfo(name);
    if (prefix && info.kind === 'switch') {
      this.#variables.set(name, switchValue(option) === prefix[1]);
    } else this.#variables.set(name, this.#valueOf(info, option));
    if (!option.loose) this.#places.set(name, option.place);
  }

  #valueOf(info: VariableInfo, option: FileOption): VariableValue {
    if (info.kind === 'switch') return switchValue(option);
    if (info.kind === 'choice') return choiceValue(option, info.values);
    const given = wholeNumber(option, info);
    const kept = Math.min(info.max, Math.max(info.min, given));
    if (kept !== given)
      this.#notes.push(`${option.place}: ${option.name}=${given} is adjusted to ${kept}, as mysqld does`);
    return kept;
  }

  #refuseMisspelled({ name, loose, place }: FileOption): void {
    if (loose) return;
    const known = VARIABLE_NAMES.flatMap((each) => [each, variableInfo(each).renamed ?? []].flat());
    const nearest = nearestName(name, known);
    // mysqld refuses whatever it does not know; acklab knows few variables, and takes others for what they say they are.
    const isMistake = /^rpl_semi_sync_/.test(name) || (nearest !== undefined && distance(name, nearest) <= 2);
    if (!isMistake) return;
    const remedy = nearest === undefined ? 'see docs/variables.md' : `did you mean "${nearest}"?`;
    throw new InputError(`${place}: unknown variable "${name}"; ${remedy}`);
  }

  #loadPlugins(option: FileOption): void {
    if (option.name === 'plugin_load') this.#plugins = [];
    for (const part of (option.value ?? '').split(';')) {
      const [first, second] = part.split('=').map((text) => text.trim());
      const library = second ?? first ?? '';
      if (library === '') continue;
      const plugin = pluginIn(library);
      if (!plugin || hasBuiltInSemiSync(this.#profile)) {
        if (/^semisync_/.test(library)) this.#refusePlugin(option, library);
        else this.#ignored.add(option.name);
      } else if (second !== undefined && first !== plugin.names.name) {
        throw new InputError(
          `${option.place}: there is no plugin "${first}" in ${library}; write ${plugin.names.name}=${library}`,
        );
      } else this.#plugins.push(plugin);
    }
  }

  #refusePlugin({ place, name, loose }: FileOption, library: string): void {
    if (hasBuiltInSemiSync(this.#profile)) {
      this.#notes.push(`${place}: ${library} is built into ${PROFILES[this.#profile].title}; nothing is loaded`);
    } else if (!loose) {
      const known = PLUGIN_ROLES.map((role) => PLUGINS[role].library).join(' and ');
      throw new InputError(`${place}: ${name}: there is no library "${library}"; there are ${known}`);
    }
  }

  finish(): ServerOptions {
    const loaded = new Set(this.#plugins.map(({ role }) => role));
    for (const role of hasBuiltInSemiSync(this.#profile) ? [] : PLUGIN_ROLES) {
      const waiting = [...this.#places].find(([name]) => variableInfo(name).provider === role);
      if (loaded.has(role) || waiting === undefined) continue;
      const { name, library } = PLUGINS[role];
      this.#notes.push(
        `${waiting[1]}: ${waiting[0]} waits for INSTALL PLUGIN: mysqld would not start here unless the plugin had been installed before; add plugin-load-add=${name}=${library}, or write loose-${waiting[0]}`,
      );
    }
    if (this.#ignored.size > 0) this.#notes.push(`not emulated, and left out: ${[...this.#ignored].sort().join(', ')}`);
    return {
      variables: this.#variables,
      plugins: this.#plugins,
      ...(this.#serverId === undefined ? {} : { serverId: this.#serverId }),
      ...(this.#logBin === undefined ? {} : { logBin: this.#logBin }),
      ...(this.#relayLog === undefined ? {} : { relayLog: this.#relayLog }),
      skipSlaveStart: this.#skipSlaveStart,
      notes: this.#notes,
    };
  }
}

/** Names in option files are case-sensitive, unlike in SQL. */
const variableSpelledExactly = (name: string): VariableName | undefined =>
  name === name.toLowerCase() ? variableSpelled(name) : undefined;

export function pluginIn(library: string): LoadedPlugin | undefined {
  const file = library.endsWith('.so') ? library : `${library}.so`;
  for (const role of PLUGIN_ROLES) {
    const info = PLUGINS[role];
    if (info.library === file) return { role, names: { name: info.name, library: info.library } };
    if (info.renamed.library === file) return { role, names: info.renamed };
  }
  return undefined;
}

const SERVER_ID: Pick<NumberVariable, 'unit' | 'min' | 'max'> = { min: 0, max: 4294967295 };

const baseName = (path: string): string => (path.split('/').at(-1) as string).replace(/\.[^.]*$/, '');

const SWITCH_WORDS: Readonly<Record<string, boolean>> = {
  '1': true,
  on: true,
  true: true,
  '0': false,
  off: false,
  false: false,
};

function switchValue({ name, value, place }: FileOption): boolean {
  if (value === undefined) return true;
  const on = Object.hasOwn(SWITCH_WORDS, value.toLowerCase()) ? SWITCH_WORDS[value.toLowerCase()] : undefined;
  if (on === undefined) throw new InputError(`${place}: ${name}: "${value}" is neither ON nor OFF; write ON or OFF`);
  return on;
}

function choiceValue({ name, value, place }: FileOption, values: readonly string[]): string {
  const found =
    values.find((each) => each.toLowerCase() === value?.toLowerCase()) ??
    (value !== undefined && /^\d+$/.test(value) ? values[Number(value)] : undefined);
  if (found === undefined)
    throw new InputError(`${place}: ${name}: unknown value "${value ?? ''}"; use ${values.join(' or ')}`);
  return found;
}

const SUFFIXES: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

function wholeNumber({ name, value, place }: FileOption, { unit }: Pick<NumberVariable, 'unit'>): number {
  if (value === undefined) throw new InputError(`${place}: ${name} needs a value; write ${name}=NUMBER`);
  const match = /^([-+]?\d+)([kmg]?)$/i.exec(value);
  if (!match) {
    const of = unit === undefined ? '' : ` of ${unit}`;
    throw new InputError(`${place}: ${name}: "${value}" is not a whole number${of}; K, M or G may stand behind it`);
  }
  return Number(match[1]) * (SUFFIXES[(match[2] as string).toLowerCase()] as number);
}
