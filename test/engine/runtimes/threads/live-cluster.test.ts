/** A cluster that lives on worker threads: what an administrator does to it, in real time. Waits are for what must come. */
import { expect, onTestFinished, test } from 'vitest';
import type { Settings } from '../../../../engine/protocol/parameters.js';
import { BINLOG_START, eventEnd } from '../../../../engine/protocol/positions.js';
import { PROFILE_NAMES } from '../../../../engine/protocol/profiles.js';
import { execute } from '../../../../engine/runtimes/live/execute.js';
import type { ResultSet } from '../../../../engine/runtimes/live/result.js';
import type { LiveServer } from '../../../../engine/runtimes/live/server.js';
import { clusterOf, LiveServers } from '../../../../engine/runtimes/live/servers.js';
import { Session } from '../../../../engine/runtimes/live/session.js';
import { ThreadsLiveCluster } from '../../../../engine/runtimes/threads/live-cluster.js';
import { constant } from '../../settings.js';
import { serversJustSetUp, switchOnSemiSync } from '../live/walk-through.js';
import { instant } from './crews.js';
import { plant, WORKERS } from './planted.js';

const INSERT = 'INSERT INTO t VALUES (1)';

class Live {
  readonly servers: LiveServers<ThreadsLiveCluster>;

  constructor(servers: LiveServers<ThreadsLiveCluster>) {
    this.servers = servers;
  }

  get cluster(): ThreadsLiveCluster {
    return this.servers.cluster;
  }

  replica(number = 1): LiveServer {
    return this.servers.all[number] as LiveServer;
  }

  async run(text: string, at: LiveServer = this.servers.source): Promise<ResultSet['rows']> {
    const session = new Session(at, 'root', 'localhost', () => {});
    try {
      const outcome = await Promise.race([execute(this.servers, session, text), this.cluster.failed]);
      return outcome.kind === 'rows' ? outcome.rows : [];
    } finally {
      session.end();
    }
  }

  async counters(...names: readonly string[]): Promise<string[]> {
    const rows = await this.run("SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync_master_%'");
    const values = new Map(rows.map(([name, value]) => [String(name).slice('Rpl_semi_sync_master_'.length), value]));
    return names.map((name) => String(values.get(name)));
  }

  /** Waits for what must come, however busy the machine is. */
  async until(what: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await what())) await Promise.race([this.cluster.wait(2000), this.cluster.failed]);
  }

  async switchOnSemiSync(): Promise<void> {
    await switchOnSemiSync(this.servers.all, (text, at) => this.run(text, at));
    await this.until(() => this.cluster.semisync.clients === this.servers.all.length - 1);
  }
}

async function live(settings: Settings, load = 0, workerFolder = WORKERS): Promise<Live> {
  const all = { ...settings, clients: load };
  const servers = serversJustSetUp(all.replicas);
  const begins = clusterOf(all, servers);
  const cluster = await ThreadsLiveCluster.begin(begins.settings, begins.options, { workerFolder });
  onTestFinished(() => cluster.close());
  return new Live(new LiveServers(cluster, all, { servers, onShutdown: () => {} }));
}

test.each(PROFILE_NAMES)('the walk-through on %s', { timeout: 120_000 }, async (profile) => {
  const world = await live(instant(profile));
  const { cluster } = world;
  await world.switchOnSemiSync();
  await world.run('SET GLOBAL rpl_semi_sync_master_timeout=3600000');
  await world.run(INSERT);
  expect(await world.counters('status', 'yes_tx', 'no_tx', 'net_waits')).toEqual(['ON', '1', '0', '1']);

  await world.run('STOP SLAVE', world.replica());
  expect(cluster.ioThread(0)).toBe('stopped');
  // The source has not noticed yet.
  expect(await world.counters('clients', 'status')).toEqual(['1', 'ON']);
  await world.run('SET GLOBAL rpl_semi_sync_master_timeout=200');
  const began = performance.now();
  await world.run(INSERT);
  expect(performance.now() - began).toBeGreaterThan(199);
  expect(await world.counters('status', 'no_times', 'no_tx')).toEqual(['OFF', '1', '1']);

  await world.run('START SLAVE', world.replica());
  await world.until(() => cluster.semisync.on);
  expect(await world.counters('clients', 'no_times')).toEqual(['1', '1']);
  await world.run('SET GLOBAL rpl_semi_sync_master_timeout=3600000');
  await world.run(INSERT);
  expect(await world.counters('yes_tx')).toEqual(['2']);
  await world.until(() => cluster.relayEnd(0) === cluster.binlogEnd);
});

test('SHOW PROCESSLIST shows who waits, and disabling semi-sync wakes them', { timeout: 120_000 }, async () => {
  const world = await live(instant('mysql-5.7'));
  await world.switchOnSemiSync();
  await world.run('SET GLOBAL rpl_semi_sync_master_timeout=3600000');
  await world.run('STOP SLAVE IO_THREAD', world.replica());
  const stuck = world.run(INSERT);
  const waits = async (): Promise<boolean> =>
    (await world.run('SHOW PROCESSLIST')).some(([, , , , , , state]) => /semi-sync ACK/.test(String(state)));
  await world.until(waits);
  expect(await world.counters('wait_sessions')).toEqual(['1']);
  await world.run('SET GLOBAL rpl_semi_sync_master_enabled=0');
  await stuck;
  expect(await waits()).toBe(false);
  expect(await world.counters('wait_sessions', 'no_tx', 'status')).toEqual(['0', '1', 'OFF']);
});

test('two ACKs of two replicas: one stopped, the commit waits for its return', { timeout: 120_000 }, async () => {
  const world = await live(instant('mysql-5.7', { replicas: 2 }));
  await world.switchOnSemiSync();
  await world.run('SET GLOBAL rpl_semi_sync_master_timeout=3600000');
  await world.run('SET GLOBAL rpl_semi_sync_master_wait_for_slave_count=2');
  await world.run(INSERT);
  await world.run('STOP SLAVE IO_THREAD', world.replica(2));
  const stuck = world.run(INSERT);
  await world.until(
    () => world.cluster.semisync.waitSessions === 1 && world.cluster.relayEnd(0) === world.cluster.binlogEnd,
  );
  await world.run('START SLAVE IO_THREAD', world.replica(2));
  await stuck;
  expect(await world.counters('yes_tx', 'no_tx', 'no_times')).toEqual(['2', '0', '0']);
});

/** More than the ring of 8 MiB holds: the replica must be given what is no longer there. */
const FAR_BEHIND = 10 * 2 ** 20;

async function fallFarBehind(world: Live): Promise<void> {
  await world.run('STOP SLAVE IO_THREAD', world.replica());
  await world.run('SET GLOBAL acklab_load=64');
  const from = world.cluster.binlogEnd;
  await world.until(() => world.cluster.binlogEnd > from + FAR_BEHIND);
  await world.run('START SLAVE IO_THREAD', world.replica());
  await world.run('SET GLOBAL acklab_load=0');
  await world.until(() => world.cluster.relayEnd(0) === world.cluster.binlogEnd);
}

test.each(PROFILE_NAMES)(
  '%s: a replica that is far behind catches up, every event checked',
  { timeout: 120_000 },
  async (profile) => {
    const world = await live(instant(profile));
    await world.run(INSERT);
    await fallFarBehind(world);
    // Once more, from behind the second event of the first transaction on.
    await world.run('STOP SLAVE', world.replica());
    const position = eventEnd(world.cluster.shape, BINLOG_START, 1);
    await world.run(`CHANGE MASTER TO MASTER_LOG_FILE='binlog.000001', MASTER_LOG_POS=${position}`, world.replica());
    await world.run('START SLAVE', world.replica());
    await world.until(() => world.cluster.relayEnd(0) === world.cluster.binlogEnd);
  },
);

test('canary: what has left the ring, taken from the ring all the same, is noticed', { timeout: 120_000 }, async () => {
  const folder = plant('live-binlog.js', 'this.#memory.bytes.length / 2', 'Infinity');
  const world = await live(instant('mysql-5.7'), 0, folder);
  await expect(fallFarBehind(world)).rejects.toThrow(/binlog event of \d+ bytes/);
});

test('replicas that come and go under load harm nobody', { timeout: 120_000 }, async () => {
  const world = await live(instant('mysql-5.6', { replicas: 2, rtt: [constant(200)] }), 16);
  await world.switchOnSemiSync();
  for (let round = 0; round < 60; round++) {
    const replica = world.replica(1 + (round % 2));
    await world.run('STOP SLAVE IO_THREAD', replica);
    await world.run('START SLAVE IO_THREAD', replica);
    // Stopped while it connects, too: such a one never registers.
    if (round % 4 > 1) continue;
    await world.until(() => world.cluster.ioThread(replica.replica) === 'running');
  }
  await world.run('SET GLOBAL acklab_load=0');
  await world.until(() => [0, 1].every((replica) => world.cluster.relayEnd(replica) === world.cluster.binlogEnd));
  await world.run(INSERT);
  const { semisync } = world.cluster;
  await world.until(() => semisync.clients === 2 && semisync.waitSessions === 0);
  expect((await world.run('SHOW PROCESSLIST')).filter(([, user]) => user === 'repl')).toHaveLength(2);
});

test.each(PROFILE_NAMES)(
  '%s: an I/O thread that is stopped while it connects leaves nothing behind',
  { timeout: 120_000 },
  async (profile) => {
    // Connecting takes 15 ms: whoever is stopped at once has not registered.
    const world = await live(instant(profile, { rtt: [constant(1000)] }));
    await world.switchOnSemiSync();
    await world.run('SET GLOBAL rpl_semi_sync_master_timeout=3600000');
    for (let round = 1; round <= 3; round++) {
      for (let attempt = 0; attempt < round; attempt++) {
        await world.run('STOP SLAVE IO_THREAD', world.replica());
        await world.run('START SLAVE IO_THREAD', world.replica());
      }
      await world.until(() => world.cluster.ioThread(0) === 'running');
      await world.run(INSERT);
    }
    await world.until(() => world.cluster.semisync.clients === 1);
    expect(await world.counters('yes_tx', 'no_tx', 'no_times')).toEqual(['3', '0', '0']);
  },
);

test('a worker that breaks is told of', { timeout: 120_000 }, async () => {
  const folder = plant('life.js', 'this.#request(session).ask(', 'throw new Error("planted"); (');
  const world = await live(instant('mysql-5.7'), 0, folder);
  await expect(world.run(INSERT)).rejects.toThrow(/worker \d of the threads runtime failed: planted/);
});
