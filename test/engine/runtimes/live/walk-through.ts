/** What tests of living clusters begin with, whatever makes time go on: servers just set up, and semi-sync switched on. */
import type { LiveServer, ServerConfiguration } from '../../../../engine/runtimes/live/server.js';

/** A source and its replicas; ids and ports count from the source's. */
export const serversJustSetUp = (replicas: number, each: Partial<ServerConfiguration> = {}): ServerConfiguration[] =>
  Array.from({ length: 1 + replicas }, (_, index) => ({
    serverId: 71 + index,
    port: 4771 + index,
    startedAt: 0,
    logBin: 'binlog',
    relayLog: 'relay',
    skipSlaveStart: false,
    variables: new Map(),
    plugins: [],
    ...each,
  }));

type Run = (text: string, at: LiveServer) => Promise<unknown>;

/** Both plugins (MariaDB has them built in), both sides on, the I/O threads started again. */
export async function switchOnSemiSync([source, ...replicas]: readonly LiveServer[], run: Run): Promise<void> {
  const installs = !source!.profile.startsWith('mariadb');
  if (installs) await run("INSTALL PLUGIN rpl_semi_sync_master SONAME 'semisync_master.so'", source!);
  await run('SET GLOBAL rpl_semi_sync_master_enabled=1', source!);
  for (const replica of replicas) {
    if (installs) await run("INSTALL PLUGIN rpl_semi_sync_slave SONAME 'semisync_slave.so'", replica);
    await run('SET GLOBAL rpl_semi_sync_slave_enabled=1', replica);
    await run('STOP SLAVE IO_THREAD', replica);
    await run('START SLAVE IO_THREAD', replica);
  }
}
