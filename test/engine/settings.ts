import { type Distribution, defaultSettings, type Settings } from '../../engine/protocol/parameters.js';
import type { ProfileName } from '../../engine/protocol/profiles.js';

export const constant = (mean: number): Distribution => ({ kind: 'constant', mean });
export const exponential = (mean: number): Distribution => ({ kind: 'exponential', mean });

export function withDefaults(profile: ProfileName, overrides: Partial<Settings> = {}): Settings {
  return { ...defaultSettings(profile), ...overrides };
}

/**
 * Nothing costs anything and every host has cores to spare: what is set on top is all there is. Clients stand apart, so
 * that a transaction queues for the source's cores exactly once.
 */
export function freeOfCost(overrides: Partial<Settings>): Settings {
  const free = constant(0);
  return withDefaults('mysql-5.7', {
    wait_point: 'ASYNC',
    replicas: 0,
    hosts: 'all-apart',
    cores: 1,
    client_cores: 1024,
    replica_cores: 16,
    rtt: [free],
    relay_fsync: [free],
    binlog_fsync: free,
    redo_fsync: free,
    fsync_overhead: free,
    net_overhead: free,
    wake_latency: free,
    cpu_wake: free,
    cpu_client: free,
    cpu_statement: free,
    cpu_flush: free,
    cpu_commit: free,
    cpu_event_read: free,
    cpu_send: free,
    cpu_event_receive: free,
    cpu_ack_send: free,
    cpu_ack_receive: free,
    cpu_semisync: free,
    ...overrides,
  });
}
