import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { COUNTER_NAMES, counterInfo, statusCounters } from '../../../engine/protocol/counters.js';
import { defaultSettings, PARAMETERS } from '../../../engine/protocol/parameters.js';
import { PROFILE_NAMES, type ProfileName } from '../../../engine/protocol/profiles.js';
import { SemiSync } from '../../../engine/protocol/semi-sync.js';
import {
  defaultOf,
  hasVariable,
  type Provider,
  VARIABLE_NAMES,
  variableInfo,
  variableSpelled,
  variableText,
} from '../../../engine/protocol/variables.js';
import { ROOMS, readSources, type Source } from '../../tidy/sources.js';

const semisync = (): SemiSync =>
  new SemiSync({ enabled: true, waitForSlaveCount: 1, waitNoSlave: true, timeout: 1e6, replicas: 1, marks: 4 });

/** Names and values as SHOW GLOBAL VARIABLES lists them on a server that has just got these plugins. */
const shown = (profile: ProfileName, ...providers: Provider[]): string[] =>
  VARIABLE_NAMES.filter((name) => providers.includes(variableInfo(name).provider) && hasVariable(profile, name)).map(
    (name) => `${name} ${variableText(defaultOf(name, profile))}`,
  );

describe('rows of SHOW GLOBAL VARIABLES', () => {
  const SLAVE = ['rpl_semi_sync_slave_enabled OFF', 'rpl_semi_sync_slave_trace_level 32'];

  test('a 5.7 source has 6, and 8 with the replica plugin too', () => {
    const master = [
      'rpl_semi_sync_master_enabled OFF',
      'rpl_semi_sync_master_timeout 10000',
      'rpl_semi_sync_master_trace_level 32',
      'rpl_semi_sync_master_wait_for_slave_count 1',
      'rpl_semi_sync_master_wait_no_slave ON',
      'rpl_semi_sync_master_wait_point AFTER_SYNC',
    ];
    expect(shown('mysql-5.7', 'source plugin')).toEqual(master);
    expect(shown('mysql-5.7', 'source plugin', 'replica plugin')).toEqual([...master, ...SLAVE]);
    expect(shown('mysql-5.7', 'replica plugin')).toEqual(SLAVE);
  });

  test('5.6 lacks the quorum and the wait point; MariaDB lacks the quorum and waits AFTER_COMMIT', () => {
    expect(shown('mysql-5.6', 'source plugin')).toEqual([
      'rpl_semi_sync_master_enabled OFF',
      'rpl_semi_sync_master_timeout 10000',
      'rpl_semi_sync_master_trace_level 32',
      'rpl_semi_sync_master_wait_no_slave ON',
    ]);
    expect(shown('mariadb-10.11', 'source plugin')).toContain('rpl_semi_sync_master_wait_point AFTER_COMMIT');
    expect(shown('mariadb-10.11', 'source plugin')).toHaveLength(5);
  });
});

test('SHOW GLOBAL STATUS has 15 rows with both plugins, in order', () => {
  const replica = { acknowledges: true, acksSent: 7 };
  const both = Object.keys(statusCounters({ source: semisync(), replica }));
  expect(both).toHaveLength(15);
  expect(both).toEqual([...both].sort());
  // MariaDB has three more.
  const mariaDb = statusCounters({ source: semisync(), replica, profile: 'mariadb-10.11' });
  expect(Object.keys(mariaDb)).toEqual([...COUNTER_NAMES]);
  expect(Object.keys(mariaDb)).toEqual([...COUNTER_NAMES].sort());
  expect(Object.keys(mariaDb)).toHaveLength(18);
  expect(mariaDb.Rpl_semi_sync_slave_send_ack).toBe(7);
  expect(Object.keys(statusCounters({ source: semisync() }))).toHaveLength(14);
  expect(statusCounters({ replica: { acknowledges: false, acksSent: 0 } })).toEqual({
    Rpl_semi_sync_slave_status: 'OFF',
  });
  expect(statusCounters({})).toEqual({});
});

describe('names since 8.0.26', () => {
  test('every renamed variable is found under both, whatever the case', () => {
    for (const name of VARIABLE_NAMES) {
      const { renamed } = variableInfo(name);
      expect(variableSpelled(name.toUpperCase())).toBe(name);
      if (renamed !== undefined) expect(variableSpelled(renamed)).toBe(name);
    }
    expect(variableSpelled('rpl_semi_sync_source_wait_for_replica_count')).toBe(
      'rpl_semi_sync_master_wait_for_slave_count',
    );
  });

  test('canary: what nobody is called is not found', () => {
    expect(variableSpelled('rpl_semi_sync_master_nope')).toBeUndefined();
    expect(variableSpelled('toString')).toBeUndefined();
  });

  test('no name is given twice', () => {
    const names = VARIABLE_NAMES.flatMap((name) => [name, variableInfo(name).renamed ?? []].flat());
    expect(new Set(names).size).toBe(names.length);
    const counters = COUNTER_NAMES.flatMap((name) => [name, counterInfo(name).renamed ?? []].flat());
    expect(new Set(counters).size).toBe(counters.length);
  });
});

test('a parameter that sets a variable has its range and default, in µs where MySQL counts ms', () => {
  expect(PARAMETERS.timeout).toMatchObject({ kind: 'time', min: 0, max: 4294967295 * 1000 });
  expect(PARAMETERS.wait_for_slave_count).toMatchObject({ kind: 'count', min: 1, max: 65535 });
  expect(PARAMETERS.group_commit_delay).toMatchObject({ kind: 'time', max: 1_000_000 });
  for (const profile of PROFILE_NAMES) {
    const settings = defaultSettings(profile);
    expect(settings.timeout).toBe(10_000_000);
    expect(settings.wait_point).toBe(defaultOf('rpl_semi_sync_master_wait_point', profile));
    for (const name of ['sync_binlog', 'sync_relay_log'] as const) {
      expect(settings[name]).toBe(defaultOf(name, profile));
    }
  }
});

describe('each is stated once', () => {
  /** Files that spell one of these names out, but for the tables themselves and the note on what MariaDB has besides. */
  const TABLES = ['engine/protocol/counters.ts', 'engine/protocol/variables.ts', 'results/variable-page.ts'];
  const commentless = (text: string): string => text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
  const statements = (sources: readonly Source[]): string[] =>
    sources
      .filter(({ path }) => !TABLES.includes(path))
      .filter(({ text }) => /\bRpl_semi_sync_\w|\brpl_semi_sync_\w+:/.test(commentless(text)))
      .map(({ path }) => path);

  test('here', () => {
    expect(statements(ROOMS.flatMap(readSources))).toEqual([]);
    const text = readFileSync('engine/protocol/variables.ts', 'utf8');
    for (const name of VARIABLE_NAMES) expect(text.split(`\n  ${name}: {`)).toHaveLength(2);
  });

  test('canary: a second table is noticed', () => {
    const again = { path: 'engine/again.ts', text: 'const x = { Rpl_semi_sync_master_clients: 1 };' };
    expect(statements([again])).toEqual(['engine/again.ts']);
  });
});
