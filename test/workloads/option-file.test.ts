import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProfileName } from '../../engine/protocol/profiles.js';
import { InputError } from '../../workloads/input-error.js';
import { readOptionFile } from '../../workloads/option-file.js';
import { type ServerOptions, serverOptions } from '../../workloads/server-options.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'acklab-cnf-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
function written(...lines: string[]): string {
  const file = join(folder, `${++count}.cnf`);
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

const read = (profile: ProfileName, number: number, ...lines: string[]): ServerOptions =>
  serverOptions(readOptionFile(written(...lines)), profile, number);

const WILD = 'test/workloads/option-files';
const wild = (path: string, profile: ProfileName, number: number): ServerOptions =>
  serverOptions(readOptionFile(`${WILD}/${path}`), profile, number);

describe('files of the wild', () => {
  test("Debian's tree: !includedir in order, comments, groups of other programs", () => {
    const { variables, serverId, plugins, notes } = wild('debian/my.cnf', 'mariadb-10.11', 1);
    expect(Object.fromEntries(variables)).toEqual({
      rpl_semi_sync_master_enabled: true,
      rpl_semi_sync_slave_enabled: true,
      sync_binlog: 1,
    });
    expect(serverId).toBe(11);
    expect(plugins).toEqual([]);
    expect(notes).toEqual([
      'not emulated, and left out: basedir, bind_address, character_set_server, collation_server, expire_logs_days, pid_file, socket',
    ]);
  });

  test("a MySQL server reads none of MariaDB's groups", () => {
    const { variables, serverId, notes } = wild('debian/my.cnf', 'mysql-5.7', 1);
    expect(variables.size).toBe(0);
    expect(serverId).toBeUndefined();
    expect(notes.join()).not.toContain('socket');
  });

  test('a GTID pair with loose- options: each server its own', () => {
    const first = wild('gtid-pair.cnf', 'mysql-5.7', 1);
    const second = wild('gtid-pair.cnf', 'mysql-5.7', 2);
    const shared = {
      rpl_semi_sync_master_enabled: true,
      rpl_semi_sync_slave_enabled: true,
      rpl_semi_sync_master_timeout: 1000,
      rpl_semi_sync_master_wait_point: 'AFTER_SYNC',
      sync_binlog: 1,
    };
    expect(Object.fromEntries(first.variables)).toEqual({ ...shared, sync_relay_log: 10240 });
    expect(Object.fromEntries(second.variables)).toEqual({ ...shared, sync_relay_log: 1 });
    expect([first.serverId, second.serverId]).toEqual([101, 102]);
    expect([first.skipSlaveStart, second.skipSlaveStart]).toEqual([false, true]);
    expect(first.plugins.map(({ names }) => names.name)).toEqual(['rpl_semi_sync_master', 'rpl_semi_sync_slave']);
    expect(first.logBin).toBe('mysql-bin');
    expect(first.notes).toEqual([
      'not emulated, and left out: binlog_format, enforce_gtid_consistency, group_replication_start_on_boot, gtid_mode, innodb_flush_log_at_trx_commit, log_slave_updates',
    ]);
  });

  test('the same pair on 5.6: its loose wait point is left out', () => {
    const { variables, notes } = wild('gtid-pair.cnf', 'mysql-5.6', 1);
    expect(variables.has('rpl_semi_sync_master_wait_point')).toBe(false);
    expect(notes[0]).toContain('rpl_semi_sync_source_wait_point');
  });
});

describe('the syntax', () => {
  test('includes, their lines and the order in which later options win', () => {
    mkdirSync(join(folder, 'deep.d'), { recursive: true });
    writeFileSync(join(folder, 'deep.d', '20.cnf'), '[mysqld]\nsync_binlog=20\n');
    writeFileSync(join(folder, 'deep.d', '10.cnf'), '[mysqld]\n\nsync_binlog=10\nsync_relay_log=7\n');
    writeFileSync(join(folder, 'deep.d', 'ignored.conf'), 'nonsense before any group');
    const file = written('[mysqld]', 'sync_binlog=1', '!includedir deep.d', 'sync_relay_log=5');
    const options = readOptionFile(file);
    expect(options.map(({ name, value, place }) => `${place.split('/').at(-1)} ${name}=${value}`)).toEqual([
      `${count}.cnf:2 sync_binlog=1`,
      '10.cnf:3 sync_binlog=10',
      '10.cnf:4 sync_relay_log=7',
      '20.cnf:2 sync_binlog=20',
      `${count}.cnf:4 sync_relay_log=5`,
    ]);
    expect(Object.fromEntries(serverOptions(options, 'mysql-5.7', 1).variables)).toEqual({
      sync_binlog: 20,
      sync_relay_log: 5,
    });
  });

  test.each([
    ['quoted = "a # b"', 'a # b'],
    ["quoted = 'it' # comment", 'it'],
    ['bare = a\\sb\\tc\\\\d\\q', 'a b\tc\\d\\q'],
    ['empty =', ''],
    ['  spaced   =   x y   ', 'x y'],
    ['equals = a=b=c', 'a=b=c'],
    ['half = "open', '"open'],
    ['escaped = a\\#b', 'a\\#b'],
  ])('%s', (line, value) => expect(readOptionFile(written('[mysqld]', line))[0]?.value).toBe(value));

  test('a name alone has no value; - and _, --, ; comments and a byte order mark', () => {
    const [first, second] = readOptionFile(
      written('\ufeff; a comment', '[mysqld] # more', 'skip-name_resolve', '--a-b=1'),
    );
    expect(first).toMatchObject({ name: 'skip_name_resolve', loose: false });
    expect(first).not.toHaveProperty('value');
    expect(second).toMatchObject({ name: 'a_b', value: '1' });
  });

  test('a comment in Latin-1 harms nobody', () => {
    const file = written('[mysqld]');
    writeFileSync(file, Buffer.from('[mysqld]\n# sch\xf6n\nsync_binlog=3\n', 'latin1'));
    expect(serverOptions(readOptionFile(file), 'mysql-5.7', 1).variables.get('sync_binlog')).toBe(3);
  });
});

describe('groups', () => {
  test("a version's own group, and the server's own above all, wherever it stands", () => {
    const lines = ['[mysqld2]', 'sync_binlog=2', '[mysqld-5.6]', 'sync_binlog=56', '[mysqld]', 'sync_binlog=5'];
    expect(read('mysql-5.7', 1, ...lines).variables.get('sync_binlog')).toBe(5);
    expect(read('mysql-5.7', 2, ...lines).variables.get('sync_binlog')).toBe(2);
    expect(read('mysql-5.6', 1, ...lines.slice(0, 4)).variables.get('sync_binlog')).toBe(56);
  });
});

describe('values', () => {
  const values = (...lines: string[]) => Object.fromEntries(read('mysql-5.7', 1, '[mysqld]', ...lines).variables);

  test('switches in every spelling, skip- and enable- too', () => {
    for (const text of ['=1', '=ON', '=true', '']) {
      expect(values(`binlog_order_commits${text}`)).toEqual({ binlog_order_commits: true });
    }
    for (const line of ['skip-binlog-order-commits', 'disable_binlog_order_commits', 'binlog-order-commits=off']) {
      expect(values(line)).toEqual({ binlog_order_commits: false });
    }
    expect(values('enable-binlog-order-commits')).toEqual({ binlog_order_commits: true });
  });

  test('sizes, numbers of choices, and what is out of range', () => {
    expect(values('sync_binlog=2M')).toEqual({ sync_binlog: 2 ** 21 });
    expect(values('loose-rpl_semi_sync_master_wait_point=1')).toEqual({
      rpl_semi_sync_master_wait_point: 'AFTER_COMMIT',
    });
    const { variables, notes } = read('mysql-5.7', 1, '[mysqld]', 'binlog_group_commit_sync_delay=5M');
    expect(variables.get('binlog_group_commit_sync_delay')).toBe(1_000_000);
    expect(notes).toEqual([
      expect.stringMatching(/\.cnf:2: binlog_group_commit_sync_delay=5242880 is adjusted to 1000000, as mysqld does$/),
    ]);
  });

  test('plugins: added, replaced, and in the names of 8.0.26', () => {
    const names = (...lines: string[]) =>
      read('mysql-5.7', 1, '[mysqld]', ...lines).plugins.map(({ names: { name } }) => name);
    expect(names('plugin-load-add=semisync_master.so', 'plugin_load_add=semisync_replica.so')).toEqual([
      'rpl_semi_sync_master',
      'rpl_semi_sync_replica',
    ]);
    expect(names('plugin-load=semisync_master.so', 'plugin-load=auth_socket.so')).toEqual([]);
  });

  test('an option of a plugin that nobody loads waits for it, and is told of', () => {
    const { variables, notes } = read('mysql-5.7', 1, '[mysqld]', 'rpl_semi_sync_master_enabled=1');
    expect(variables.get('rpl_semi_sync_master_enabled')).toBe(true);
    expect(notes).toEqual([
      expect.stringMatching(/:2: rpl_semi_sync_master_enabled waits for INSTALL PLUGIN: .*plugin-load-add=/),
    ]);
    expect(read('mariadb-10.11', 1, '[mysqld]', 'rpl_semi_sync_master_enabled=1').notes).toEqual([]);
  });
});

describe('refused with file and line', () => {
  test.each<[string, ProfileName, RegExp]>([
    [
      'rpl_semi_sync_master_enabeld=1',
      'mysql-5.7',
      /:2: unknown variable "rpl_semi_sync_master_enabeld"; did you mean "rpl_semi_sync_master_enabled"\?$/,
    ],
    [
      'rpl_semi_sync_master_enabled=maybe',
      'mysql-5.7',
      /:2: rpl_semi_sync_master_enabled: "maybe" is neither ON nor OFF/,
    ],
    [
      'rpl_semi_sync_master_timeout=10s',
      'mysql-5.7',
      /:2: rpl_semi_sync_master_timeout: "10s" is not a whole number of ms/,
    ],
    ['rpl_semi_sync_master_timeout', 'mysql-5.7', /:2: rpl_semi_sync_master_timeout needs a value/],
    [
      'rpl_semi_sync_master_wait_point=AFTER_LUNCH',
      'mysql-5.7',
      /:2: .*unknown value "AFTER_LUNCH"; use AFTER_SYNC or AFTER_COMMIT$/,
    ],
    [
      'rpl_semi_sync_master_wait_point=AFTER_SYNC',
      'mysql-5.6',
      /:2: MySQL 5\.6 has no variable "rpl_semi_sync_master_wait_point"; .*loose-/,
    ],
    ['Sync_Binlog=1', 'mysql-5.7', /:2: unknown variable "Sync_Binlog"; did you mean "sync_binlog"\?$/],
    ['sync-binlgo=1', 'mysql-5.7', /:2: unknown variable "sync_binlgo"; did you mean "sync_binlog"\?$/],
    ['server-id=one', 'mysql-5.7', /:2: server_id: "one" is not a whole number/],
    [
      'plugin-load=rpl_semi_sync_slave=semisync_master.so',
      'mysql-5.7',
      /:2: there is no plugin "rpl_semi_sync_slave" in semisync_master\.so/,
    ],
    ['plugin-load=semisync_mastre.so', 'mysql-5.7', /:2: plugin_load: there is no library "semisync_mastre\.so"/],
    ['[mysqld', 'mysql-5.7', /:2: "\[mysqld" is no group; write \[mysqld\]$/],
    ['=1', 'mysql-5.7', /:2: there is no name in front of "="/],
    ['!includdir /etc', 'mysql-5.7', /:2: "!includdir \/etc" is no directive/],
    ['!include nowhere.cnf', 'mysql-5.7', /:2: .*nowhere\.cnf: there is no such file$/],
    ['!includedir nowhere', 'mysql-5.7', /:2: .*nowhere: there is no such file$/],
  ])('%s (%s)', (line, profile, message) => {
    let thrown: unknown;
    try {
      read(profile, 1, '[mysqld]', line);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(InputError);
    expect((thrown as Error).message).toMatch(message);
    expect((thrown as Error).message).not.toContain('\n');
  });

  test('an option before any group, a circle of includes, a file that is not there', () => {
    expect(() => read('mysql-5.7', 1, 'sync_binlog=1')).toThrow(/:1: "sync_binlog=1" stands before any group/);
    const circle = join(folder, 'circle.cnf');
    writeFileSync(circle, '[mysqld]\n!include circle.cnf\n');
    expect(() => readOptionFile(circle)).toThrow(/circle\.cnf:2: files are included 10 deep; it includes itself/);
    expect(() => readOptionFile(join(folder, 'none.cnf'))).toThrow(/none\.cnf: there is no such file$/);
  });

  test('canary: loose- makes the same lines harmless', () => {
    const { notes, variables } = read(
      'mysql-5.6',
      1,
      '[mysqld]',
      'loose-rpl_semi_sync_master_enabeld=1',
      'loose-sync-binlgo=1',
    );
    expect(variables.size).toBe(0);
    expect(notes).toEqual(['not emulated, and left out: rpl_semi_sync_master_enabeld, sync_binlgo']);
  });
});
