/** All servers of a living cluster: made together, as each asks the others what it needs to know. */
import type { Settings } from '../../protocol/parameters.js';
import { hasBuiltInSemiSync, type PluginRole } from '../../protocol/plugins.js';
import {
  defaultOf,
  VARIABLE_NAMES,
  VARIABLES,
  type VariableName,
  type VariableValue,
  variableInfo,
} from '../../protocol/variables.js';
import type { LiveCluster, LiveClusterOptions } from './cluster.js';
import { MAX_CONNECTIONS } from './fixed-variables.js';
import { Replication } from './replication.js';
import { LiveServer, type ServerConfiguration } from './server.js';

export interface LiveOptions {
  /** Of the source, then of each replica. */
  readonly servers: readonly ServerConfiguration[];
  /** SHUTDOWN was executed there. */
  onShutdown(server: LiveServer): void;
}

/** What the cluster of these servers begins with. */
export function clusterOf(
  settings: Settings,
  servers: readonly ServerConfiguration[],
): { readonly settings: Settings; readonly options: LiveClusterOptions } {
  const [source, ...replicas] = servers as [ServerConfiguration, ...ServerConfiguration[]];
  const enabled = isOn(settings, source, 'source plugin', 'rpl_semi_sync_master_enabled');
  const waitPoint = 'rpl_semi_sync_master_wait_point';
  const point =
    source.variables.get(waitPoint) ?? valuesOf(settings).get(waitPoint) ?? defaultOf(waitPoint, settings.profile);
  const knows = hasPlugin(settings, source, 'source plugin');
  return {
    settings: {
      ...settings,
      wait_point: enabled ? (point as Settings['wait_point']) : 'ASYNC',
      semisync: replicas.map(
        (replica) => knows && isOn(settings, replica, 'replica plugin', 'rpl_semi_sync_slave_enabled'),
      ),
    },
    options: {
      load: (source.variables.get('acklab_load') as number | undefined) ?? settings.clients,
      loadMost: VARIABLES.acklab_load.max,
      sessions: MAX_CONNECTIONS,
      started: replicas.map(({ skipSlaveStart }) => !skipSlaveStart),
    },
  };
}

export class LiveServers<C extends LiveCluster = LiveCluster> {
  readonly cluster: C;
  readonly all: readonly LiveServer[];
  readonly replication: Replication;
  readonly #onShutdown: (server: LiveServer) => void;

  /** `settings`: as they were given to `clusterOf`. */
  constructor(cluster: C, settings: Settings, options: LiveOptions) {
    const startValues = valuesOf(settings);
    this.cluster = cluster;
    this.#onShutdown = options.onShutdown;
    this.all = options.servers.map(
      (configuration, number) => new LiveServer(this.cluster, number, configuration, startValues, () => this.#agree()),
    );
    this.replication = new Replication(this.cluster, this.all);
  }

  get source(): LiveServer {
    return this.all[0] as LiveServer;
  }

  /** Options of a my.cnf that the engine does not take with its settings: they are set as an administrator would. */
  async configure(): Promise<void> {
    for (const server of this.all) {
      for (const [name, value] of server.configuration.variables) if (server.has(name)) await server.set(name, value);
    }
  }

  /** A replica's next connection is semi-synchronous if its plugin is enabled and the source has heard of semi-sync. */
  async #agree(): Promise<void> {
    const knows = this.source.plugin('source plugin') !== undefined;
    for (const server of this.all.slice(1)) {
      const enabled =
        server.plugin('replica plugin') !== undefined && server.value('rpl_semi_sync_slave_enabled') === true;
      await this.cluster.set({ kind: 'set', parameter: 'semisync', value: knows && enabled, replica: server.replica });
    }
  }

  async shutDown(server: LiveServer): Promise<void> {
    server.down = true;
    if (!server.isSource) await this.cluster.stopIoThread(server.replica);
    this.#onShutdown(server);
  }
}

const hasPlugin = ({ profile }: Settings, { plugins }: ServerConfiguration, role: PluginRole): boolean =>
  hasBuiltInSemiSync(profile) || plugins.some((plugin) => plugin.role === role);

function isOn(settings: Settings, server: ServerConfiguration, role: PluginRole, name: VariableName): boolean {
  const value: VariableValue = server.variables.get(name) ?? defaultOf(name, settings.profile);
  return value === true && hasPlugin(settings, server, role);
}

/** Values that the experiment's parameters give the servers, where no my.cnf says otherwise. */
function valuesOf(settings: Settings): ReadonlyMap<VariableName, VariableValue> {
  const values = new Map<VariableName, VariableValue>();
  for (const name of VARIABLE_NAMES) {
    const info = variableInfo(name);
    if (info.parameter === undefined || info.parameter === 'semisync') continue;
    const value = settings[info.parameter] as VariableValue;
    if (value === 'ASYNC') continue;
    values.set(name, info.kind === 'number' && info.unit === 'ms' ? (value as number) / 1000 : value);
  }
  return values;
}
