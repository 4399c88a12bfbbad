/** The family of SHOW. */
import { type Cursor, nameFilter } from './cursor.js';
import type { Scope, ShowSubject, Statement } from './statements.js';

/** Subjects that take nothing but what is said here, 5.x and 8.0 spellings. */
const SUBJECTS: readonly (readonly [readonly string[], ShowSubject])[] = [
  [['SLAVE', 'STATUS'], 'slave status'],
  [['REPLICA', 'STATUS'], 'slave status'],
  [['MASTER', 'STATUS'], 'master status'],
  [['BINARY', 'LOG', 'STATUS'], 'master status'],
  [['SLAVE', 'HOSTS'], 'slave hosts'],
  [['REPLICAS'], 'slave hosts'],
  [['BINARY', 'LOGS'], 'binary logs'],
  [['MASTER', 'LOGS'], 'binary logs'],
  [['WARNINGS'], 'warnings'],
  [['ERRORS'], 'errors'],
  [['DATABASES'], 'databases'],
  [['SCHEMAS'], 'databases'],
  [['TABLES'], 'tables'],
];

/** Real subjects that nothing here can answer. */
const UNSUPPORTED = [
  ...[
    'BINLOG',
    'CHARACTER',
    'COLLATION',
    'COLUMNS',
    'CREATE',
    'ENGINE',
    'ENGINES',
    'EVENTS',
    'FUNCTION',
    'GRANTS',
    'INDEX',
  ],
  ...[
    'KEYS',
    'OPEN',
    'PRIVILEGES',
    'PROCEDURE',
    'PROFILE',
    'PROFILES',
    'RELAYLOG',
    'TABLE',
    'TRIGGERS',
    'FIELDS',
    'STORAGE',
  ],
];

export function parseShow(cursor: Cursor): Statement {
  if (cursor.dialect === 'MariaDB') {
    if (cursor.accept('BINLOG', 'STATUS')) return { kind: 'show', what: 'master status' };
    if (cursor.sees('ALL')) cursor.unsupported('SHOW ALL SLAVES STATUS');
  }
  for (const [words, what] of SUBJECTS) {
    if (!cursor.accept(...words)) continue;
    if (what === 'slave status' && cursor.accept('FOR', 'CHANNEL')) cursor.expectString();
    if ((what === 'warnings' || what === 'errors') && cursor.accept('LIMIT')) cursor.next();
    return { kind: 'show', what };
  }
  const full = cursor.accept('FULL');
  if (cursor.accept('PROCESSLIST')) return { kind: 'show processlist', full };
  if (full) {
    if (!cursor.accept('TABLES')) cursor.fail();
    return { kind: 'show', what: 'tables' };
  }
  if (cursor.accept('PLUGINS')) return { kind: 'show plugins', ...filterOf(cursor, 'PLUGIN_NAME') };
  const start = cursor.peek();
  const said = cursor.acceptOne(['GLOBAL', 'SESSION', 'LOCAL']);
  const scope: Scope = said === 'GLOBAL' ? 'global' : 'session';
  if (cursor.accept('VARIABLES')) return { kind: 'show variables', scope, ...filterOf(cursor, 'VARIABLE_NAME') };
  if (cursor.accept('STATUS')) return { kind: 'show status', scope, ...filterOf(cursor, 'VARIABLE_NAME') };
  if (said === undefined && start.kind === 'word' && UNSUPPORTED.includes(start.value)) {
    cursor.unsupported(`SHOW ${start.value}`);
  }
  return cursor.fail();
}

function filterOf(cursor: Cursor, column: string) {
  const filter = nameFilter(cursor, column);
  return filter ? { filter } : {};
}
