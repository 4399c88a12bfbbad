import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SqlError } from '../../../../engine/protocol/sql/errors.js';
import { parseStatement } from '../../../../engine/protocol/sql/parse.js';
import type { Statement } from '../../../../engine/protocol/sql/statements.js';

const parse = (text: string): Statement => parseStatement(text, 'MySQL');

function refusal(text: string): string {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof SqlError)
      return `${error.code} (${error.sqlState}) ${error.message.replace(/^You have.*? to use /, '')}`;
    throw error;
  }
  throw new Error(`${text} was parsed`);
}

const both = { io: true, sql: true };

/** Every statement that the console promises, with what it is parsed to. */
const STATEMENTS: readonly [string, Statement][] = [
  [
    "INSTALL PLUGIN rpl_semi_sync_master SONAME 'semisync_master.so'",
    { kind: 'install plugin', name: 'rpl_semi_sync_master', library: 'semisync_master.so' },
  ],
  ['UNINSTALL PLUGIN rpl_semi_sync_master', { kind: 'uninstall plugin', name: 'rpl_semi_sync_master' }],
  ['SHOW PLUGINS', { kind: 'show plugins' }],
  [
    "SHOW GLOBAL VARIABLES LIKE '%semi%'",
    { kind: 'show variables', scope: 'global', filter: { kind: 'like', values: ['%semi%'] } },
  ],
  ['SHOW VARIABLES', { kind: 'show variables', scope: 'session' }],
  [
    "SHOW VARIABLES WHERE Variable_name IN ('a', 'b')",
    { kind: 'show variables', scope: 'session', filter: { kind: 'equal', values: ['a', 'b'] } },
  ],
  ["SHOW GLOBAL STATUS LIKE 'x'", { kind: 'show status', scope: 'global', filter: { kind: 'like', values: ['x'] } }],
  ['SHOW SLAVE STATUS', { kind: 'show', what: 'slave status' }],
  ["SHOW REPLICA STATUS FOR CHANNEL ''", { kind: 'show', what: 'slave status' }],
  ['SHOW MASTER STATUS', { kind: 'show', what: 'master status' }],
  ['SHOW SLAVE HOSTS', { kind: 'show', what: 'slave hosts' }],
  ['SHOW REPLICAS', { kind: 'show', what: 'slave hosts' }],
  ['SHOW BINARY LOGS', { kind: 'show', what: 'binary logs' }],
  ['SHOW MASTER LOGS', { kind: 'show', what: 'binary logs' }],
  ['SHOW FULL PROCESSLIST', { kind: 'show processlist', full: true }],
  ['SHOW WARNINGS', { kind: 'show', what: 'warnings' }],
  ['START SLAVE', { kind: 'start slave', threads: both, replica: false }],
  ['STOP REPLICA IO_THREAD', { kind: 'stop slave', threads: { io: true, sql: false }, replica: true }],
  ['STOP SLAVE IO_THREAD, SQL_THREAD', { kind: 'stop slave', threads: both, replica: false }],
  ['RESET SLAVE ALL', { kind: 'reset slave', all: true }],
  ['FLUSH BINARY LOGS', { kind: 'flush', logs: true }],
  ['FLUSH STATUS', { kind: 'flush', logs: false }],
  ['RESET MASTER', { kind: 'reset master' }],
  ['SHUTDOWN', { kind: 'shutdown' }],
  ['KILL QUERY 12', { kind: 'kill', id: 12, query: true }],
  ['USE `my db`', { kind: 'use', database: 'my db' }],
  ['START TRANSACTION READ WRITE', { kind: 'begin' }],
  ['BEGIN', { kind: 'begin' }],
  ['COMMIT WORK', { kind: 'commit' }],
  ['ROLLBACK', { kind: 'rollback' }],
  ["INSERT INTO t(v) VALUES ('a;b')", { kind: 'write', verb: 'INSERT', implicitCommit: false }],
  ['CREATE TABLE t (id INT)', { kind: 'write', verb: 'CREATE', implicitCommit: true }],
  ['SET NAMES utf8mb4', { kind: 'nothing' }],
];

describe('statements', () => {
  test.each(STATEMENTS)('%s', (text, statement) => expect(parse(text)).toEqual(statement));

  test.each(STATEMENTS)('in any case, with comments, blanks and a semicolon: %s', (text, statement) => {
    const spaced = text.replaceAll(/ (?=(?:[^'`]*['`][^'`]*['`])*[^'`]*$)/g, ' /* a\ncomment */\n\t');
    expect(parse(`-- first\n  ${spaced} ; # last`)).toEqual(statement);
    const lower = text.replaceAll(/\b[A-Z_]+\b(?=(?:[^'`]*['`][^'`]*['`])*[^'`]*$)/g, (word) => word.toLowerCase());
    expect(parse(lower)).toEqual(statement);
  });

  test('SET: scopes, several at once, user variables, DEFAULT', () => {
    expect(parse("SET GLOBAL a=1, @@session.b := 'x', @@c=ON, LOCAL d=DEFAULT, @e=-1.5")).toEqual({
      kind: 'set',
      assignments: [
        { scope: 'global', name: 'a', isUserVariable: false, value: { kind: 'number', value: '1' } },
        { scope: 'session', name: 'b', isUserVariable: false, value: { kind: 'string', value: 'x' } },
        { name: 'c', isUserVariable: false, value: { kind: 'word', value: 'ON' } },
        { scope: 'session', name: 'd', isUserVariable: false, value: { kind: 'default' } },
        { name: 'e', isUserVariable: true, value: { kind: 'number', value: '1.5', negative: true } },
      ],
    });
  });

  test('SELECT names its columns as they are written, or by their alias', () => {
    const select = parse("SELECT @@GLOBAL . sync_binlog, 'it''s' AS `x y`, version() v, 1 LIMIT 1") as Statement & {
      kind: 'select';
    };
    expect(select.items.map(({ label }) => label)).toEqual(['@@GLOBAL . sync_binlog', 'x y', 'v', '1']);
    expect(select.items[0]?.expression).toEqual({ kind: 'variable', name: 'sync_binlog', scope: 'global' });
    expect(select.items[1]?.expression).toEqual({ kind: 'string', value: "it's" });
  });

  test('CHANGE MASTER TO, and as it is called since 8.0.23', () => {
    const options = new Map<string, string | number>([
      ['MASTER_HOST', 'h'],
      ['MASTER_LOG_POS', 4],
    ]);
    expect(parse("CHANGE MASTER TO MASTER_HOST='h', MASTER_LOG_POS=4")).toEqual({ kind: 'change master', options });
    expect(parse("change replication source to source_host='h', source_log_pos=4 for channel ''")).toEqual({
      kind: 'change master',
      options,
    });
  });

  test('the inside of a version comment is code', () => {
    expect(parse('/*!40101 SET NAMES utf8 */')).toEqual({ kind: 'nothing' });
    expect(parse('SHOW /*!50002 GLOBAL */ STATUS')).toMatchObject({ scope: 'global' });
  });
});

describe("errors are MySQL's", () => {
  test.each([
    ['', '1065 (42000) Query was empty'],
    ['-- nothing', '1065 (42000) Query was empty'],
    ['SELEKT 1', "1064 (42000) near 'SELEKT 1' at line 1"],
    ['SHOW NONSENSE;', "1064 (42000) near 'NONSENSE' at line 1"],
    ['SHOW', "1064 (42000) near '' at line 1"],
    ['STOP\n SLAVES', "1064 (42000) near 'SLAVES' at line 2"],
    ['SET GLOBAL x', "1064 (42000) near '' at line 1"],
    ['BEGIN; COMMIT', "1064 (42000) near 'COMMIT' at line 1"],
    ['INSERT INTO t VALUES (1); SHOW STATUS', "1064 (42000) near 'SHOW STATUS' at line 1"],
    ["SELECT 'open", `1064 (42000) near ''open' at line 1`],
    ["CHANGE MASTER TO MASTER_HOTS='x'", "1064 (42000) near 'MASTER_HOTS='x'' at line 1"],
    ['SELECT * FROM t', "1235 (42000) This version of MySQL doesn't yet support 'SELECT FROM a table'"],
    ['EXPLAIN SELECT 1', "1235 (42000) This version of MySQL doesn't yet support 'EXPLAIN'"],
    ['SHOW GRANTS', "1235 (42000) This version of MySQL doesn't yet support 'SHOW GRANTS'"],
  ])('%s', (text, expected) => expect(refusal(text)).toBe(expected));

  test('no more than 80 characters are repeated', () => {
    expect(refusal(`SELEKT ${'x'.repeat(500)}`)).toBe(`1064 (42000) near 'SELEKT ${'x'.repeat(73)}' at line 1`);
  });

  test('MariaDB calls itself so', () => {
    expect(() => parseStatement('SELEKT', 'MariaDB')).toThrow('your MariaDB server version');
  });

  test('whatever is typed is parsed or refused, never anything else', () => {
    const words = [
      'SET',
      'GLOBAL',
      'SHOW',
      'LIKE',
      "'",
      '"',
      '`',
      '/*',
      '*/',
      '--',
      '@@',
      '@',
      '=',
      ',',
      '(',
      ')',
      ';',
      '\\',
      '1',
      '\n',
      'x',
      ' ',
    ];
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...words), fc.string())), (parts) => {
        try {
          parse(parts.join(''));
        } catch (error) {
          expect(error).toBeInstanceOf(SqlError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
