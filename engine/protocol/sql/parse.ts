/**
 * From text to statement. A cursor of our own: the libraries on npm know SELECT and its kin in full, but hardly one of the
 * statements that administer replication, and none says where MySQL's own cursor would have stopped.
 */
import { Cursor, type Dialect, nameFilter } from './cursor.js';
import { SqlError } from './errors.js';
import { parseShow } from './parse-show.js';
import type { Assignment, Expression, Scope, SelectItem, Statement } from './statements.js';
import type { Token } from './tokens.js';

export function parseStatement(text: string, dialect: Dialect): Statement {
  const cursor = new Cursor(text, dialect);
  if (cursor.peek().kind === 'end') throw new SqlError('emptyQuery', 'Query was empty');
  const statement = statementOf(cursor);
  cursor.accept(';');
  cursor.expectEnd();
  return statement;
}

type Production = (cursor: Cursor) => Statement;

/** By first word. */
const PRODUCTIONS: Readonly<Record<string, Production>> = {
  INSTALL: (cursor) => {
    cursor.expect('PLUGIN');
    const name = cursor.expectName();
    cursor.expect('SONAME');
    return { kind: 'install plugin', name, library: cursor.expectString() };
  },
  UNINSTALL: (cursor) => {
    cursor.expect('PLUGIN');
    return { kind: 'uninstall plugin', name: cursor.expectName() };
  },
  SET: setStatement,
  SELECT: selectStatement,
  SHOW: parseShow,
  CHANGE: changeMaster,
  START: (cursor) => {
    if (!cursor.accept('TRANSACTION')) return replicationThreads(cursor, 'start slave');
    cursor.skipToEnd();
    return { kind: 'begin' };
  },
  STOP: (cursor) => replicationThreads(cursor, 'stop slave'),
  RESET: (cursor) => {
    if (cursor.accept('MASTER')) return { kind: 'reset master' };
    if (!cursor.acceptOne(['SLAVE', 'REPLICA'])) cursor.fail();
    return { kind: 'reset slave', all: cursor.accept('ALL') };
  },
  FLUSH: flushStatement,
  SHUTDOWN: () => ({ kind: 'shutdown' }),
  KILL: (cursor) => {
    const query = cursor.accept('QUERY');
    if (!query) cursor.accept('CONNECTION');
    if (cursor.peek().kind !== 'number') cursor.fail();
    return { kind: 'kill', id: Number(cursor.next().value), query };
  },
  BEGIN: (cursor) => {
    cursor.accept('WORK');
    return { kind: 'begin' };
  },
  COMMIT: (cursor) => {
    cursor.accept('WORK');
    return { kind: 'commit' };
  },
  ROLLBACK: (cursor) => {
    cursor.accept('WORK');
    return { kind: 'rollback' };
  },
  USE: (cursor) => ({ kind: 'use', database: cursor.expectName() }),
};

/** What follows them is not looked at: acklab keeps no tables, but the transaction is real. */
const WRITES: Readonly<Record<string, { readonly second: RegExp; readonly implicitCommit: boolean }>> = {
  INSERT: { second: /^\w/, implicitCommit: false },
  REPLACE: { second: /^\w/, implicitCommit: false },
  UPDATE: { second: /^\w/, implicitCommit: false },
  DELETE: { second: /^(FROM|\w+)$/, implicitCommit: false },
  CREATE: { second: /^(DATABASE|SCHEMA|TABLE|TEMPORARY|INDEX|UNIQUE|USER|VIEW|OR)$/, implicitCommit: true },
  DROP: { second: /^(DATABASE|SCHEMA|TABLE|TEMPORARY|INDEX|USER|VIEW)$/, implicitCommit: true },
  ALTER: { second: /^(DATABASE|SCHEMA|TABLE|USER|VIEW)$/, implicitCommit: true },
  TRUNCATE: { second: /^\w/, implicitCommit: true },
  RENAME: { second: /^(TABLE|USER)$/, implicitCommit: true },
  GRANT: { second: /^\w/, implicitCommit: true },
  REVOKE: { second: /^\w/, implicitCommit: true },
};

/** Real statements that nothing here can answer. */
const UNSUPPORTED = new Set([
  ...[
    'ANALYZE',
    'BINLOG',
    'CALL',
    'CHECK',
    'CHECKSUM',
    'DESC',
    'DESCRIBE',
    'DO',
    'EXECUTE',
    'EXPLAIN',
    'HANDLER',
    'HELP',
  ],
  ...['LOAD', 'LOCK', 'OPTIMIZE', 'PREPARE', 'PURGE', 'RELEASE', 'REPAIR', 'SAVEPOINT', 'UNLOCK', 'XA', 'DEALLOCATE'],
]);

function statementOf(cursor: Cursor): Statement {
  const first = cursor.peek();
  const production =
    first.kind === 'word' && Object.hasOwn(PRODUCTIONS, first.value) ? PRODUCTIONS[first.value] : undefined;
  if (production) {
    cursor.next();
    return production(cursor);
  }
  if (first.kind === 'word' && Object.hasOwn(WRITES, first.value)) return writeStatement(cursor);
  if (first.kind === 'word' && UNSUPPORTED.has(first.value)) return cursor.unsupported(first.value);
  return cursor.fail();
}

function writeStatement(cursor: Cursor): Statement {
  const verb = cursor.next().value;
  const write = WRITES[verb] as (typeof WRITES)[string];
  const second = cursor.peek();
  if (second.kind !== 'word' || !write.second.test(second.value)) cursor.fail();
  cursor.next();
  if (cursor.peek().kind === 'end' && verb !== 'TRUNCATE') cursor.fail();
  while (cursor.peek().kind !== 'end') {
    // One statement at a time, as without CLIENT_MULTI_STATEMENTS.
    if (cursor.peek().text === ';' && cursor.peek(1).kind !== 'end') cursor.fail(cursor.peek(1));
    cursor.next();
  }
  return { kind: 'write', verb, implicitCommit: write.implicitCommit };
}

function setStatement(cursor: Cursor): Statement {
  if (cursor.sees('NAMES') || cursor.sees('CHARACTER', 'SET') || cursor.sees('CHARSET')) return nothing(cursor);
  if (cursor.sees('TRANSACTION') || cursor.sees('SESSION', 'TRANSACTION') || cursor.sees('GLOBAL', 'TRANSACTION')) {
    return nothing(cursor);
  }
  if (cursor.sees('PASSWORD')) return cursor.unsupported('SET PASSWORD');
  const assignments: Assignment[] = [];
  do assignments.push(assignment(cursor));
  while (cursor.accept(','));
  return { kind: 'set', assignments };
}

function nothing(cursor: Cursor): Statement {
  cursor.skipToEnd();
  return { kind: 'nothing' };
}

function assignment(cursor: Cursor): Assignment {
  const start = cursor.peek();
  let scope: Scope | undefined;
  let name: string;
  let isUserVariable = false;
  if (start.kind === 'variable') {
    cursor.next();
    const variable = variableOf(start);
    if (variable.kind === 'user variable') isUserVariable = true;
    else scope = variable.scope;
    name = variable.name;
  } else {
    const word = cursor.acceptOne(['GLOBAL', 'SESSION', 'LOCAL']);
    if (word !== undefined) scope = word === 'GLOBAL' ? 'global' : 'session';
    name = cursor.expectName();
  }
  if (!cursor.accept('=') && !cursor.accept(':=')) cursor.fail();
  const value = cursor.accept('DEFAULT') ? ({ kind: 'default' } as const) : expression(cursor);
  return { ...(scope === undefined ? {} : { scope }), name, isUserVariable, value };
}

type VariableExpression = Extract<Expression, { kind: 'variable' | 'user variable' }>;

function variableOf({ text }: Token): VariableExpression {
  const bare = text.replaceAll('`', '').replaceAll(/\s+/g, '');
  if (!bare.startsWith('@@')) return { kind: 'user variable', name: bare.slice(1) };
  const scoped = /^@@(?:(global|session|local)\.)?(.*)$/i.exec(bare) as RegExpExecArray;
  const name = scoped[2] as string;
  if (scoped[1] === undefined) return { kind: 'variable', name };
  return { kind: 'variable', name, scope: scoped[1].toLowerCase() === 'global' ? 'global' : 'session' };
}

/** Behind a value these go on with it: valid to MySQL. */
const OPERATORS = /^([-+*/%<>=&|^]|<=|>=|<>|!=)$/;

function expression(cursor: Cursor): Expression {
  const value = simpleExpression(cursor);
  const next = cursor.peek();
  if (next.kind === 'symbol' && OPERATORS.test(next.text)) cursor.unsupported('operators in expressions');
  return value;
}

function simpleExpression(cursor: Cursor): Expression {
  if (cursor.accept('-')) {
    if (cursor.peek().kind !== 'number') cursor.fail();
    return { kind: 'number', value: cursor.next().value, negative: true };
  }
  const token = cursor.next();
  switch (token.kind) {
    case 'number':
    case 'string':
      return { kind: token.kind, value: token.value };
    case 'variable':
      return variableOf(token);
    case 'word':
      if (token.value === 'NULL') return { kind: 'null' };
      if (cursor.accept('(')) return functionCall(cursor, token.value);
      if (WITHOUT_PARENTHESES.has(token.value)) return { kind: 'function', name: token.value };
      return { kind: 'word', value: token.text };
    default:
      return cursor.fail(token);
  }
}

const WITHOUT_PARENTHESES = new Set(['CURRENT_USER', 'CURRENT_TIMESTAMP', 'CURRENT_DATE']);

function functionCall(cursor: Cursor, name: string): Expression {
  if (cursor.accept(')')) return { kind: 'function', name };
  if (name !== 'SLEEP') cursor.unsupported(`${name}() with arguments`);
  const seconds = cursor.peek();
  if (seconds.kind !== 'number') cursor.unsupported('SLEEP() of anything but a number');
  cursor.next();
  cursor.expect(')');
  return { kind: 'sleep', seconds: Number(seconds.value) };
}

function selectStatement(cursor: Cursor): Statement {
  const start = cursor.peek();
  const items: SelectItem[] = [];
  let everything = false;
  do {
    if (cursor.accept('*')) everything = true;
    else items.push(selectItem(cursor));
  } while (cursor.accept(','));
  if (cursor.accept('FROM')) return selectFrom(cursor, everything ? '*' : items.map(({ label }) => label));
  if (everything) cursor.fail(start);
  if (cursor.accept('LIMIT')) cursor.next();
  return { kind: 'select', items };
}

function selectItem(cursor: Cursor): SelectItem {
  const start = cursor.peek();
  const what = expression(cursor);
  const end = cursor.peek();
  if (cursor.accept('AS')) return { expression: what, label: aliasOf(cursor) };
  if (end.kind === 'string' || (end.kind === 'word' && !['FROM', 'LIMIT'].includes(end.value))) {
    return { expression: what, label: aliasOf(cursor) };
  }
  return {
    expression: what,
    label: start.kind === 'string' ? start.value : cursor.textBetween(start, end).replace(/;$/, ''),
  };
}

const aliasOf = (cursor: Cursor): string =>
  cursor.peek().kind === 'string' ? cursor.expectString() : cursor.expectName();

function selectFrom(cursor: Cursor, columns: readonly string[] | '*'): Statement {
  const schema = cursor.expectName();
  if (schema.toLowerCase() !== 'information_schema' || !cursor.accept('.') || !cursor.accept('PLUGINS')) {
    cursor.unsupported('SELECT FROM a table');
  }
  const filter = nameFilter(cursor, 'PLUGIN_NAME');
  return { kind: 'select plugins', columns, ...(filter ? { filter } : {}) };
}

function changeMaster(cursor: Cursor): Statement {
  if (cursor.accept('REPLICATION')) {
    if (cursor.sees('FILTER')) cursor.unsupported('CHANGE REPLICATION FILTER');
    cursor.expect('SOURCE');
  } else cursor.expect('MASTER');
  cursor.expect('TO');
  const options = new Map<string, string | number>();
  do {
    const start = cursor.peek();
    // 8.0.23 says SOURCE_ where 5.x says MASTER_.
    const name = cursor
      .expectName()
      .toUpperCase()
      .replace(/^SOURCE_|^GET_SOURCE_/, (prefix) => prefix.replace('SOURCE', 'MASTER'));
    if (!MASTER_OPTIONS.has(name)) cursor.fail(start);
    cursor.expect('=');
    const value = cursor.next();
    if (value.kind === 'number') options.set(name, Number(value.value));
    else if (value.kind === 'string') options.set(name, value.value);
    else cursor.fail(value);
  } while (cursor.accept(','));
  channel(cursor);
  return { kind: 'change master', options };
}

const MASTER_OPTIONS = new Set([
  ...[
    'MASTER_HOST',
    'MASTER_PORT',
    'MASTER_USER',
    'MASTER_PASSWORD',
    'MASTER_LOG_FILE',
    'MASTER_LOG_POS',
    'MASTER_BIND',
  ],
  ...['MASTER_CONNECT_RETRY', 'MASTER_RETRY_COUNT', 'MASTER_DELAY', 'MASTER_HEARTBEAT_PERIOD', 'MASTER_AUTO_POSITION'],
  ...['MASTER_SSL', 'MASTER_SSL_CA', 'MASTER_SSL_CAPATH', 'MASTER_SSL_CERT', 'MASTER_SSL_KEY', 'MASTER_SSL_CIPHER'],
  ...['RELAY_LOG_FILE', 'RELAY_LOG_POS', 'GET_MASTER_PUBLIC_KEY'],
]);

function channel(cursor: Cursor): void {
  if (cursor.accept('FOR', 'CHANNEL')) cursor.expectString();
}

function replicationThreads(cursor: Cursor, kind: 'start slave' | 'stop slave'): Statement {
  const word = cursor.acceptOne(['SLAVE', 'REPLICA']);
  if (word === undefined) cursor.fail();
  let io = false;
  let sql = false;
  do {
    if (cursor.accept('IO_THREAD')) io = true;
    else if (cursor.accept('SQL_THREAD')) sql = true;
    else break;
  } while (cursor.accept(','));
  channel(cursor);
  if (kind === 'start slave' && cursor.peek().kind === 'word') cursor.unsupported(`START SLAVE ${cursor.peek().value}`);
  const both = !io && !sql;
  return { kind, threads: { io: io || both, sql: sql || both }, replica: word === 'REPLICA' };
}

function flushStatement(cursor: Cursor): Statement {
  cursor.acceptOne(['NO_WRITE_TO_BINLOG', 'LOCAL']);
  const logs = cursor.accept('BINARY', 'LOGS') || cursor.accept('LOGS');
  if (cursor.sees('TABLES', 'WITH')) cursor.unsupported('FLUSH TABLES WITH READ LOCK');
  if (!logs && !cursor.acceptOne(['STATUS', 'PRIVILEGES', 'TABLES', 'HOSTS'])) cursor.fail();
  return { kind: 'flush', logs };
}
