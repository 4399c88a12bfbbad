/** What makes a console's cluster live: virtual time at the wall clock's pace, or worker threads. */
import type { Settings } from '../../engine/protocol/parameters.js';
import type { LiveCluster } from '../../engine/runtimes/live/cluster.js';
import type { ServerConfiguration } from '../../engine/runtimes/live/server.js';
import { clusterOf } from '../../engine/runtimes/live/servers.js';
import { VirtualLiveCluster } from '../../engine/runtimes/live/virtual-cluster.js';
import { ThreadsLiveCluster } from '../../engine/runtimes/threads/live-cluster.js';
import { type Pace, Pacer, REAL_TIME } from './pace.js';

export const CONSOLE_RUNTIMES = ['virtual', 'threads'] as const;
export type ConsoleRuntime = (typeof CONSOLE_RUNTIMES)[number];

export interface Living {
  readonly cluster: LiveCluster;
  readonly pace: Pace;
  /** Rejects when it can live no longer; resolves never. */
  readonly failed: Promise<never>;
  end(): Promise<void>;
}

export async function bringToLife(
  runtime: ConsoleRuntime,
  settings: Settings,
  servers: readonly ServerConfiguration[],
): Promise<Living> {
  const begins = clusterOf(settings, servers);
  if (runtime === 'threads') {
    const cluster = await ThreadsLiveCluster.begin(begins.settings, begins.options);
    return { cluster, pace: REAL_TIME, failed: cluster.failed, end: () => cluster.close() };
  }
  const cluster = new VirtualLiveCluster(begins.settings, begins.options);
  const pace = new Pacer(cluster);
  return { cluster, pace, failed: new Promise(() => {}), end: async () => pace.stop() };
}
