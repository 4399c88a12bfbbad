/** The console's MySQL protocol: prepared statements, passwords, TLS, and what nobody should send. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { counter, driver, nativeToken, RawConnection, until, withConsole } from './console-process.js';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'acklab-console-'));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

describe('prepared statements', () => {
  test('values go in and rows come out as they do in MySQL', async () => {
    await withConsole(cwd, [], async ({ ports: [port] }) => {
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
    await withConsole(cwd, [], async ({ ports: [port] }) => {
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
  await withConsole(cwd, [], async ({ ports: [port] }) => {
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
    await withConsole(cwd, [], async ({ ports: [port, replica] }) => {
      const source = port as number;
      const admin = await driver(source);
      const idle = await Promise.all(Array.from({ length: 200 }, () => driver(source)));
      expect(await counter(admin, 'Threads_connected')).toBe('201');
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
    await withConsole(cwd, ['--password', 'secret'], async ({ ports: [port] }) => {
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
