/** Statements, executed on one server of a living cluster for one of its sessions. */
import { SqlError, type Warning } from '../../protocol/sql/errors.js';
import { parseStatement } from '../../protocol/sql/parse.js';
import type { SelectItem, Statement } from '../../protocol/sql/statements.js';
import type { Replication } from './replication.js';
import { OK, type Ok, type Outcome, resultSet, withWarnings } from './result.js';
import type { LiveServers } from './servers.js';
import type { Session } from './session.js';
import { assign, cellOf, evaluate } from './set.js';
import { selectPlugins, showPlugins, showProcesslist, showStatus, showVariables, showWarnings } from './show.js';
import { showSlaveStatus } from './slave-status.js';

/** Executes one statement; resolves when its client has its answer. Throws `SqlError` for what MySQL would refuse. */
export async function execute(servers: LiveServers, session: Session, text: string): Promise<Outcome> {
  const { server } = session;
  const { cluster } = server;
  server.questions++;
  session.running = { text: text.trim().replace(/;$/, ''), since: cluster.now };
  session.since = cluster.now;
  try {
    const statement = parseStatement(text, server.profile === 'mariadb-10.11' ? 'MariaDB' : 'MySQL');
    // Whoever asks for warnings asks for those of the statement before.
    const asks = statement.kind === 'show' && (statement.what === 'warnings' || statement.what === 'errors');
    if (!asks) session.warnings = [];
    return await run(servers, session, statement);
  } catch (error) {
    if (error instanceof SqlError) session.warnings = [{ level: 'Error', code: error.code, message: error.message }];
    throw error;
  } finally {
    session.running = undefined;
    session.since = cluster.now;
  }
}

function warned(session: Session, warnings: readonly Warning[]): Ok {
  session.warnings = warnings;
  return withWarnings(warnings);
}

async function run(servers: LiveServers, session: Session, statement: Statement): Promise<Outcome> {
  const { server } = session;
  const { replication } = servers;
  switch (statement.kind) {
    case 'install plugin':
      await server.install(statement.name, statement.library);
      return OK;
    case 'uninstall plugin':
      await server.uninstall(statement.name);
      return OK;
    case 'set': {
      const warnings: Warning[] = [];
      for (const assignment of statement.assignments) warnings.push(...(await assign(session, assignment)));
      return warned(session, warnings);
    }
    case 'select':
      return select(session, statement.items);
    case 'select plugins':
      return selectPlugins(server, statement.columns, statement.filter);
    case 'show':
      return show(servers, session, statement.what);
    case 'show plugins':
      return showPlugins(server, statement.filter);
    case 'show variables':
      return showVariables(session, statement.scope, statement.filter);
    case 'show status':
      return showStatus(session, statement.filter);
    case 'show processlist':
      return showProcesslist(session, replication, statement.full);
    case 'change master':
      replication.change(server, statement.options);
      return OK;
    case 'start slave':
      return warned(session, await replication.start(server, statement.threads));
    case 'stop slave':
      return warned(session, await replication.stop(server, statement.threads));
    case 'reset slave':
      replication.reset(server, statement.all);
      return OK;
    case 'reset master':
      replication.resetMaster(server);
      return OK;
    case 'flush':
      if (statement.logs) replication.flushLogs(server);
      return OK;
    case 'shutdown':
      await servers.shutDown(server);
      return OK;
    case 'kill':
      kill(session, replication, statement.id, statement.query);
      return OK;
    case 'use':
      session.database = statement.database;
      return OK;
    case 'nothing':
      return OK;
    case 'begin':
    case 'commit':
    case 'rollback':
    case 'write':
      return transaction(session, statement);
  }
}

async function select(session: Session, items: readonly SelectItem[]): Promise<Outcome> {
  for (const { expression } of items) {
    if (expression.kind === 'sleep') await session.sleep(expression.seconds);
  }
  const values = items.map(({ expression }) => evaluate(session, expression));
  const columns = items.map(({ label }, index) => (values[index]?.type === 'integer' ? `${label}:bigint` : label));
  return resultSet(columns, [values.map(cellOf)]);
}

function show(
  { replication, source }: LiveServers,
  session: Session,
  what: (Statement & { kind: 'show' })['what'],
): Outcome {
  const { server } = session;
  switch (what) {
    case 'slave status':
      return showSlaveStatus(server, source, replication.view(server));
    case 'master status':
      return replication.showMasterStatus(server);
    case 'slave hosts':
      return replication.showSlaveHosts(server);
    case 'binary logs':
      return replication.showBinaryLogs(server);
    case 'warnings':
    case 'errors':
      return showWarnings(session, what === 'errors');
    case 'databases':
      return resultSet(
        ['Database'],
        ['information_schema', 'mysql', 'test'].map((name) => [name]),
      );
    case 'tables':
      if (session.database === undefined) throw new SqlError('noDatabase', 'No database selected');
      return resultSet([`Tables_in_${session.database}`], []);
  }
}

function kill(session: Session, replication: Replication, id: number, query: boolean): void {
  const victim = session.server.sessions.get(id);
  const listed = [...replication.threadRows(session.server, Number), ...replication.loadRows(session.server, Number)];
  if (listed.some(([each]) => each === id)) {
    throw new SqlError('notSupported', "This version of MySQL doesn't yet support 'KILL of what is no client'");
  }
  if (!victim) throw new SqlError('noSuchThread', `Unknown thread id: ${id}`);
  victim.wake?.();
  // A commit that waits for its ACK is past the point of return: the statement goes on.
  if (!query) victim.close();
}

type TransactionStatement = Extract<Statement, { kind: 'begin' | 'commit' | 'rollback' | 'write' }>;

/** acklab keeps no rows, but whoever changes something commits through the whole pipeline. */
async function transaction(session: Session, statement: TransactionStatement): Promise<Ok> {
  switch (statement.kind) {
    case 'begin':
      await commit(session);
      session.inTransaction = true;
      return OK;
    case 'commit':
      await commit(session);
      session.inTransaction = false;
      return OK;
    case 'rollback':
      session.dirty = false;
      session.inTransaction = false;
      return OK;
    case 'write': {
      refuseWriteOnReplica(session);
      const affectedRows = statement.implicitCommit ? 0 : 1;
      if (statement.implicitCommit) {
        await commit(session);
        session.inTransaction = false;
      }
      session.dirty = true;
      if (statement.implicitCommit || (session.autocommit && !session.inTransaction)) await commit(session);
      return { ...OK, affectedRows };
    }
  }
}

function refuseWriteOnReplica({ server }: Session): void {
  if (server.isSource) return;
  const option = server.profile === 'mysql-5.7' ? '--super-read-only' : '--read-only';
  throw new SqlError(
    'readOnlyServer',
    `The MySQL server is running with the ${option} option so it cannot execute this statement`,
  );
}

/** Commits what the open transaction has changed, if anything. */
async function commit(session: Session): Promise<void> {
  if (!session.dirty) return;
  session.dirty = false;
  if (!session.writesBinlog) return;
  const { cluster } = session.server;
  const engineSession = cluster.takeSession();
  if (engineSession === undefined) throw new SqlError('tooManyConnections', 'Too many connections');
  session.engineSession = engineSession;
  try {
    await cluster.commit(engineSession);
  } finally {
    session.engineSession = undefined;
    cluster.giveSession(engineSession);
  }
}
