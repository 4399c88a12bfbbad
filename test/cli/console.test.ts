import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { acklab, type Ended, ended, ROOT } from './acklab.js';
import { client, hasClient, nativeToken, RawConnection, type RunningConsole, startConsole } from './console-process.js';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'acklab-console-'));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

async function withConsole(args: readonly string[], work: (console: RunningConsole) => Promise<void>): Promise<void> {
  const running = await startConsole(cwd, ...args);
  try {
    await work(running);
    // Whatever happened, nobody was told of a bug.
    expect(running.stderr()).not.toMatch(/bug|Error:|at .*\.js/);
  } finally {
    await running.stop();
  }
}

const driver = (port: number, options: mysql.ConnectionOptions = {}): Promise<mysql.Connection> =>
  mysql.createConnection({ host: '127.0.0.1', port, user: 'root', ...options });

async function counter(connection: mysql.Connection, name: string): Promise<string> {
  const [rows] = await connection.query(`SHOW GLOBAL STATUS LIKE '${name}'`);
  return String((rows as { Value: string }[])[0]?.Value);
}

/** Asks until it is so: another process takes its time. */
async function until(what: () => Promise<boolean>): Promise<void> {
  while (!(await what())) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe("Debian's client", () => {
  const walkThrough = async (context: TestContext, ...args: readonly string[]): Promise<void> => {
    if (!hasClient()) {
      console.warn('SKIPPED: the walk-through with a real client; install mariadb-client');
      return context.skip();
    }
    await withConsole(args, async ({ ports: [source, replica] }) => {
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
    await withConsole([], async ({ ports: [port, replicaPort] }) => {
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
    await withConsole(['--replicas', '2'], async ({ ports }) => {
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
    await withConsole(['--load', '3', '--set', 'think=5ms'], async ({ ports: [port], stderr }) => {
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
  await withConsole(['--replicas', '2'], async ({ ports: [source] }) => {
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

describe('prepared statements', () => {
  test('values go in and rows come out as they do in MySQL', async () => {
    await withConsole([], async ({ ports: [port] }) => {
      const connection = await driver(port as number);
      const text = "it's a \\ 100 % \n \u{1F40B} ?";
      const [[row]] = (await connection.execute('SELECT ? AS text, ? AS number, ? AS nothing, @@server_id AS id', [
        text,
        -12.5,
        null,
      ])) as unknown as [[object]];
      expect(row).toEqual({ text, number: '-12.5', nothing: null, id: 1 });
      const statement = await connection.prepare('SHOW GLOBAL VARIABLES LIKE ?');
      const lengths: number[] = [];
      for (const pattern of ['sync%', 'acklab_load', 'nothing']) {
        const [rows] = await statement.execute([pattern]);
        lengths.push((rows as unknown[]).length);
      }
      expect(lengths).toEqual([2, 1, 0]);
      await statement.close();
      expect((await connection.execute('INSERT INTO t VALUES (?, ?, ?)', [1, new Date(0), true]))[0]).toMatchObject({
        affectedRows: 1,
      });
      // A question mark in a string or a comment is none.
      expect((await connection.execute("SELECT '?' AS mark /* ? */"))[0]).toEqual([{ mark: '?' }]);
      await expect(connection.execute('SELEKT ?', [1])).rejects.toMatchObject({ errno: 1064, sqlState: '42000' });
      await expect(connection.execute('SELEKT 1')).rejects.toMatchObject({ errno: 1064 });
      await expect(connection.execute('USE mysql')).rejects.toMatchObject({ errno: 1295, sqlState: 'HY000' });
      await connection.end();
    });
  });

  test('what never was prepared, and values that are not all there', async () => {
    await withConsole([], async ({ ports: [port] }) => {
      const raw = new RawConnection(port as number);
      await raw.login();
      await raw.packet();
      const errno = async (): Promise<number> => (await raw.packet()).readUInt16LE(5);
      const execute = (id: number, ...rest: readonly number[]): void =>
        raw.send(0, Buffer.from([23, id, 0, 0, 0, 0, 1, 0, 0, 0, ...rest]));
      execute(9);
      expect(await errno()).toBe(1243);
      raw.send(0, Buffer.concat([Buffer.from([22]), Buffer.from('SELECT ?')]));
      const answer = await raw.packet();
      expect([answer[4], answer.readUInt32LE(5), answer.readUInt16LE(11)]).toEqual([0, 1, 1]);
      // The parameter, and the end of the parameters.
      await raw.packet();
      await raw.packet();
      // No types; a string longer than the packet; a number cut off.
      for (const values of [[], [0, 0], [0, 1, 253, 0, 200, 1], [0, 1, 8, 0, 1, 2]]) {
        execute(1, ...values);
        expect(await errno()).toBe(1210);
      }
      // Long data, which has no answer, stands for the value.
      raw.send(0, Buffer.concat([Buffer.from([24, 1, 0, 0, 0, 0, 0]), Buffer.from('long')]));
      execute(1, 0, 1, 252, 0);
      expect((await raw.packet())[4]).toBe(1);
      for (let rest = 0; rest < 2; rest++) await raw.packet();
      expect((await raw.packet()).subarray(4).toString('latin1')).toBe('\0\0\x04long');
      raw.socket.destroy();
    });
  });
});

test('TLS: the greeting does not offer it, and who insists is told so', async () => {
  await withConsole([], async ({ ports: [port] }) => {
    await expect(driver(port as number, { ssl: {} })).rejects.toMatchObject({ code: 'HANDSHAKE_NO_SSL_SUPPORT' });
    const raw = new RawConnection(port as number);
    await raw.packet();
    const request = Buffer.alloc(32);
    // PROTOCOL_41, SSL, SECURE_CONNECTION; then what looks like a handshake of TLS.
    request.writeUInt32LE(0x200 | 0x800 | 0x8000);
    raw.send(1, request);
    expect((await raw.packet()).readUInt16LE(5)).toBe(1043);
    raw.socket.end(Buffer.from([0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0]));
    await raw.closed;
    const connection = await driver(port as number);
    await connection.end();
  });
});

describe('nobody can harm the others', () => {
  test('200 idle connections, malformed packets, a statement that is too long, one that vanishes', {
    timeout: 300_000,
  }, async () => {
    await withConsole([], async ({ ports: [port, replica] }) => {
      const source = port as number;
      const admin = await driver(source);
      // It never says who it is.
      const silent = new RawConnection(source);
      const idle = await Promise.all(Array.from({ length: 200 }, () => driver(source)));
      expect(await counter(admin, 'Threads_connected')).toBe('202');
      for (const connection of idle) connection.destroy();

      const junk = [
        Buffer.alloc(100),
        Buffer.alloc(100, 0xff),
        Buffer.from([1, 0, 0, 1, 3]),
        Buffer.from('GET / HTTP/1.0\r\n\r\n'),
        Buffer.from([0xff]),
      ];
      for (const bytes of junk) {
        const before = new RawConnection(source);
        before.socket.end(bytes);
        await before.closed;
        const after = new RawConnection(source);
        await after.login();
        await after.packet();
        after.socket.end(bytes);
        await after.closed;
      }
      for (const command of [0, 5, 17, 22, 23, 26, 200]) {
        const odd = new RawConnection(source);
        await odd.login();
        await odd.packet();
        odd.send(0, Buffer.from([command, 1, 2, 3]));
        expect((await odd.packet())[4]).toBe(0xff);
        odd.socket.destroy();
      }

      const long = await driver(source);
      await expect(long.query(`SELECT '${'x'.repeat(5 * 2 ** 20)}'`)).rejects.toThrow();
      expect((await admin.query('SELECT 1 AS one'))[0]).toEqual([{ one: 1 }]);

      await admin.query("INSTALL PLUGIN rpl_semi_sync_master SONAME 'semisync_master.so'");
      await admin.query('SET GLOBAL rpl_semi_sync_master_enabled=1, GLOBAL rpl_semi_sync_master_timeout=3600000');
      const stopper = await driver(replica as number);
      await stopper.query('STOP SLAVE');
      await stopper.end();
      const vanishing = new RawConnection(source);
      await vanishing.login();
      await vanishing.packet();
      vanishing.query('INSERT INTO t VALUES (1)');
      await until(async () => (await counter(admin, 'Rpl_semi_sync_master_wait_sessions')) === '1');
      vanishing.socket.resetAndDestroy();
      await silent.closed;
      await until(async () => (await counter(admin, 'Threads_connected')) === '1');
      // Its transaction goes on waiting, as in MySQL, and leaves nothing behind when that is over.
      await admin.query('SET GLOBAL rpl_semi_sync_master_enabled=0');
      await until(async () => (await counter(admin, 'Rpl_semi_sync_master_wait_sessions')) === '0');
      expect(await counter(admin, 'Rpl_semi_sync_master_no_tx')).toBe('1');
      await admin.end();
    });
  });
});

describe('a password', () => {
  test('is asked of everybody, whatever method the client begins with', async () => {
    await withConsole(['--password', 'secret'], async ({ ports: [port] }) => {
      const source = port as number;
      await expect(driver(source)).rejects.toMatchObject({ errno: 1045, sqlState: '28000' });
      await expect(driver(source, { password: 'wrong' })).rejects.toMatchObject({ errno: 1045 });
      const right = await driver(source, { password: 'secret' });
      expect((await right.query('SELECT 1 AS one'))[0]).toEqual([{ one: 1 }]);
      await right.end();
      const newer = new RawConnection(source);
      const salt = await newer.login(Buffer.alloc(32, 7), 'caching_sha2_password');
      const request = await newer.packet();
      expect([request[4], request.toString('latin1', 5, 26)]).toEqual([0xfe, 'mysql_native_password']);
      newer.send((request[3] as number) + 1, nativeToken('secret', salt));
      expect((await newer.packet())[4]).toBe(0);
      newer.query('SELECT 1');
      expect((await newer.packet())[4]).toBe(1);
      newer.socket.destroy();
    });
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
