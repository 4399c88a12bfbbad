import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type mysql from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { acklab, type Ended, ended, ROOT } from './acklab.js';
import {
  client,
  counter,
  driver,
  hasClient,
  RawConnection,
  type RunningConsole,
  startConsole,
  until,
  withConsole,
} from './console-process.js';

let cwd: string;
let patient: RunningConsole;
let silent: RawConnection;
beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'acklab-console-'));
  patient = await startConsole(cwd);
  silent = new RawConnection(patient.ports[0] as number);
  await silent.packet();
});
afterAll(async () => {
  await patient.stop();
  rmSync(cwd, { recursive: true, force: true });
});

describe("Debian's client", () => {
  const walkThrough = async (context: TestContext, ...args: readonly string[]): Promise<void> => {
    if (!hasClient()) {
      console.warn('SKIPPED: the walk-through with a real client; install mariadb-client');
      return context.skip();
    }
    await withConsole(cwd, args, async ({ ports: [source, replica] }) => {
      const say = async (port: number | undefined, statement: string): Promise<string> => {
        const { code, stdout, stderr } = await client(port as number, statement, '--batch', '--skip-column-names');
        expect([code, stderr]).toEqual([0, '']);
        return stdout.trimEnd();
      };
      const status = async (name: string): Promise<string> =>
        (await say(source, `SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync_master_${name}'`)).split('\t')[1] as string;
      await say(source, "INSTALL PLUGIN rpl_semi_sync_master SONAME 'semisync_master.so'");
      await say(replica, "INSTALL PLUGIN rpl_semi_sync_slave SONAME 'semisync_slave.so'");
      await say(source, 'SET GLOBAL rpl_semi_sync_master_enabled=1; SET GLOBAL rpl_semi_sync_master_timeout=1000');
      await say(replica, 'SET GLOBAL rpl_semi_sync_slave_enabled=1');
      expect(await status('clients')).toBe('0');
      await say(replica, 'STOP SLAVE IO_THREAD; START SLAVE IO_THREAD');
      await until(async () => (await status('clients')) === '1');
      await say(source, 'INSERT INTO test.t VALUES (1)');
      expect([await status('status'), await status('yes_tx')]).toEqual(['ON', '1']);

      await say(replica, 'STOP SLAVE');
      const began = performance.now();
      await say(source, 'INSERT INTO test.t VALUES (2)');
      // Virtual time is never ahead of the wall clock.
      expect(performance.now() - began).toBeGreaterThan(990);
      expect([await status('status'), await status('no_times')]).toEqual(['OFF', '1']);

      await say(replica, 'START SLAVE');
      await until(async () => (await status('status')) === 'ON');
      expect(await status('clients')).toBe('1');
      expect((await say(source, "SHOW VARIABLES LIKE '%rpl_semi%'")).split('\n')).toHaveLength(6);

      await say(source, 'SET GLOBAL rpl_semi_sync_master_timeout=3600000');
      await say(replica, 'STOP SLAVE');
      const stuck = say(source, 'INSERT INTO test.t VALUES (3)');
      await until(async () => (await say(source, 'SHOW PROCESSLIST')).includes('Waiting for semi-sync ACK from slave'));
      await say(source, 'SET GLOBAL rpl_semi_sync_master_enabled=0');
      await stuck;
    });
  };
  test('does the walk-through', { timeout: 300_000 }, (context) => walkThrough(context));
  test('does it on threads', { timeout: 300_000 }, (context) => walkThrough(context, '--runtime', 'threads'));

  test('two of them and a driver at once, all waiting for one replica', { timeout: 300_000 }, async (context) => {
    if (!hasClient()) {
      console.warn('SKIPPED: two real clients and a driver; install mariadb-client');
      return context.skip();
    }
    await withConsole(cwd, [], async ({ ports: [port, replicaPort] }) => {
      const source = port as number;
      const [application, administrator] = [await driver(source), await driver(source)];
      const replica = await driver(replicaPort as number);
      await administrator.query("INSTALL PLUGIN rpl_semi_sync_master SONAME 'semisync_master.so'");
      await replica.query("INSTALL PLUGIN rpl_semi_sync_slave SONAME 'semisync_slave.so'");
      await administrator.query(
        'SET GLOBAL rpl_semi_sync_master_enabled=1, GLOBAL rpl_semi_sync_master_timeout=3600000',
      );
      await replica.query('SET GLOBAL rpl_semi_sync_slave_enabled=1');
      await replica.query('STOP SLAVE IO_THREAD');

      const work = 'INSERT INTO t VALUES (1); INSERT INTO t VALUES (2); SELECT CONNECTION_ID()';
      const clients = [1, 2].map(() => client(source, work, '--batch', '--skip-column-names'));
      const inserted = application.query('INSERT INTO t VALUES (3)');
      const waiting = async (): Promise<Set<unknown>> => {
        const [rows] = await administrator.query('SHOW FULL PROCESSLIST');
        const inserting = (rows as { Id: number; Info: string | null }[]).filter(({ Info }) =>
          Info?.startsWith('INSERT'),
        );
        return new Set(inserting.map(({ Id }) => Id));
      };
      await until(async () => (await waiting()).size === 3);
      const ids = await waiting();
      await replica.query('START SLAVE IO_THREAD');
      for (const { code, stdout, stderr } of await Promise.all(clients)) {
        expect([code, stderr]).toEqual([0, '']);
        expect(ids).toContain(Number(stdout));
      }
      expect((await inserted)[0]).toMatchObject({ affectedRows: 1 });
      const [rows] = await administrator.query('SHOW MASTER STATUS');
      expect((rows as { Position: number }[])[0]?.Position).toBe(154 + 5 * 480);
      expect(await counter(administrator, 'Rpl_semi_sync_master_no_tx')).toBe('0');
      for (const connection of [application, administrator, replica]) await connection.end();
    });
  });

  test('prints tables, errors and \\G as always', async (context) => {
    if (!hasClient()) {
      console.warn('SKIPPED: the output in a real client; install mariadb-client');
      return context.skip();
    }
    await withConsole(cwd, ['--replicas', '2'], async ({ ports }) => {
      const source = ports[0] as number;
      const table = await client(source, 'SHOW MASTER STATUS', '--table');
      expect(table.stdout).toBe(
        [
          '+---------------+----------+--------------+------------------+-------------------+',
          '| File          | Position | Binlog_Do_DB | Binlog_Ignore_DB | Executed_Gtid_Set |',
          '+---------------+----------+--------------+------------------+-------------------+',
          '| binlog.000001 |      154 |              |                  |                   |',
          '+---------------+----------+--------------+------------------+-------------------+',
          '',
        ].join('\n'),
      );
      const narrow = await client(source, "SELECT 1, NULL, 'a'", '--table');
      expect(narrow.stdout).toContain('| 1 | NULL | a |\n+---+------+---+\n| 1 | NULL | a |\n');
      const refused = await client(source, 'SHOW NONSENSE', '--table');
      expect(refused.code).toBe(1);
      expect(refused.stderr).toContain('ERROR 1064 (42000) at line 1: You have an error in your SQL syntax; ');
      const vertical = await client(ports[2] as number, 'SHOW SLAVE STATUS\\G');
      expect(vertical.stdout).toMatch(/^\*{27} 1\. row \*{27}\n +Slave_IO_State: Waiting for master to send event\n/);
      expect((await client(source, 'status')).stdout).toContain('5.7.18-log');
    });
  });
});

describe('the load', () => {
  const position = async (connection: mysql.Connection): Promise<number> => {
    const [rows] = await connection.query('SHOW MASTER STATUS');
    return (rows as { Position: number }[])[0]?.Position as number;
  };

  test('commits all the time, is seen, and changes while it runs', async () => {
    await withConsole(cwd, ['--load', '3', '--set', 'think=5ms'], async ({ ports: [port], stderr }) => {
      expect(stderr()).toContain('acklab: 3 clients commit all the time; SET GLOBAL acklab_load=0 stops them\n');
      const connection = await driver(port as number);
      await until(async () => (await position(connection)) > 154 + 20 * 480);
      const loads = async (): Promise<number> => {
        const [rows] = await connection.query('SHOW PROCESSLIST');
        return (rows as { User: string }[]).filter(({ User }) => User === 'load').length;
      };
      expect([await loads(), await counter(connection, 'Threads_connected')]).toEqual([3, '4']);
      await connection.query('SET GLOBAL acklab_load=7');
      expect(await loads()).toBe(7);
      await connection.query('SET GLOBAL acklab_load=0');
      // Those that were committing have their answer soon; then nothing moves any more.
      let last = 0;
      await until(async () => {
        const before = last;
        last = await position(connection);
        return last === before;
      });
      expect([await position(connection), await loads()]).toEqual([last, 0]);
      await connection.end();
    });
  });
});

test('several connections of a driver at once', async () => {
  await withConsole(cwd, ['--replicas', '2'], async ({ ports: [source] }) => {
    const connections = await Promise.all([1, 2, 3].map(() => driver(source as number)));
    const inserts = connections.flatMap((connection) =>
      Array.from({ length: 20 }, (_, n) => connection.query('INSERT INTO t VALUES (?)', [n])),
    );
    for (const [result] of await Promise.all(inserts)) expect(result).toMatchObject({ affectedRows: 1 });
    const [first] = connections as [mysql.Connection];
    const [rows] = await first.query('SHOW MASTER STATUS');
    expect((rows as { Position: number }[])[0]?.Position).toBe(154 + 60 * 480);
    // Each has an own transaction and own warnings.
    await first.beginTransaction();
    await first.query('INSERT INTO t VALUES (1)');
    await (connections[1] as mysql.Connection).query('SET GLOBAL sync_binlog=-1');
    expect((await (connections[1] as mysql.Connection).query('SHOW WARNINGS'))[0]).toHaveLength(1);
    expect((await first.query('SHOW WARNINGS'))[0]).toHaveLength(0);
    await first.commit();
    await expect(first.query('SELEKT 1')).rejects.toMatchObject({ errno: 1064, sqlState: '42000' });
    await first.changeUser({ user: 'other', database: 'shop' });
    expect((await first.query('SELECT USER() u, DATABASE() d'))[0]).toEqual([{ u: 'other@localhost', d: 'shop' }]);
    for (const connection of connections) await connection.end();
  });
});

test('SHUTDOWN of a replica closes its port alone, that of the source ends the console', async () => {
  const running = await startConsole(cwd);
  const over = new Promise<number | null>((resolve) => running.child.on('close', resolve));
  const [source, replica] = running.ports as [number, number];
  const onReplica = await driver(replica);
  await onReplica.query('SHUTDOWN');
  onReplica.destroy();
  await until(() =>
    driver(replica).then(
      (open) => open.destroy() as unknown as false,
      () => true,
    ),
  );
  const onSource = await driver(source);
  expect((await onSource.query('SELECT 1 AS one'))[0]).toEqual([{ one: 1 }]);
  await onSource.query('SHUTDOWN');
  onSource.destroy();
  expect(await over).toBe(0);
});

describe('without a client', () => {
  /** Types into the console's standard input. */
  function typed(input: string, ...args: readonly string[]): Promise<Ended> {
    const child = spawn(
      process.execPath,
      [join(ROOT, 'dist/cli/main.js'), 'console', '--port', '0', '--load', '0', ...args],
      { cwd },
    );
    const end = ended(child);
    child.stdin.end(input);
    return end;
  }

  test('statements on standard input, on several lines, on several servers', async () => {
    const { code, stdout } = await typed(
      "SELECT @@server_id;\nreplica 1\nSELECT\n  @@server_id,\n 'a;b' -- ; no end\n;\nSHOW SLAVE STATUS\\G\nSELEKT 1;\nSHOW MASTER STATUS",
    );
    expect(code).toBe(0);
    expect(stdout).toContain('| @@server_id |\n+-------------+\n|           1 |\n+-------------+\n1 row in set (');
    expect(stdout).toContain('|           2 | a;b |');
    expect(stdout).toContain('                  Master_Host: 127.0.0.1\n');
    expect(stdout).toContain('ERROR 1064 (42000): You have an error in your SQL syntax; ');
    expect(stdout).toMatch(/\| binlog\.000001 \| +154 \|/);
  });

  test('its own commands stand behind a statement too, and a server that is not there is told of', async () => {
    const { stdout } = await typed('SELECT 1; replica 1\nreplica 2\nSELECT @@server_id; wait 0.01\nUSE test;');
    expect(stdout).toContain('There is no replica 2; there are source, replica 1.\n');
    expect(stdout).toContain('|           2 |\n');
    expect(stdout.endsWith('Database changed\n')).toBe(true);
    expect(stdout).not.toContain('ERROR');
  });

  test('an INSERT says how long it took, in virtual time', async () => {
    const { stdout } = await typed(
      [
        "INSTALL PLUGIN rpl_semi_sync_master SONAME 'semisync_master.so';",
        'SET GLOBAL rpl_semi_sync_master_enabled=1;',
        'SET GLOBAL rpl_semi_sync_master_timeout=1000;',
        'INSERT INTO t VALUES (1);',
        'exit',
      ].join('\n'),
    );
    expect(stdout).toMatch(/Query OK, 1 row affected \(1\.0\d sec\)\n\n$/);
  });

  test('a my.cnf is obeyed, and what it leaves out is told', async () => {
    writeFileSync(
      join(cwd, 'my.cnf'),
      '[mysqld]\nplugin-load-add=semisync_master.so\nplugin-load-add=semisync_slave.so\nrpl_semi_sync_master_enabled=1\nrpl-semi-sync-slave-enabled=on\nkey_buffer_size=16M\n[mysqld2]\nserver-id=22\n',
    );
    const { stdout, stderr } = await typed(
      "wait 0.2\nSHOW STATUS LIKE 'Rpl_semi_sync_master_clients'; SHOW SLAVE HOSTS;",
      '--defaults-file',
      'my.cnf',
    );
    expect(stdout).toMatch(/Rpl_semi_sync_master_clients \| 1 /);
    expect(stdout).toMatch(/\| +22 \|/);
    expect(stderr).toContain('acklab: source: not emulated, and left out: key_buffer_size\n');
  });
});

describe('refused with one line and exit code 2', () => {
  test.each([
    [
      'console --host 0.0.0.0',
      /--host 0\.0\.0\.0: others could connect there; set a --password, or listen on 127\.0\.0\.1$/,
    ],
    ['console --set clients=3', /--set clients=3: in the console that is --load$/],
    ['console --set arrival_rate=3', /arrival_rate: the console's load is a closed loop/],
    ['console --profile mysql-4.1', /argument 'mysql-4\.1' is invalid/],
    [
      'console --defaults-file wrong.cnf',
      /wrong\.cnf:3: rpl_semi_sync_master_timeout: "soon" is not a whole number of ms/,
    ],
    ['console --defaults-file none.cnf', /none\.cnf: there is no such file$/],
  ])('%s', async (command, line) => {
    writeFileSync(join(cwd, 'wrong.cnf'), '[mysqld]\n# soon\nrpl_semi_sync_master_timeout = soon\n');
    const { code, stdout, stderr } = await acklab(cwd, ...command.split(' '));
    expect(stderr).toMatch(/^acklab: [^\n]+\n$/);
    expect(stderr.trimEnd()).toMatch(line);
    expect([code, stdout]).toEqual([2, '']);
  });

  test('a port that somebody has', async () => {
    const taken = createServer();
    const port = await new Promise<number>((resolve) =>
      taken.listen(0, '127.0.0.1', () => resolve((taken.address() as { port: number }).port)),
    );
    try {
      const { code, stderr } = await acklab(cwd, 'console', '--port', String(port), '--no-prompt');
      expect(stderr).toMatch(/--port \d+: something listens there already; choose another with --port\n$/);
      expect(code).toBe(2);
    } finally {
      taken.close();
    }
  });
});

// The last one: its ten seconds have gone by while the others were busy.
test('who is greeted and never says who it is loses its place', async () => {
  await silent.closed;
  const admin = await driver(patient.ports[0] as number);
  expect(await counter(admin, 'Threads_connected')).toBe('1');
  await admin.end();
});
