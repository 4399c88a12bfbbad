/** How busy everything of a virtual cluster has been. */
import type { ResourceCount, ResourceName } from '../../measure/resources.js';
import type { VirtualCluster } from './cluster.js';

export function usageOf(cluster: VirtualCluster): ResourceCount[] {
  const { kernel, source, sourceHost, clientHost } = cluster;
  const now = kernel.time;
  const one = (resource: ResourceName, busy_us: number, servers = 1): ResourceCount => ({
    resource,
    replica: null,
    busy_us,
    servers,
  });
  const uses = [
    one('CPU', sourceHost.busyUntil(now), sourceHost.cores),
    one('redo disk', source.redo.disk.busyUntil(now)),
    one('binlog disk', source.binlogDisk.busyUntil(now)),
    one('LOCK_log', source.lockLog.heldUntil(now)),
    one('LOCK_sync', source.lockSync.heldUntil(now)),
    one('LOCK_after_binlog_sync', source.lockAfterBinlogSync.heldUntil(now)),
    one('LOCK_commit', source.lockCommit.heldUntil(now)),
    one('LOCK_binlog_', source.lockBinlog.heldUntil(now)),
  ];
  if (clientHost !== sourceHost) uses.push(one('client CPU', clientHost.busyUntil(now), clientHost.cores));
  if (source.semisync.enabled) uses.push(...ackUses(cluster, one));
  return [...uses, ...replicaUses(cluster)];
}

/** Core time of all threads of a name. */
const ran = ({ kernel }: VirtualCluster, name: string): number =>
  kernel.fibers.reduce((sum, fiber) => (fiber.name === name ? sum + fiber.ran : sum), 0);

function ackUses(
  cluster: VirtualCluster,
  one: (resource: ResourceName, busy_us: number, servers?: number) => ResourceCount,
): ResourceCount[] {
  const { source, replicas } = cluster;
  const { settings, semisync } = source;
  if (settings.ack_collector === 'dump-reader') {
    return [one('ACK round trip', semisync.netWaitTime, Math.max(1, replicas.filter((one) => one.semisync).length))];
  }
  const receiver = one('ACK receiver', ran(cluster, 'ACK receiver'));
  // Elsewhere any number of waits go on at once, and no number of them is too many.
  const isSerial =
    settings.wait_point === 'AFTER_SYNC' && (settings.order_commits || settings.after_sync_wait === 'per-transaction');
  return isSerial ? [receiver, one('ACK round trip', semisync.txWaitTime)] : [receiver];
}

function replicaUses(cluster: VirtualCluster): ResourceCount[] {
  const { kernel, source, sourceHost, replicas } = cluster;
  const now = kernel.time;
  const collectors = replicas.filter((replica) => replica.semisync).length;
  const collects = source.settings.ack_collector === 'dump-reader' && source.semisync.enabled;
  return replicas.flatMap(({ index, host, relayDisk, events, semisync }) => {
    const one = (resource: ResourceName, busy_us: number, servers = 1): ResourceCount => ({
      resource,
      replica: index,
      busy_us,
      servers,
    });
    // The counter is one for all readers that collect.
    const replies = collects && semisync ? source.semisync.netWaitTime / collectors : 0;
    const fsyncs = relayDisk.busyUntil(now);
    return [
      one('dump reader', ran(cluster, `dump reader ${index}`) + replies),
      one('link', events.busyUntil(now)),
      one('replica I/O thread', ran(cluster, `replica ${index} I/O thread`) + fsyncs),
      one('relay disk', fsyncs),
      ...(host === sourceHost ? [] : [one('replica CPU', host.busyUntil(now), host.cores)]),
    ];
  });
}
