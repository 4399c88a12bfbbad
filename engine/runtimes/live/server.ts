/** One server of a living cluster, as its administrator sees it: plugins, variables, threads. */
import { type CounterName, counterInfo, statusCounters } from '../../protocol/counters.js';
import type { SetEvent } from '../../protocol/faults.js';
import {
  hasBuiltInSemiSync,
  PLUGIN_ROLES,
  PLUGINS,
  type PluginNames,
  type PluginRole,
} from '../../protocol/plugins.js';
import type { ProfileName } from '../../protocol/profiles.js';
import { SemiSync } from '../../protocol/semi-sync.js';
import { SqlError } from '../../protocol/sql/errors.js';
import {
  defaultOf,
  hasVariable,
  TRACE_NET_WAIT,
  VARIABLE_NAMES,
  type VariableName,
  type VariableValue,
  variableInfo,
  variableSpelled,
} from '../../protocol/variables.js';
import type { LiveCluster } from './cluster.js';
import { type FixedVariable, fixedVariables } from './fixed-variables.js';
import type { Session } from './session.js';

/** What a server is told before it starts. */
export interface ServerConfiguration {
  readonly serverId: number;
  readonly port: number;
  /** ms since 1970, UTC. */
  readonly startedAt: number;
  /** Basenames of its files. */
  readonly logBin: string;
  readonly relayLog: string;
  readonly skipSlaveStart: boolean;
  /** Also those of plugins that are not loaded: they wait for INSTALL PLUGIN. */
  readonly variables: ReadonlyMap<VariableName, VariableValue>;
  readonly plugins: readonly { readonly role: PluginRole; readonly names: PluginNames }[];
}

export class LiveServer {
  readonly cluster: LiveCluster;
  readonly profile: ProfileName;
  /** 0: the source; then its replicas. */
  readonly number: number;
  readonly configuration: ServerConfiguration;
  readonly uuid: string;
  readonly #startValues: ReadonlyMap<VariableName, VariableValue>;
  readonly #plugins = new Map<PluginRole, PluginNames>();
  readonly #values = new Map<VariableName, VariableValue>();
  readonly fixed: Map<string, FixedVariable>;
  readonly sessions = new Map<number, Session>();
  /** Told of every change that may decide whether a replica's next connection is semi-synchronous. */
  readonly #changed: () => Promise<void>;
  /** A replica's own module, where its source plugin is loaded: nobody ever waits in it. */
  readonly #idle: SemiSync;
  #threads = 0;
  questions = 0;
  down = false;

  constructor(
    cluster: LiveCluster,
    number: number,
    configuration: ServerConfiguration,
    startValues: ReadonlyMap<VariableName, VariableValue>,
    changed: () => Promise<void>,
  ) {
    this.cluster = cluster;
    this.profile = cluster.settings.profile;
    this.number = number;
    this.configuration = configuration;
    this.#changed = changed;
    this.uuid = `ac41ab00-0000-11f0-8000-${String(configuration.serverId).padStart(12, '0')}`;
    this.fixed = fixedVariables({ ...configuration, profile: this.profile, uuid: this.uuid, isReplica: number > 0 });
    this.#idle = new SemiSync({
      enabled: false,
      waitForSlaveCount: 1,
      waitNoSlave: true,
      timeout: 0,
      replicas: 1,
      marks: 1,
    });
    this.#startValues = new Map([...startValues, ...configuration.variables]);
    for (const name of VARIABLE_NAMES) this.#values.set(name, this.#startValue(name));
    for (const { role, names } of configuration.plugins) this.#plugins.set(role, names);
  }

  get isSource(): boolean {
    return this.number === 0;
  }

  /** Index of this replica in the engine. */
  get replica(): number {
    return this.number - 1;
  }

  get lastThreadId(): number {
    return this.#threads;
  }

  nextThreadId(): number {
    return ++this.#threads;
  }

  plugin(role: PluginRole): PluginNames | undefined {
    if (hasBuiltInSemiSync(this.profile)) return PLUGINS[role];
    return this.#plugins.get(role);
  }

  /** What a variable is when its plugin is loaded, or its server starts. */
  #startValue(name: VariableName): VariableValue {
    return this.#startValues.get(name) ?? defaultOf(name, this.profile);
  }

  /** Those that INSTALL PLUGIN or a my.cnf loaded. */
  get installed(): readonly { readonly role: PluginRole; readonly names: PluginNames }[] {
    return PLUGIN_ROLES.flatMap((role) => {
      const names = this.#plugins.get(role);
      return names ? [{ role, names }] : [];
    });
  }

  async install(name: string, library: string): Promise<void> {
    if (this.installed.some(({ names }) => names.name === name.toLowerCase())) {
      throw new SqlError('pluginExists', `Function '${name}' already exists`);
    }
    for (const role of hasBuiltInSemiSync(this.profile) ? [] : PLUGIN_ROLES) {
      for (const names of [PLUGINS[role], PLUGINS[role].renamed]) {
        if (names.library !== library) continue;
        if (names.name !== name.toLowerCase()) {
          throw new SqlError('noSymbol', `Can't find symbol '${name}' in library`);
        }
        const same = this.#plugins.get(role);
        if (same) throw new SqlError('pluginExists', `Function '${same.name}' already exists`);
        this.#plugins.set(role, names);
        for (const variable of VARIABLE_NAMES.filter((each) => variableInfo(each).provider === role)) {
          await this.set(variable, this.#startValue(variable));
        }
        return;
      }
    }
    const path = `/usr/lib/mysql/plugin/${library}`;
    throw new SqlError(
      'noLibrary',
      `Can't open shared library '${path}' (errno: 2 ${path}: cannot open shared object file: No such file or directory)`,
    );
  }

  async uninstall(name: string): Promise<void> {
    const found = this.installed.find(({ names }) => names.name === name.toLowerCase());
    if (!found) throw new SqlError('doesNotExist', `PLUGIN ${name} does not exist`);
    const refuse = (remedy: string): never => {
      throw new SqlError('cannotUninstall', `Plugin '${found.names.name}' cannot be uninstalled now. ${remedy} first.`);
    };
    if (found.role === 'source plugin') {
      if (this.isSource && this.cluster.semisync.clients > 0) {
        refuse('Stop any active semisynchronous slaves of this master');
      }
      await this.set('rpl_semi_sync_master_enabled', false);
      this.semisync.resetCounters();
    } else if (!this.isSource && this.cluster.acknowledges(this.replica)) {
      refuse('Stop any active semisynchronous I/O threads on this slave');
    }
    this.#plugins.delete(found.role);
    await this.#changed();
  }

  /** The module behind the source plugin's counters. */
  get semisync(): SemiSync {
    return this.isSource ? this.cluster.semisync : this.#idle;
  }

  /** The variable that is spelled so, if this server has it now. */
  variable(spelling: string): VariableName | undefined {
    const name = variableSpelled(spelling);
    return name !== undefined && this.has(name) ? name : undefined;
  }

  has(name: VariableName): boolean {
    const { provider, onSourceOnly } = variableInfo(name);
    if (!hasVariable(this.profile, name) || (onSourceOnly && !this.isSource)) return false;
    return provider === 'server' || this.plugin(provider) !== undefined;
  }

  /** In the spelling of the plugin that brought it. */
  shownName(name: VariableName): string {
    const { provider, renamed } = variableInfo(name);
    return provider !== 'server' && renamed !== undefined && this.#isRenamed(provider) ? renamed : name;
  }

  shownCounter(name: CounterName): string {
    const { provider, renamed } = counterInfo(name);
    return renamed !== undefined && this.#isRenamed(provider) ? renamed : name;
  }

  #isRenamed(role: PluginRole): boolean {
    return this.plugin(role)?.name === PLUGINS[role].renamed.name;
  }

  value(name: VariableName): VariableValue {
    return this.#values.get(name) as VariableValue;
  }

  get variables(): readonly VariableName[] {
    return VARIABLE_NAMES.filter((name) => this.has(name));
  }

  counters(): Record<string, number | string> {
    const values = statusCounters({
      ...(this.plugin('source plugin') ? { source: this.semisync } : {}),
      ...(this.plugin('replica plugin')
        ? { replica: { acknowledges: this.acknowledges, acksSent: this.#acksSent } }
        : {}),
      profile: this.profile,
    });
    return Object.fromEntries(
      Object.entries(values).map(([name, value]) => [this.shownCounter(name as CounterName), value]),
    );
  }

  get acknowledges(): boolean {
    return !this.isSource && this.cluster.acknowledges(this.replica);
  }

  get #acksSent(): number {
    return this.isSource ? 0 : this.cluster.acksSent(this.replica);
  }

  /** Sets a variable, with what follows from it on the running cluster; resolves when it has taken effect. */
  async set(name: VariableName, value: VariableValue): Promise<void> {
    this.#values.set(name, value);
    if (this.isSource) await this.#setOnSource(name, value);
    else if (name === 'rpl_semi_sync_master_enabled') this.#idle.setEnabled(value as boolean);
    if (!this.isSource && name === 'sync_relay_log') {
      await this.cluster.set({ kind: 'set', parameter: name, value: value as number, replica: this.replica });
    }
    if (name === 'rpl_semi_sync_slave_enabled' || name === 'rpl_semi_sync_master_enabled') await this.#changed();
  }

  async #setOnSource(name: VariableName, value: VariableValue): Promise<void> {
    const set = (event: Omit<SetEvent, 'kind'>): Promise<void> =>
      this.cluster.set({ kind: 'set', ...event } as SetEvent);
    switch (name) {
      case 'rpl_semi_sync_master_enabled':
        if (value !== this.semisync.enabled)
          await set({ parameter: 'wait_point', value: value ? this.#waitPoint : 'ASYNC' });
        break;
      case 'rpl_semi_sync_master_wait_point':
        if (this.semisync.enabled) await set({ parameter: 'wait_point', value: this.#waitPoint });
        break;
      case 'rpl_semi_sync_master_trace_level':
        // In MySQL, too, without a mutex. The value has 32 bits, of which `&` makes a negative number or not.
        this.semisync.timesNetWaits = ((value as number) & TRACE_NET_WAIT) !== 0;
        break;
      case 'rpl_semi_sync_master_timeout':
        await set({ parameter: 'timeout', value: 1000 * (value as number) });
        break;
      case 'rpl_semi_sync_master_wait_for_slave_count':
      case 'rpl_semi_sync_master_wait_no_slave':
      case 'sync_binlog':
      case 'binlog_group_commit_sync_delay':
      case 'binlog_group_commit_sync_no_delay_count':
      case 'binlog_order_commits':
      case 'acklab_load':
        await set({ parameter: variableInfo(name).parameter, value } as Omit<SetEvent, 'kind'>);
    }
  }

  get #waitPoint(): 'AFTER_SYNC' | 'AFTER_COMMIT' {
    return this.value('rpl_semi_sync_master_wait_point') as 'AFTER_SYNC' | 'AFTER_COMMIT';
  }
}
