import { describe, expect, test } from 'vitest';
import { readOptionFile } from '../../workloads/option-file.js';
import { serverSettings } from '../../workloads/server-settings.js';

const PAIR = new URL('option-files/gtid-pair.cnf', import.meta.url).pathname;
const texts = (lines: Parameters<typeof serverSettings>[0]): string[] =>
  serverSettings(lines, 'mysql-5.7', 'my.cnf').settings.map(({ name, text }) => `${name}=${text}`);

/** Lines of [mysqld], `name=value` each. */
const lines = (...said: string[]) =>
  said.map((line, index) => {
    const [name = '', value = ''] = line.split('=');
    return { group: 'mysqld', name, value, loose: false, place: `my.cnf:${index + 1}` };
  });

test('a pair of servers: the source from its group, the relay log from that of the replica', () => {
  expect(texts(readOptionFile(PAIR)).sort()).toEqual([
    'sync_binlog=1',
    'sync_relay_log=1',
    'timeout=1s',
    'wait_point=AFTER_SYNC',
  ]);
});

describe('semi-sync is what both sides enable', () => {
  const both = ['rpl_semi_sync_master_enabled=1', 'rpl_semi_sync_slave_enabled=1'];
  test.each([
    [[], ['wait_point=ASYNC']],
    [both.slice(0, 1), ['wait_point=ASYNC']],
    [both.slice(1), ['wait_point=ASYNC']],
    [both, []],
    [[...both, 'rpl_semi_sync_master_wait_point=AFTER_COMMIT'], ['wait_point=AFTER_COMMIT']],
  ])('%j', (said, expected) => {
    expect(texts(lines(...said))).toEqual(expected);
  });
});

test('units are those of the variables', () => {
  expect(texts(lines('rpl_semi_sync_master_timeout=250', 'binlog_group_commit_sync_delay=300'))).toEqual([
    'timeout=250ms',
    'group_commit_delay=300us',
    'wait_point=ASYNC',
  ]);
});
