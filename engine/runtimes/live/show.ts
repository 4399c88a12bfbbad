/** SHOW, but for what is about replication. */
import { PLUGIN_AUTHOR, PLUGIN_INTERFACE, PLUGIN_LICENSE, PLUGIN_VERSION, PLUGINS } from '../../protocol/plugins.js';
import { SqlError } from '../../protocol/sql/errors.js';
import type { NameFilter, Scope } from '../../protocol/sql/statements.js';
import { variableText } from '../../protocol/variables.js';
import type { Replication } from './replication.js';
import { type Cell, type ResultSet, resultSet } from './result.js';
import type { LiveServer } from './server.js';
import type { Session } from './session.js';
import { commitState } from './thread-states.js';

/** LIKE: `%` any characters, `_` one, a backslash in front of either means itself; case does not matter. */
export function matches(name: string, filter: NameFilter | undefined): boolean {
  if (!filter) return true;
  if (filter.kind === 'equal') return filter.values.some((value) => value.toLowerCase() === name.toLowerCase());
  return filter.values.some((pattern) => likePattern(pattern).test(name));
}

function likePattern(pattern: string): RegExp {
  const source = pattern.replaceAll(/\\?[\s\S]/g, (part) => {
    if (part === '%') return '.*';
    if (part === '_') return '.';
    return (part.length > 1 ? part.slice(1) : part).replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${source}$`, 'is');
}

/** Name and value, in order of the names. */
function named(values: Readonly<Record<string, Cell>>, filter: NameFilter | undefined): ResultSet {
  const rows = Object.entries(values)
    .filter(([name]) => matches(name, filter))
    .sort(([a], [b]) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1))
    .map(([name, value]) => [name, String(value)]);
  return resultSet(['Variable_name', 'Value'], rows);
}

export function showVariables({ server, ownValues }: Session, scope: Scope, filter: NameFilter | undefined): ResultSet {
  const values: Record<string, Cell> = {};
  for (const [name, { value }] of server.fixed)
    values[name] = (scope === 'session' ? ownValues.get(name) : undefined) ?? value;
  for (const name of server.variables) values[server.shownName(name)] = variableText(server.value(name));
  return named(values, filter);
}

export function showStatus({ server }: Session, filter: NameFilter | undefined): ResultSet {
  const sessions = [...server.sessions.values()];
  return named(
    {
      Connections: server.lastThreadId,
      Questions: server.questions,
      Threads_connected: sessions.length + (server.isSource ? server.cluster.load : 0),
      Threads_running: sessions.filter(({ running }) => running !== undefined).length,
      Uptime: Math.floor(server.cluster.now / 1e6),
      ...server.counters(),
    },
    filter,
  );
}

/** Those that every server has: enough for who looks whether the list is there. */
const ORDINARY_PLUGINS: readonly (readonly Cell[])[] = [
  ['binlog', 'ACTIVE', 'STORAGE ENGINE', null, 'GPL'],
  ['mysql_native_password', 'ACTIVE', 'AUTHENTICATION', null, 'GPL'],
  ['InnoDB', 'ACTIVE', 'STORAGE ENGINE', null, 'GPL'],
];

export function showPlugins(server: LiveServer, filter: NameFilter | undefined): ResultSet {
  const installed = server.installed.map(({ names }) => [
    names.name,
    'ACTIVE',
    'REPLICATION',
    names.library,
    PLUGIN_LICENSE,
  ]);
  const rows = [...ORDINARY_PLUGINS, ...installed].filter(([name]) => matches(name as string, filter));
  return resultSet(['Name', 'Status', 'Type', 'Library', 'License'], rows);
}

/** information_schema.plugins, of the semi-sync plugins. */
export function selectPlugins(
  server: LiveServer,
  columns: readonly string[] | '*',
  filter: NameFilter | undefined,
): ResultSet {
  const version = PLUGIN_INTERFACE[server.profile];
  const rows = server.installed
    .filter(({ names }) => matches(names.name, filter))
    .map(({ role, names }) => ({
      PLUGIN_NAME: names.name,
      PLUGIN_VERSION,
      PLUGIN_STATUS: 'ACTIVE',
      PLUGIN_TYPE: 'REPLICATION',
      PLUGIN_TYPE_VERSION: version?.typeVersion ?? null,
      PLUGIN_LIBRARY: names.library,
      PLUGIN_LIBRARY_VERSION: version?.libraryVersion ?? null,
      PLUGIN_AUTHOR,
      PLUGIN_DESCRIPTION: PLUGINS[role].description,
      PLUGIN_LICENSE,
      LOAD_OPTION: 'ON',
    }));
  const known = [
    ...['PLUGIN_NAME', 'PLUGIN_VERSION', 'PLUGIN_STATUS', 'PLUGIN_TYPE', 'PLUGIN_TYPE_VERSION', 'PLUGIN_LIBRARY'],
    ...['PLUGIN_LIBRARY_VERSION', 'PLUGIN_AUTHOR', 'PLUGIN_DESCRIPTION', 'PLUGIN_LICENSE', 'LOAD_OPTION'],
  ];
  const wanted = columns === '*' ? known : columns.map((column) => column.toUpperCase());
  const unknown = wanted.find((column) => !known.includes(column));
  if (unknown !== undefined) throw new SqlError('unknownColumn', `Unknown column '${unknown}' in 'field list'`);
  const cells = rows.map((row) => wanted.map((column) => row[column as keyof typeof row] as Cell));
  return resultSet(columns === '*' ? known : columns, cells);
}

/** How much of a statement SHOW PROCESSLIST repeats, unless it is FULL. */
const INFO_LENGTH = 100;

const PROCESSLIST = ['Id:bigint', 'User', 'Host', 'db', 'Command', 'Time:int', 'State', 'Info'];

export function showProcesslist(session: Session, replication: Replication, full: boolean): ResultSet {
  const { server } = session;
  const seconds = (since: number): number => Math.floor((server.cluster.now - since) / 1e6);
  const clients = [...server.sessions.values()].map((each) => sessionRow(each, each === session, seconds, full));
  const rows = [...replication.threadRows(server, seconds), ...replication.loadRows(server, seconds), ...clients];
  rows.sort((a, b) => (a[0] as number) - (b[0] as number));
  if (!server.profile.startsWith('mariadb')) return resultSet(PROCESSLIST, rows);
  // How far ALTER TABLE and its kin are: there are none.
  return resultSet(
    [...PROCESSLIST, 'Progress'],
    rows.map((row) => [...row, '0.000']),
  );
}

function sessionRow(session: Session, isAsking: boolean, seconds: (since: number) => number, full: boolean): Cell[] {
  const { id, user, host, database, running, since, server, engineSession } = session;
  const head: Cell[] = [id, user, host, database ?? null];
  if (!running) return [...head, 'Sleep', seconds(since), '', null];
  const doing = server.profile === 'mysql-5.6' ? 'init' : 'starting';
  const activity = engineSession === undefined ? undefined : server.cluster.activity(engineSession);
  const state = session.wake ? 'User sleep' : isAsking || !activity ? doing : commitState(activity.phase);
  const info = full ? running.text : running.text.slice(0, INFO_LENGTH);
  return [...head, 'Query', seconds(running.since), state, info];
}

export function showWarnings({ warnings }: Session, errorsOnly: boolean): ResultSet {
  const shown = warnings.filter(({ level }) => !errorsOnly || level === 'Error');
  return resultSet(
    ['Level', 'Code:int', 'Message'],
    shown.map(({ level, code, message }) => [level, code, message]),
  );
}
