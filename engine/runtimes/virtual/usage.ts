/** How busy everything of a virtual cluster has been. */
import type { ResourceCount, ResourceName } from '../../measure/resources.js';
import type { VirtualCluster } from './cluster.js';

const used = (resource: ResourceName, replica: number | null, busy_us: number, servers = 1): ResourceCount => ({
  resource,
  replica,
  busy_us,
  servers,
});

export function usageOf(cluster: VirtualCluster): ResourceCount[] {
  const { kernel, source, sourceHost, clientHost } = cluster;
  const now = kernel.time;
  const uses = [
    used('CPU', null, sourceHost.busyUntil(now), sourceHost.cores),
    used('redo disk', null, source.redo.disk.busyUntil(now)),
    used('binlog disk', null, source.binlogDisk.busyUntil(now)),
    used('LOCK_log', null, source.lockLog.heldUntil(now)),
    used('LOCK_sync', null, source.lockSync.heldUntil(now)),
    used('LOCK_after_binlog_sync', null, source.lockAfterBinlogSync.heldUntil(now)),
    used('LOCK_commit', null, source.lockCommit.heldUntil(now)),
    used('LOCK_binlog_', null, source.lockBinlog.heldUntil(now)),
  ];
  if (clientHost !== sourceHost) uses.push(used('client CPU', null, clientHost.busyUntil(now), clientHost.cores));
  if (source.semisync.enabled) uses.push(...ackUses(cluster));
  return [...uses, ...replicaUses(cluster)];
}

/** Core time of all threads of a name. */
const ran = ({ kernel }: VirtualCluster, name: string): number =>
  kernel.fibers.reduce((sum, fiber) => (fiber.name === name ? sum + fiber.ran : sum), 0);

/** Dump readers that collect ACKs, where these do. */
const collectors = ({ replicas }: VirtualCluster): number => replicas.filter(({ semisync }) => semisync).length;

function ackUses(cluster: VirtualCluster): ResourceCount[] {
  const { source } = cluster;
  const { settings, semisync } = source;
  if (settings.ack_collector === 'dump-reader') {
    return [used('ACK round trip', null, semisync.netWaitTime, Math.max(1, collectors(cluster)))];
  }
  const receiver = used('ACK receiver', null, ran(cluster, 'ACK receiver'));
  // Elsewhere any number of waits go on at once, and no number of them is too many.
  const isSerial =
    settings.wait_point === 'AFTER_SYNC' && (settings.order_commits || settings.after_sync_wait === 'per-transaction');
  return isSerial ? [receiver, used('ACK round trip', null, semisync.txWaitTime)] : [receiver];
}

function replicaUses(cluster: VirtualCluster): ResourceCount[] {
  const { kernel, source, sourceHost, replicas } = cluster;
  const now = kernel.time;
  const collects = source.settings.ack_collector === 'dump-reader' && source.semisync.enabled;
  return replicas.flatMap(({ index, host, relayDisk, events, semisync }) => {
    // The counter is one for all readers that collect.
    const replies = collects && semisync ? source.semisync.netWaitTime / collectors(cluster) : 0;
    const fsyncs = relayDisk.busyUntil(now);
    return [
      used('dump reader', index, ran(cluster, `dump reader ${index}`) + replies),
      used('link', index, events.busyUntil(now)),
      used('replica I/O thread', index, ran(cluster, `replica ${index} I/O thread`) + fsyncs),
      used('relay disk', index, fsyncs),
      ...(host === sourceHost ? [] : [used('replica CPU', index, host.busyUntil(now), host.cores)]),
    ];
  });
}
