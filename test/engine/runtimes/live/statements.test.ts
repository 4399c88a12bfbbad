/** What administrators type besides the statements of replication. */
import { expect, test } from 'vitest';
import { execute } from '../../../../engine/runtimes/live/execute.js';
import { Session } from '../../../../engine/runtimes/live/session.js';
import { World } from './world.js';

const INSERT = 'INSERT INTO test.t VALUES (1)';

test('the time, a sleep that SHOW PROCESSLIST shows, and a session that writes no binlog', async () => {
  const world = new World();
  world.pass(86_400 + 3661);
  expect(await world.rows('SELECT NOW() n, CURRENT_DATE d, UNIX_TIMESTAMP() u')).toEqual([
    ['1970-01-02 01:01:01', '1970-01-02', 90_061],
  ]);
  const session = world.connect();
  const asleep = execute(world.servers, session, 'SELECT SLEEP(1.5) s');
  world.pass(1);
  expect((await world.rows('SHOW PROCESSLIST')).map((row) => row[6])).toContain('User sleep');
  expect((await world.finish(asleep)).kind).toBe('rows');
  expect((await world.rows('SHOW PROCESSLIST')).map((row) => row[6])).not.toContain('User sleep');
  const long = execute(world.servers, session, 'SELECT SLEEP(1000000) s');
  world.pass(1);
  await world.run(`KILL QUERY ${session.id}`);
  expect(await world.finish(long)).toMatchObject({ rows: [[1]] });
  const before = world.servers.cluster.binlogEnd;
  await world.run('SET sql_log_bin=0', session);
  await world.run(INSERT, session);
  expect(world.servers.cluster.binlogEnd).toBe(before);
  await world.run('SET sql_log_bin=ON', session);
  await world.run(INSERT, session);
  expect(world.servers.cluster.binlogEnd).toBe(before + 480);
});

test.each([
  ['SET GLOBAL read_only=1', "1235 (42000) This version of MySQL doesn't yet support 'changing read_only at run time'"],
  ['SET GLOBAL port=1', "1238 (HY000) Variable 'port' is a read only variable"],
  [
    'SET GLOBAL sql_log_bin=0',
    "1228 (HY000) Variable 'sql_log_bin' is a SESSION variable and can't be used with SET GLOBAL",
  ],
  ['SELECT 1+1', "1235 (42000) This version of MySQL doesn't yet support 'operators in expressions'"],
  ['SELECT COUNT(*) FROM t', "1235 (42000) This version of MySQL doesn't yet support 'COUNT() with arguments'"],
  [
    'FLUSH TABLES WITH READ LOCK',
    "1235 (42000) This version of MySQL doesn't yet support 'FLUSH TABLES WITH READ LOCK'",
  ],
  ['START SLAVE UNTIL MASTER_LOG_POS=1', "1235 (42000) This version of MySQL doesn't yet support 'START SLAVE UNTIL'"],
])('%s', async (text, expected) => expect(await new World().refusal(text)).toBe(expected));

test('KILL ends clients; of the others that SHOW PROCESSLIST lists it says that it cannot', async () => {
  const world = new World({}, {}, 1);
  let closed = 0;
  const victim = new Session(world.source, 'root', 'localhost', () => closed++);
  await world.run(`KILL ${victim.id}`);
  expect(closed).toBe(1);
  victim.end();
  for (const [id, user] of await world.rows('SHOW PROCESSLIST')) {
    if (user === 'root') continue;
    expect(await world.refusal(`KILL ${id}`)).toMatch(/^1235 /);
  }
  expect(await world.refusal('KILL 9999')).toBe('1094 (HY000) Unknown thread id: 9999');
});

test("MariaDB's SHOW BINLOG STATUS, and a column more of SHOW PROCESSLIST", async () => {
  const world = new World({ profile: 'mariadb-10.11' });
  expect(await world.rows('SHOW BINLOG STATUS')).toEqual(await world.rows('SHOW MASTER STATUS'));
  expect((await world.rows('SHOW PROCESSLIST')).map((row) => row[8])).toEqual(['0.000', '0.000']);
});
