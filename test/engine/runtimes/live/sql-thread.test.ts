/** What SHOW SLAVE STATUS says of the SQL thread while it runs, stands still, and catches up. */
import { describe, expect, test } from 'vitest';
import { defaultSettings } from '../../../../engine/protocol/parameters.js';
import { BINLOG_START, transactionShape } from '../../../../engine/protocol/positions.js';
import { RelayLogFiles } from '../../../../engine/runtimes/live/relay-log-files.js';
import { BinlogAges, SqlThread } from '../../../../engine/runtimes/live/sql-thread.js';
import { World } from './world.js';

const settings = {
  ...defaultSettings('mysql-5.7'),
  cpu_statement: { kind: 'constant', mean: 60 },
  cpu_commit: { kind: 'constant', mean: 10 },
  redo_fsync: { kind: 'constant', mean: 100 },
  fsync_overhead: { kind: 'constant', mean: 30 },
} as const;
/** 60 + 10 + 100 + 30. */
const COST_US = 200;
const shape = transactionShape(5, 480);
const endOf = (transactions: number): number => BINLOG_START + transactions * shape.bytes;

describe('the account', () => {
  test('one transaction after another, 200 µs each; half a one is none', () => {
    const sql = new SqlThread(settings, shape, true, BINLOG_START, 0);
    sql.account(endOf(10) + 96, 3 * COST_US);
    expect(sql.executed).toBe(endOf(3));
    // What is left over of the time counts: 3.5 and 0.5 are one more.
    sql.account(endOf(10), 3.5 * COST_US);
    sql.account(endOf(10), 4 * COST_US);
    expect(sql.executed).toBe(endOf(4));
    sql.account(endOf(10), 100 * COST_US);
    expect(sql.executed).toBe(endOf(10));
    // It was idle since then: that time is gone.
    sql.account(endOf(20), 101 * COST_US);
    expect(sql.executed).toBe(endOf(11));
  });

  test('stopped it stands still, and begins where it stopped', () => {
    const sql = new SqlThread(settings, shape, false, BINLOG_START, 0);
    sql.account(endOf(10), 1e6);
    expect(sql.executed).toBe(BINLOG_START);
    sql.start(1e6);
    sql.account(endOf(10), 1e6 + 2 * COST_US);
    expect(sql.executed).toBe(endOf(2));
  });

  test('how old a transaction is, to the second', () => {
    const ages = new BinlogAges(endOf(0), 0);
    for (let second = 1; second <= 5; second++) ages.sample(endOf(10 * second), second * 1e6, endOf(5));
    expect([endOf(5), endOf(10), endOf(49)].map((position) => ages.writtenAt(position, 9e6) / 1e6)).toEqual([1, 2, 5]);
    // What is not written yet is not old.
    expect(ages.writtenAt(endOf(50), 9e6)).toBe(9e6);
  });

  test('relay logs: a file for each start of the I/O thread, purged when all of it is executed', () => {
    const files = new RelayLogFiles('relay', 320, endOf(0));
    files.rotate(endOf(0));
    files.rotate(endOf(10));
    expect(files.space(endOf(4), endOf(15))).toBe(2 * 320 + 15 * 480);
    expect(files.locate(endOf(4))).toEqual({ file: 'relay.000002', position: 320 + 4 * 480 });
    expect(files.space(endOf(10), endOf(15))).toBe(320 + 5 * 480);
    expect(files.locate(endOf(10))).toEqual({ file: 'relay.000003', position: 320 });
  });
});

interface Status {
  readonly Slave_SQL_Running: string;
  readonly Read_Master_Log_Pos: number;
  readonly Exec_Master_Log_Pos: number;
  readonly Seconds_Behind_Master: number | null;
  readonly Slave_SQL_Running_State: string;
}

async function statusOf(world: World): Promise<Status> {
  const outcome = await world.run('SHOW SLAVE STATUS', world.replica());
  if (outcome.kind !== 'rows') throw new Error('no rows');
  const entries = outcome.columns.map(({ name }, index) => {
    const cell = outcome.rows[0]?.[index] ?? null;
    return [name, cell !== null && /^\d+$/.test(String(cell)) ? Number(cell) : cell];
  });
  return Object.fromEntries(entries) as Status;
}

test('SHOW SLAVE STATUS while the SQL thread is stopped, catches up, and is there', async () => {
  const world = new World({ ...settings, think: { kind: 'constant', mean: 1000 } }, {}, 4);
  const passSeconds = (seconds: number): void => {
    for (let second = 0; second < seconds; second++) {
      world.pass(1);
      world.servers.replication.account();
    }
  };
  passSeconds(2);
  const begins = await statusOf(world);
  expect(begins).toMatchObject({ Slave_SQL_Running: 'Yes', Seconds_Behind_Master: 0 });
  await world.run('STOP SLAVE SQL_THREAD', world.replica());
  passSeconds(5);
  const stopped = await statusOf(world);
  expect(stopped).toMatchObject({ Slave_SQL_Running: 'No', Seconds_Behind_Master: null, Slave_SQL_Running_State: '' });
  expect(stopped.Read_Master_Log_Pos).toBeGreaterThan(begins.Read_Master_Log_Pos + 5000 * 480);
  expect(stopped.Exec_Master_Log_Pos).toBeLessThan(begins.Read_Master_Log_Pos + 100 * 480);

  await world.run('SET GLOBAL acklab_load=0');
  world.pass(0.1);
  await world.run('START SLAVE SQL_THREAD', world.replica());
  world.pass(0.01);
  const behind = await statusOf(world);
  // Half of what 10 ms at 200 µs each would be, as the statement itself took its time.
  expect(behind.Exec_Master_Log_Pos).toBeGreaterThanOrEqual(stopped.Exec_Master_Log_Pos + 25 * 480);
  expect((behind.Exec_Master_Log_Pos - BINLOG_START) % 480).toBe(0);
  expect(behind.Seconds_Behind_Master).toBeGreaterThanOrEqual(4);
  expect(behind.Slave_SQL_Running_State).toBe('Reading event from the relay log');
  // Without its I/O thread it goes on with what is there, and then cannot tell.
  await world.run('STOP SLAVE IO_THREAD', world.replica());
  expect((await statusOf(world)).Seconds_Behind_Master).toBeGreaterThanOrEqual(4);
  passSeconds(5);
  const done = await statusOf(world);
  expect(done.Exec_Master_Log_Pos).toBe(done.Read_Master_Log_Pos);
  expect(done.Seconds_Behind_Master).toBeNull();
  await world.run('START SLAVE IO_THREAD', world.replica());
  passSeconds(1);
  expect((await statusOf(world)).Seconds_Behind_Master).toBe(0);
});
