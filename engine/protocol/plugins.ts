/** The two semi-sync plugins: how they are installed, and what information_schema.plugins says about them. */
import type { ProfileName } from './profiles.js';
import type { Provider } from './variables.js';

export type PluginRole = Extract<Provider, 'source plugin' | 'replica plugin'>;

export interface PluginNames {
  readonly name: string;
  readonly library: string;
}

export interface PluginInfo extends PluginNames {
  /** Since 8.0.26 a second library brings the same under other names. */
  readonly renamed: PluginNames;
  readonly description: string;
}

export const PLUGINS: { readonly [R in PluginRole]: PluginInfo } = {
  'source plugin': {
    name: 'rpl_semi_sync_master',
    library: 'semisync_master.so',
    renamed: { name: 'rpl_semi_sync_source', library: 'semisync_source.so' },
    description: 'Semi-synchronous replication master',
  },
  'replica plugin': {
    name: 'rpl_semi_sync_slave',
    library: 'semisync_slave.so',
    renamed: { name: 'rpl_semi_sync_replica', library: 'semisync_replica.so' },
    description: 'Semi-synchronous replication slave',
  },
};

export const PLUGIN_ROLES = Object.keys(PLUGINS) as readonly PluginRole[];

export const PLUGIN_AUTHOR = 'He Zhenxing';
export const PLUGIN_LICENSE = 'GPL';
export const PLUGIN_VERSION = '1.0';

export interface PluginInterface {
  readonly typeVersion: string;
  readonly libraryVersion: string;
}

/** Of the plugin interface that a version speaks. MariaDB has semi-sync built in since 10.3: nothing to install. */
export const PLUGIN_INTERFACE: { readonly [P in ProfileName]: PluginInterface | undefined } = {
  'mysql-5.6': { typeVersion: '2.0', libraryVersion: '1.4' },
  'mysql-5.7': { typeVersion: '4.0', libraryVersion: '1.7' },
  'mariadb-10.11': undefined,
};

export const hasBuiltInSemiSync = (profile: ProfileName): boolean => PLUGIN_INTERFACE[profile] === undefined;
