/** What an administrator does to a living cluster, seen in its counters. */
import { describe, expect, test } from 'vitest';
import { PLUGINS } from '../../../../engine/protocol/plugins.js';
import { execute } from '../../../../engine/runtimes/live/execute.js';
import { World } from './world.js';

const INSERT = 'INSERT INTO test.t VALUES (1)';

/** Virtual seconds until a statement has its answer. */
async function secondsOf(world: World, statement: string): Promise<number> {
  const began = world.servers.cluster.now;
  await world.run(statement);
  return (world.servers.cluster.now - began) / 1e6;
}

async function semiSync(settings = {}): Promise<World> {
  const world = new World(settings);
  await world.switchOnSemiSync();
  return world;
}

describe('how many rows', () => {
  const count = async (world: World, text: string): Promise<number> => (await world.rows(text)).length;
  const VARIABLES = "SHOW GLOBAL VARIABLES LIKE '%rpl_semi%'";
  const STATUS = "SHOW GLOBAL STATUS LIKE '%semi%'";
  const install = async (world: World): Promise<number[][]> => {
    const counts = [[await count(world, VARIABLES), await count(world, STATUS)]];
    for (const { name, library } of Object.values(PLUGINS)) {
      await world.run(`INSTALL PLUGIN ${name} SONAME '${library}'`);
      counts.push([await count(world, VARIABLES), await count(world, STATUS)]);
    }
    return counts;
  };

  test('none, 6 and 8 variables, none, 14 and 15 counters in 5.7', async () => {
    expect(await install(new World())).toEqual([
      [0, 0],
      [6, 14],
      [8, 15],
    ]);
  });

  test('4 and 6 variables in 5.6; MariaDB has all from the beginning', async () => {
    expect(await install(new World({ profile: 'mysql-5.6' }))).toEqual([
      [0, 0],
      [4, 14],
      [6, 15],
    ]);
    const world = new World({ profile: 'mariadb-10.11' });
    expect([await count(world, VARIABLES), await count(world, STATUS)]).toEqual([9, 18]);
    expect(await world.refusal("INSTALL PLUGIN rpl_semi_sync_master SONAME 'semisync_master.so'")).toMatch(/^1126 /);
  });
});

describe('a time-out', () => {
  test('with the replica stopped, timeout=1000: the INSERT returns after 1.0 s, the next at once', async () => {
    const world = await semiSync();
    await world.run('SET GLOBAL rpl_semi_sync_master_timeout=1000');
    expect(await secondsOf(world, INSERT)).toBeLessThan(0.1);
    await world.run('STOP SLAVE IO_THREAD', world.replica());
    expect(await secondsOf(world, INSERT)).toBeCloseTo(1, 1);
    expect(await world.counter('master_status')).toBe('OFF');
    expect(await world.counter('master_no_times')).toBe('1');
    expect(await secondsOf(world, INSERT)).toBeLessThan(0.1);
    await world.run('START SLAVE IO_THREAD', world.replica());
    world.pass(1);
    expect(await world.counter('master_status')).toBe('ON');
    expect(await world.counter('master_clients')).toBe('1');
    expect([await world.counter('master_yes_tx'), await world.counter('master_no_tx')]).toEqual(['1', '2']);
  });

  test('canary: with another timeout it is another second', async () => {
    const world = await semiSync();
    await world.run('SET GLOBAL rpl_semi_sync_master_timeout=3000');
    await world.run('STOP SLAVE IO_THREAD', world.replica());
    expect(await secondsOf(world, INSERT)).toBeCloseTo(3, 1);
  });
});

describe('SET GLOBAL takes effect on the running cluster', () => {
  test('enabled=OFF wakes who waits, and the next commits do not wait', async () => {
    const world = await semiSync();
    await world.run('STOP SLAVE IO_THREAD', world.replica());
    const session = world.connect();
    const stuck = execute(world.servers, session, INSERT);
    world.pass(1);
    expect(await world.counter('master_wait_sessions')).toBe('1');
    await world.run('SET GLOBAL rpl_semi_sync_master_enabled=OFF');
    const began = world.servers.cluster.now;
    await world.finish(stuck);
    expect((world.servers.cluster.now - began) / 1e6).toBeLessThan(0.1);
    expect(await world.counter('master_status')).toBe('OFF');
    expect(await secondsOf(world, INSERT)).toBeLessThan(0.1);
  });

  test('wait_for_slave_count=2 with one replica: the commit waits for the time-out', async () => {
    const world = await semiSync();
    await world.run('SET GLOBAL rpl_semi_sync_master_timeout=1000, GLOBAL rpl_semi_sync_master_wait_for_slave_count=2');
    expect(await secondsOf(world, INSERT)).toBeCloseTo(1, 1);
    expect(await world.counter('master_no_times')).toBe('1');
    const two = await semiSync({ replicas: 2 });
    await two.run('SET GLOBAL rpl_semi_sync_master_wait_for_slave_count=2');
    expect(await secondsOf(two, INSERT)).toBeLessThan(0.1);
    expect(await two.counter('master_yes_tx')).toBe('1');
  });

  test('wait_no_slave=OFF: OFF at once where nobody is connected, ON again with ON', async () => {
    const world = new World({}, { skipSlaveStart: true });
    await world.run("INSTALL PLUGIN rpl_semi_sync_master SONAME 'semisync_master.so'");
    await world.run('SET GLOBAL rpl_semi_sync_master_enabled=1');
    expect(await world.counter('master_status')).toBe('ON');
    await world.run('SET GLOBAL rpl_semi_sync_master_wait_no_slave=0');
    expect(await world.counter('master_status')).toBe('OFF');
    await world.run('SET GLOBAL rpl_semi_sync_master_wait_no_slave=1');
    expect(await world.counter('master_status')).toBe('ON');
  });

  test('trace_level: a 5.6 dump reader times its waits while bit 32 is there, and counts them always', async () => {
    const world = await semiSync({ profile: 'mysql-5.6' });
    const waited = async (): Promise<number> => Number(await world.counter('master_net_wait_time'));
    await world.run(INSERT);
    const once = await waited();
    expect(once).toBeGreaterThan(900);
    // 16 alone, then all bits but that one, then all of them.
    for (const level of [16, 0xffffffff - 32]) {
      await world.run(`SET GLOBAL rpl_semi_sync_master_trace_level=${level}`);
      await world.run(INSERT);
      expect(await waited()).toBe(once);
    }
    await world.run('SET GLOBAL rpl_semi_sync_master_trace_level=4294967295');
    await world.run(INSERT);
    expect(await waited()).toBeGreaterThan(once + 900);
    expect([await world.counter('master_net_waits'), await world.counter('master_yes_tx')]).toEqual(['4', '4']);
  });

  test('binlog_order_commits: commits go on, out of order and in order, and none is lost', async () => {
    const world = new World({ rtt: [{ kind: 'exponential', mean: 2000 }] }, {}, 40);
    await world.switchOnSemiSync();
    for (const value of ['OFF', 'ON', 'OFF', 'ON']) {
      await world.run(`SET GLOBAL binlog_order_commits=${value}`);
      expect(await world.rows('SELECT @@binlog_order_commits')).toEqual([[value === 'ON' ? 1 : 0]]);
      const before = world.servers.cluster.binlogEnd;
      world.pass(0.2);
      expect(world.servers.cluster.binlogEnd).toBeGreaterThan(before);
    }
    await world.run('SET GLOBAL acklab_load=0');
    world.pass(1);
    expect(await world.counter('master_wait_sessions')).toBe('0');
    expect(world.servers.cluster.relayEnd(0)).toBe(world.servers.cluster.binlogEnd);
  });

  test("MariaDB's own counters: ACKs asked for, sent and arrived", async () => {
    const world = await semiSync({ profile: 'mariadb-10.11', replicas: 2 });
    await world.run('SET GLOBAL rpl_semi_sync_slave_kill_conn_timeout=7', world.replica());
    for (let n = 0; n < 5; n++) await world.run(INSERT);
    world.pass(1);
    expect([await world.counter('master_request_ack'), await world.counter('master_get_ack')]).toEqual(['10', '10']);
    for (const number of [1, 2]) expect(await world.counter('slave_send_ack', world.replica(number))).toBe('5');
    expect(await world.rows("SHOW VARIABLES LIKE '%kill_conn%'", world.replica())).toEqual([
      ['rpl_semi_sync_slave_kill_conn_timeout', '7'],
    ]);
  });

  test('acklab_load: so many clients commit, and with 0 nothing moves', async () => {
    const world = new World({ think: { kind: 'constant', mean: 10_000 } }, {}, 5);
    const passed = (seconds: number): number => {
      const before = world.servers.cluster.binlogEnd;
      world.pass(seconds);
      return (world.servers.cluster.binlogEnd - before) / 480;
    };
    const five = passed(1);
    await world.run('SET GLOBAL acklab_load=10');
    // As many again, each of them once in 10 ms and its commit's latency.
    expect(passed(1) / five).toBeCloseTo(2, 1);
    expect((await world.rows('SHOW PROCESSLIST')).filter(([, user]) => user === 'load')).toHaveLength(10);
    await world.run('SET GLOBAL acklab_load=0');
    world.pass(1);
    expect(passed(1)).toBe(0);
    expect(await world.refusal('SET GLOBAL acklab_load=1', world.replica())).toBe(
      "1193 (HY000) Unknown system variable 'acklab_load'",
    );
  });

  test('a replica that is gone still counts until its dump thread has found out', async () => {
    const world = await semiSync();
    await world.run('SET GLOBAL rpl_semi_sync_master_wait_no_slave=0, GLOBAL rpl_semi_sync_master_timeout=1000');
    await world.run('STOP SLAVE IO_THREAD', world.replica());
    world.pass(1);
    expect([await world.counter('master_clients'), await world.counter('master_status')]).toEqual(['1', 'ON']);
    // The commit that finds out waits for the time-out.
    expect(await secondsOf(world, INSERT)).toBeCloseTo(1, 1);
    await world.run(INSERT);
    await world.run(INSERT);
    expect(await world.counter('master_clients')).toBe('0');
  });

  test('wait_point and trace_level are kept; the replica side waits for its next start', async () => {
    const world = await semiSync();
    await world.run('SET GLOBAL rpl_semi_sync_master_wait_point=AFTER_COMMIT');
    expect(world.servers.cluster.settings.wait_point).toBe('AFTER_COMMIT');
    await world.run('SET GLOBAL rpl_semi_sync_slave_enabled=0', world.replica());
    expect(await world.counter('slave_status', world.replica())).toBe('ON');
    await world.run('STOP SLAVE', world.replica());
    await world.run('START SLAVE', world.replica());
    world.pass(1);
    expect(await world.counter('slave_status', world.replica())).toBe('OFF');
    expect(await world.counter('master_clients')).toBe('0');
  });
});

describe('SET checks as MySQL does', () => {
  test.each([
    [
      "SET GLOBAL rpl_semi_sync_master_timeout='abc'",
      "1232 (42000) Incorrect argument type to variable 'rpl_semi_sync_master_timeout'",
    ],
    [
      'SET GLOBAL rpl_semi_sync_master_timeout=1.5',
      "1232 (42000) Incorrect argument type to variable 'rpl_semi_sync_master_timeout'",
    ],
    [
      'SET GLOBAL rpl_semi_sync_master_enabled=2',
      "1231 (42000) Variable 'rpl_semi_sync_master_enabled' can't be set to the value of '2'",
    ],
    [
      'SET GLOBAL rpl_semi_sync_master_wait_point=2',
      "1231 (42000) Variable 'rpl_semi_sync_master_wait_point' can't be set to the value of '2'",
    ],
    [
      'SET GLOBAL rpl_semi_sync_master_wait_no_slave=NULL',
      "1231 (42000) Variable 'rpl_semi_sync_master_wait_no_slave' can't be set to the value of 'NULL'",
    ],
    [
      'SET rpl_semi_sync_master_timeout=5',
      "1229 (HY000) Variable 'rpl_semi_sync_master_timeout' is a GLOBAL variable and should be set with SET GLOBAL",
    ],
    [
      'SELECT @@session.rpl_semi_sync_master_timeout',
      "1238 (HY000) Variable 'rpl_semi_sync_master_timeout' is a GLOBAL variable",
    ],
    ["SET GLOBAL version='x'", "1238 (HY000) Variable 'version' is a read only variable"],
    ['SET GLOBAL nope=1', "1193 (HY000) Unknown system variable 'nope'"],
    ['SELECT nope', "1054 (42S22) Unknown column 'nope' in 'field list'"],
    ['SELECT NOPE()', '1305 (42000) FUNCTION NOPE does not exist'],
  ])('%s', async (text, expected) => expect(await (await semiSync()).refusal(text)).toBe(expected));

  test('out of range is adjusted with a warning, in 32 characters of the name', async () => {
    const world = await semiSync();
    const session = world.connect();
    expect(await world.run('SET GLOBAL rpl_semi_sync_master_timeout=-1', session)).toMatchObject({ warnings: 1 });
    expect(await world.rows('SHOW WARNINGS', session)).toEqual([
      ['Warning', 1292, "Truncated incorrect rpl_semi_sync_master_timeout value: '-1'"],
    ]);
    expect(await world.rows('SELECT @@rpl_semi_sync_master_timeout', session)).toEqual([[0]]);
    await expect(world.run('SELEKT', session)).rejects.toThrow();
    expect((await world.rows('SHOW ERRORS', session))[0]?.[1]).toBe(1064);
  });

  test('DEFAULT, and a value from elsewhere', async () => {
    const world = await semiSync();
    const session = world.connect();
    await world.run('SET @ms = 1234', session);
    await world.run('SET GLOBAL rpl_semi_sync_master_timeout = @ms', session);
    expect(await world.rows('SELECT @@global.rpl_semi_sync_master_timeout t', session)).toEqual([[1234]]);
    await world.run('SET GLOBAL rpl_semi_sync_master_timeout = DEFAULT', session);
    expect(await world.rows('SELECT @@global.rpl_semi_sync_master_timeout t', session)).toEqual([[10000]]);
  });
});

describe('names since 8.0.26', () => {
  test('whoever installs the renamed plugins sees renamed variables and counters, and may set by either name', async () => {
    const world = new World();
    await world.run("INSTALL PLUGIN rpl_semi_sync_source SONAME 'semisync_source.so'");
    await world.run('SET GLOBAL rpl_semi_sync_source_timeout=7');
    await world.run('SET GLOBAL rpl_semi_sync_master_enabled=ON');
    expect(await world.rows("SHOW VARIABLES LIKE '%semi%timeout'")).toEqual([['rpl_semi_sync_source_timeout', '7']]);
    expect(await world.rows("SHOW STATUS LIKE '%semi%status'")).toEqual([['Rpl_semi_sync_source_status', 'ON']]);
    expect(await world.refusal("INSTALL PLUGIN rpl_semi_sync_master SONAME 'semisync_master.so'")).toMatch(/^1125 /);
  });
});

describe('plugins', () => {
  test('uninstalled, their variables and counters are gone; installed again, they begin anew', async () => {
    const world = await semiSync();
    await world.run(INSERT);
    expect(await world.refusal('UNINSTALL PLUGIN rpl_semi_sync_master')).toMatch(
      /^1883 \(HY000\) .*Stop any active semisynchronous slaves/,
    );
    expect(await world.refusal('UNINSTALL PLUGIN rpl_semi_sync_slave', world.replica())).toMatch(
      /^1883 .*I\/O threads on this slave first\.$/,
    );
    await world.run('STOP SLAVE', world.replica());
    for (let n = 0; n < 3; n++)
      await world.run('SET GLOBAL rpl_semi_sync_master_timeout=100').then(() => world.run(INSERT));
    await world.run('UNINSTALL PLUGIN rpl_semi_sync_master');
    expect(await world.rows("SHOW VARIABLES LIKE '%semi%'")).toEqual([]);
    await world.run("INSTALL PLUGIN rpl_semi_sync_master SONAME 'semisync_master.so'");
    expect(await world.counter('master_yes_tx')).toBe('0');
    expect(await world.rows('SELECT @@rpl_semi_sync_master_timeout, @@rpl_semi_sync_master_enabled')).toEqual([
      [10000, 0],
    ]);
  });

  test('SHOW PLUGINS and information_schema.plugins', async () => {
    const world = await semiSync();
    expect(await world.rows("SHOW PLUGINS LIKE 'rpl%'")).toEqual([
      ['rpl_semi_sync_master', 'ACTIVE', 'REPLICATION', 'semisync_master.so', 'GPL'],
    ]);
    expect(
      await world.rows(
        "SELECT plugin_name, plugin_status FROM INFORMATION_SCHEMA.PLUGINS WHERE plugin_name LIKE '%semi%'",
      ),
    ).toEqual([['rpl_semi_sync_master', 'ACTIVE']]);
    expect(await world.refusal('UNINSTALL PLUGIN nope')).toBe('1305 (42000) PLUGIN nope does not exist');
  });
});

describe('transactions', () => {
  const end = ({ servers }: World): number => servers.cluster.binlogEnd;

  test('a transaction reaches the binlog when it commits, once, and not at all when rolled back', async () => {
    const world = await semiSync({ bytes_per_tx: 500 });
    const session = world.connect();
    const before = end(world);
    await world.run('BEGIN', session);
    await world.run(INSERT, session);
    await world.run(INSERT, session);
    expect(end(world)).toBe(before);
    await world.run('COMMIT', session);
    expect(end(world)).toBe(before + 500);
    await world.run('START TRANSACTION', session);
    await world.run(INSERT, session);
    await world.run('ROLLBACK', session);
    await world.run('COMMIT', session);
    expect(end(world)).toBe(before + 500);
    await world.run('SET autocommit=0', session);
    await world.run(INSERT, session);
    expect(end(world)).toBe(before + 500);
    // DDL commits what is open, and itself.
    await world.run('CREATE TABLE t2 (id INT)', session);
    expect(end(world)).toBe(before + 1500);
    expect(await world.counter('master_yes_tx')).toBe('3');
  });

  test('a replica takes no writes', async () => {
    const world = await semiSync();
    expect(await world.refusal(INSERT, world.replica())).toMatch(/^1290 \(HY000\) .*--super-read-only/);
  });

  test('many sessions at once share groups, and sessions are used again', async () => {
    const world = await semiSync();
    for (let round = 0; round < 3; round++) {
      const sessions = Array.from({ length: 50 }, () => world.connect());
      await world.finish(Promise.all(sessions.map((session) => execute(world.servers, session, INSERT))));
      for (const session of sessions) session.end();
    }
    expect(Number(await world.counter('master_yes_tx'))).toBeLessThan(150);
    expect((end(world) - 154) % 480).toBe(0);
    expect((end(world) - 154) / 480).toBe(150);
    expect(world.source.sessions.size).toBe(0);
  });
});

describe('replication', () => {
  test('positions, files, and a relay log that follows', async () => {
    const world = await semiSync({ bytes_per_tx: 500 });
    await world.run(INSERT);
    await world.run('FLUSH BINARY LOGS');
    await world.run(INSERT);
    expect(await world.rows('SHOW BINARY LOGS')).toEqual([
      ['binlog.000001', 698],
      ['binlog.000002', 654],
    ]);
    expect(await world.rows('SHOW MASTER STATUS')).toEqual([['binlog.000002', 654, '', '', '']]);
    world.pass(1);
    const columns = (await world.rows('SHOW SLAVE STATUS', world.replica()))[0] as readonly unknown[];
    expect(columns.slice(5, 7)).toEqual(['binlog.000002', '654']);
    await world.run('RESET MASTER');
    expect(await world.rows('SHOW BINARY LOGS')).toEqual([['binlog.000001', 154]]);
  });

  test('CHANGE MASTER TO: only when stopped; a position that is none ends the I/O thread with 1236', async () => {
    const world = await semiSync({ bytes_per_tx: 500 });
    const replica = world.replica();
    const status = async (): Promise<Record<string, unknown>> => {
      const outcome = await world.run('SHOW SLAVE STATUS', replica);
      if (outcome.kind !== 'rows') throw new Error('no rows');
      return Object.fromEntries(outcome.columns.map(({ name }, index) => [name, outcome.rows[0]?.[index]]));
    };
    await world.run(INSERT);
    expect(await world.refusal("CHANGE MASTER TO MASTER_HOST='x'", replica)).toMatch(/^3021 \(HY000\)/);
    await world.run('STOP SLAVE', replica);
    await world.run("CHANGE MASTER TO MASTER_LOG_FILE='binlog.000001', MASTER_LOG_POS=9999", replica);
    await world.run('START SLAVE', replica);
    expect(await status()).toMatchObject({ Slave_IO_Running: 'No', Last_IO_Errno: '1236' });
    await world.run('STOP SLAVE', replica);
    await world.run("CHANGE MASTER TO MASTER_LOG_FILE='binlog.000001', MASTER_LOG_POS=154", replica);
    await world.run('START SLAVE', replica);
    expect(await status()).toMatchObject({ Slave_IO_Running: 'Connecting', Read_Master_Log_Pos: '154' });
    world.pass(1);
    expect(await status()).toMatchObject({ Slave_IO_Running: 'Yes', Read_Master_Log_Pos: '654' });
    await world.run('STOP SLAVE', replica);
    await world.run('CHANGE MASTER TO MASTER_PORT=1', replica);
    await world.run('START SLAVE', replica);
    world.pass(1);
    expect(await status()).toMatchObject({ Slave_IO_Running: 'Connecting', Last_IO_Errno: '2003' });
    expect(await world.refusal('START SLAVE')).toMatch(/^1200 \(HY000\) The server is not configured as slave/);
  });

  test('starting twice and RESET SLAVE ALL', async () => {
    const world = await semiSync();
    const session = world.connect(world.replica());
    expect(await world.run('START SLAVE', session)).toMatchObject({ warnings: 1 });
    expect((await world.rows('SHOW WARNINGS', session))[0]?.[1]).toBe(3083);
    expect(await world.refusal('RESET SLAVE', session)).toMatch(/^3021 /);
    await world.run('STOP SLAVE', session);
    await world.run('RESET SLAVE ALL', session);
    expect(await world.rows('SHOW SLAVE STATUS', session)).toEqual([]);
    expect(await world.refusal('START SLAVE', session)).toMatch(/^1200 /);
  });
});

describe('a server as a my.cnf starts it', () => {
  const plugins = Object.entries(PLUGINS).map(([role, { name, library }]) => ({
    role,
    names: { name, library },
  })) as never;

  test('both sides on from the beginning', async () => {
    const world = new World(
      {},
      {
        plugins,
        variables: new Map<never, never>([
          ['rpl_semi_sync_master_enabled', true],
          ['rpl_semi_sync_slave_enabled', true],
          ['rpl_semi_sync_master_timeout', 1500],
        ] as never),
      },
    );
    await world.finish(world.servers.configure());
    world.pass(0.1);
    expect([await world.counter('master_clients'), await world.counter('master_status')]).toEqual(['1', 'ON']);
    await world.run(INSERT);
    expect(await world.counter('master_yes_tx')).toBe('1');
    await world.run('STOP SLAVE', world.replica());
    expect(await secondsOf(world, INSERT)).toBeCloseTo(1.5, 1);
  });

  test('an option of a plugin that is not loaded waits for INSTALL PLUGIN', async () => {
    const world = new World({}, { variables: new Map([['rpl_semi_sync_master_timeout', 42]]) as never });
    await world.finish(world.servers.configure());
    await world.run("INSTALL PLUGIN rpl_semi_sync_master SONAME 'semisync_master.so'");
    expect(await world.rows('SELECT @@rpl_semi_sync_master_timeout')).toEqual([[42]]);
  });
});

describe('load', () => {
  test('clients that commit all the time are listed, and wait for ACKs', async () => {
    const world = new World({ think: { kind: 'constant', mean: 1000 } }, {}, 8);
    await world.switchOnSemiSync();
    const yes = Number(await world.counter('master_yes_tx'));
    world.pass(1);
    expect(Number(await world.counter('master_yes_tx')) - yes).toBeGreaterThan(100);
    await world.run('STOP SLAVE', world.replica());
    world.pass(1);
    const rows = await world.rows('SHOW PROCESSLIST');
    const waiting = rows.filter((row) => row[6] === 'Waiting for semi-sync ACK from slave');
    expect(waiting.length).toBeGreaterThan(0);
    // The load and who asks; the dump thread has found out that its replica is gone.
    expect(rows).toHaveLength(8 + 1);
  });
});

test('MariaDB: the walk-through without plugins', async () => {
  const world = new World({ profile: 'mariadb-10.11' });
  await world.run('SET GLOBAL rpl_semi_sync_master_enabled=1, GLOBAL rpl_semi_sync_master_timeout=1000');
  await world.run('SET GLOBAL rpl_semi_sync_slave_enabled=1', world.replica());
  await world.run('STOP SLAVE IO_THREAD', world.replica());
  await world.run('START SLAVE IO_THREAD', world.replica());
  world.pass(1);
  expect(await world.counter('master_clients')).toBe('1');
  await world.run('STOP SLAVE', world.replica());
  expect(await secondsOf(world, INSERT)).toBeCloseTo(1, 1);
  expect((await world.rows('SHOW MASTER STATUS'))[0]).toHaveLength(4);
});
