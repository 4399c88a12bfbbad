/** Replication between the servers of a living cluster: who is whose replica, its threads, the binlog's files. */
import { CLIENT } from '../../measure/phases.js';
import { SqlError, type Warning } from '../../protocol/sql/errors.js';
import type { ReplicationThreads } from '../../protocol/sql/statements.js';
import { BinlogFiles, type FilePosition } from './binlog-files.js';
import { isEventEnd, type LiveCluster } from './cluster.js';
import { RelayLogFiles } from './relay-log-files.js';
import { type Cell, type ResultSet, resultSet } from './result.js';
import type { LiveServer } from './server.js';
import { BinlogAges, SqlThread } from './sql-thread.js';
import { commitState, ioThreadState, sqlThreadState } from './thread-states.js';

/** What CHANGE MASTER TO says, and what a replica's threads have come to. */
export interface ReplicaState {
  host: string;
  port: number;
  user: string;
  connectRetry: number;
  retryCount: number;
  /** Has it been configured at all? RESET SLAVE ALL forgets it. */
  configured: boolean;
  /** Where the next connection begins, when CHANGE MASTER TO said so. */
  asked: FilePosition | undefined;
  /** Waits for a source that does not answer. */
  unreachable: boolean;
  error: { readonly code: number; readonly message: string } | undefined;
  ioThreadId: number;
  ioSince: number;
  sqlThreadId: number;
  sqlSince: number;
}

/** A server that is nobody's replica. */
export const UNCONFIGURED: Readonly<ReplicaState> = {
  host: '',
  port: 3306,
  user: '',
  connectRetry: 60,
  retryCount: 86400,
  configured: false,
  asked: undefined,
  unreachable: false,
  error: undefined,
  ioThreadId: 0,
  ioSince: 0,
  sqlThreadId: 0,
  sqlSince: 0,
};

export class Replication {
  readonly #cluster: LiveCluster;
  readonly #servers: readonly LiveServer[];
  readonly files: BinlogFiles;
  /** Index: replica. */
  readonly #states: readonly ReplicaState[];
  readonly #sqlThreads: readonly SqlThread[];
  readonly #relayLogs: readonly RelayLogFiles[];
  readonly #ages: BinlogAges;
  /** Thread ids of the source's dump threads. Index: replica. */
  readonly #dumpIds: number[];
  /** Thread ids of the clients that commit all the time: those that ever have. */
  readonly #loadIds: number[] = [];

  constructor(cluster: LiveCluster, servers: readonly LiveServer[]) {
    this.#cluster = cluster;
    this.#servers = servers;
    this.files = new BinlogFiles(this.#source.configuration.logBin);
    this.#connectLoad();
    this.#dumpIds = servers.slice(1).map(() => this.#source.nextThreadId());
    cluster.registered = (replica) => {
      this.#dumpIds[replica] = this.#source.nextThreadId();
    };
    this.#states = servers.slice(1).map((server) => {
      const running = !server.configuration.skipSlaveStart;
      return {
        ...UNCONFIGURED,
        host: '127.0.0.1',
        port: this.#source.configuration.port,
        user: 'repl',
        configured: true,
        ioThreadId: running ? server.nextThreadId() : 0,
        sqlThreadId: running ? server.nextThreadId() : 0,
      };
    });
    const { settings, shape, now } = cluster;
    const replicas = servers.slice(1);
    this.#sqlThreads = replicas.map(
      ({ configuration, replica }) =>
        new SqlThread(settings, shape, !configuration.skipSlaveStart, cluster.relayEnd(replica), now),
    );
    this.#relayLogs = replicas.map(({ configuration, profile, replica }) => {
      const files = new RelayLogFiles(configuration.relayLog, RELAY_LOG_HEAD[profile], cluster.relayEnd(replica));
      if (!configuration.skipSlaveStart) files.rotate(cluster.relayEnd(replica));
      return files;
    });
    this.#ages = new BinlogAges(cluster.binlogEnd, now);
  }

  /** Accounts for the SQL threads. Call it once a second: between two calls they are taken to have been equally busy. */
  account(): void {
    const { now, binlogEnd } = this.#cluster;
    let needed = binlogEnd;
    for (const [replica, sql] of this.#sqlThreads.entries()) {
      sql.account(this.#cluster.relayEnd(replica), now);
      needed = Math.min(needed, sql.executed);
    }
    this.#ages.sample(binlogEnd, now, needed);
  }

  #sqlThread = ({ replica }: LiveServer): SqlThread => this.#sqlThreads[replica] as SqlThread;
  #relayLog = ({ replica }: LiveServer): RelayLogFiles => this.#relayLogs[replica] as RelayLogFiles;

  #connectLoad(): void {
    while (this.#loadIds.length < this.#cluster.load) this.#loadIds.push(this.#source.nextThreadId());
  }

  get #source(): LiveServer {
    return this.#servers[0] as LiveServer;
  }

  #state(server: LiveServer): ReplicaState {
    const state = this.#states[server.replica];
    if (!state?.configured) {
      throw new SqlError(
        'notASlave',
        'The server is not configured as slave; fix in config file or with CHANGE MASTER TO',
      );
    }
    return state;
  }

  #ioRunning(server: LiveServer): boolean {
    return this.#cluster.ioThread(server.replica) !== 'stopped' || (this.#states[server.replica]?.unreachable ?? false);
  }

  change(server: LiveServer, options: ReadonlyMap<string, string | number>): void {
    const state = this.#states[server.replica];
    if (!state)
      throw new SqlError('notSupported', "This version of MySQL doesn't yet support 'a source of the source'");
    // 5.7 minds the I/O thread alone.
    const minds = this.#ioRunning(server) || (this.#sqlThread(server).running && server.profile !== 'mysql-5.7');
    if (minds) this.#refuseRunning(server);
    const source = options.has('MASTER_HOST') || options.has('MASTER_PORT');
    const log = options.has('MASTER_LOG_FILE') || options.has('MASTER_LOG_POS');
    state.configured = true;
    if (options.has('MASTER_HOST')) state.host = String(options.get('MASTER_HOST'));
    if (options.has('MASTER_PORT')) state.port = Number(options.get('MASTER_PORT'));
    if (options.has('MASTER_USER')) state.user = String(options.get('MASTER_USER'));
    if (options.has('MASTER_CONNECT_RETRY')) state.connectRetry = Number(options.get('MASTER_CONNECT_RETRY'));
    if (options.has('MASTER_RETRY_COUNT')) state.retryCount = Number(options.get('MASTER_RETRY_COUNT'));
    if (source || log) {
      // Another host or port means another source: from its beginning, unless it is said from where.
      const now = this.files.locate(this.#cluster.relayEnd(server.replica));
      const before = state.asked ?? (source ? { file: '', position: 4 } : now);
      state.asked = {
        file: String(options.get('MASTER_LOG_FILE') ?? before.file),
        position: Number(options.get('MASTER_LOG_POS') ?? (options.has('MASTER_LOG_FILE') ? 4 : before.position)),
      };
    }
    state.error = undefined;
    this.#relayLog(server).reset(this.#cluster.relayEnd(server.replica));
  }

  #refuseRunning(server: LiveServer): never {
    if (server.profile === 'mysql-5.7') {
      throw new SqlError(
        'ioThreadRunning',
        "This operation cannot be performed with a running slave io thread; run STOP SLAVE IO_THREAD FOR CHANNEL '' first.",
      );
    }
    const message =
      server.profile === 'mysql-5.6'
        ? 'This operation cannot be performed with a running slave; run STOP SLAVE first'
        : "This operation cannot be performed as you have a running slave ''; run STOP SLAVE '' first";
    throw new SqlError('slaveRunning', message);
  }

  async start(server: LiveServer, threads: ReplicationThreads): Promise<Warning[]> {
    const state = this.#state(server);
    const startsIo = threads.io && !this.#ioRunning(server);
    const startsSql = threads.sql && !this.#sqlThread(server).running;
    if (startsSql) {
      this.#sqlThread(server).start(this.#cluster.now);
      state.sqlThreadId = server.nextThreadId();
      state.sqlSince = this.#cluster.now;
    }
    if (startsIo) await this.#startIo(server, state);
    return startsIo || startsSql ? [] : [note(server, 3083, 1254, 'are already running', 'is already running')];
  }

  async #startIo(server: LiveServer, state: ReplicaState): Promise<void> {
    state.error = undefined;
    state.ioThreadId = server.nextThreadId();
    state.ioSince = this.#cluster.now;
    this.#relayLog(server).rotate(this.#cluster.relayEnd(server.replica));
    const { port } = this.#source.configuration;
    if (state.port !== port || !/^(127\.\d+\.\d+\.\d+|localhost|::1)$/.test(state.host)) {
      state.unreachable = true;
      state.error = {
        code: 2003,
        message: `error connecting to master '${state.user}@${state.host}:${state.port}' - retry-time: ${state.connectRetry}  retries: 1`,
      };
      return;
    }
    const from = this.#askedPosition(state);
    if (from === undefined) return;
    if (from >= 0) {
      this.#cluster.moveRelayEnd(server.replica, from);
      this.#sqlThread(server).executed = from;
      this.#relayLog(server).move(from);
    }
    state.asked = undefined;
    await this.#cluster.startIoThread(server.replica);
  }

  /** -1: where its relay log ends. Undefined: the source refuses, and the I/O thread has ended with its error. */
  #askedPosition(state: ReplicaState): number | undefined {
    if (!state.asked) return -1;
    const fatal = (what: string): undefined => {
      state.error = {
        code: 1236,
        message: `Got fatal error 1236 from master when reading data from binary log: '${what}'`,
      };
    };
    const offset = this.files.offsetOf(state.asked);
    if (offset === undefined) return fatal('Could not find first log file name in binary log index file');
    if (offset > this.#cluster.binlogEnd) {
      return fatal('Client requested master to start replication from position > file size');
    }
    if (!isEventEnd(this.#cluster.shape, offset)) {
      return fatal('log event entry exceeded max_allowed_packet; Increase max_allowed_packet on master');
    }
    return offset;
  }

  async stop(server: LiveServer, threads: ReplicationThreads): Promise<Warning[]> {
    const state = this.#state(server);
    const stopsIo = threads.io && this.#ioRunning(server);
    const sql = this.#sqlThread(server);
    const stopsSql = threads.sql && sql.running;
    if (stopsSql) {
      sql.account(this.#cluster.relayEnd(server.replica), this.#cluster.now);
      sql.running = false;
    }
    if (stopsIo) {
      state.unreachable = false;
      state.error = undefined;
      await this.#cluster.stopIoThread(server.replica);
    }
    return stopsIo || stopsSql ? [] : [note(server, 3084, 1255, 'are already stopped', 'already has been stopped')];
  }

  /** RESET SLAVE: begins anew with what it knows of its source; ALL forgets that too. */
  reset(server: LiveServer, all: boolean): void {
    const state = this.#state(server);
    if (this.#ioRunning(server) || this.#sqlThread(server).running) this.#refuseRunning(server);
    Object.assign(state, { asked: { file: '', position: 4 }, error: undefined }, all ? UNCONFIGURED : {});
    this.#relayLog(server).reset(this.#cluster.relayEnd(server.replica));
  }

  flushLogs(server: LiveServer): void {
    if (server.isSource) this.files.rotate(this.#cluster.binlogEnd);
    else this.#relayLog(server).rotate(this.#cluster.relayEnd(server.replica));
  }

  resetMaster(server: LiveServer): void {
    if (server.isSource) this.files.reset(this.#cluster.binlogEnd);
  }

  showMasterStatus(server: LiveServer): ResultSet {
    const { file, position } = server.isSource
      ? this.files.locate(this.#cluster.binlogEnd)
      : { file: `${server.configuration.logBin}.000001`, position: 154 };
    const gtid = server.profile === 'mariadb-10.11' ? [] : ['Executed_Gtid_Set'];
    const columns = ['File', 'Position:bigint', 'Binlog_Do_DB', 'Binlog_Ignore_DB', ...gtid];
    return resultSet(columns, [[file, position, '', '', ...gtid.map(() => '')]]);
  }

  showBinaryLogs(server: LiveServer): ResultSet {
    const files = server.isSource
      ? this.files.list(this.#cluster.binlogEnd)
      : [{ name: `${server.configuration.logBin}.000001`, size: 154 }];
    return resultSet(
      ['Log_name', 'File_size:bigint'],
      files.map(({ name, size }) => [name, size]),
    );
  }

  showSlaveHosts(server: LiveServer): ResultSet {
    const mariaDb = server.profile === 'mariadb-10.11';
    const columns = ['Server_id:int', 'Host', 'Port:int', 'Master_id:int', ...(mariaDb ? [] : ['Slave_UUID'])];
    if (!server.isSource) return resultSet(columns, []);
    const rows = this.#cluster.dumpThreads.map(({ replica }) => {
      const { configuration, uuid } = this.#servers[replica + 1] as LiveServer;
      const head: Cell[] = [configuration.serverId, '', configuration.port, server.configuration.serverId];
      return mariaDb ? head : [...head, uuid];
    });
    return resultSet(columns, rows);
  }

  /** What SHOW SLAVE STATUS is made from; undefined where nothing is configured. */
  view(server: LiveServer): ReplicaView | undefined {
    const state = this.#states[server.replica];
    if (!state?.configured) return undefined;
    const { now } = this.#cluster;
    const read = this.#cluster.relayEnd(server.replica);
    const sql = this.#sqlThread(server);
    sql.account(read, now);
    const io = state.unreachable ? 'connecting' : this.#cluster.ioThread(server.replica);
    const relayLog = this.#relayLog(server);
    const space = relayLog.space(sql.executed, read);
    return {
      state,
      io,
      read: state.asked ?? this.files.locate(read),
      executed: this.files.locate(sql.executed),
      relayLog: relayLog.locate(sql.executed),
      relayLogSpace: space,
      sqlRunning: sql.running,
      isBehind: sql.executed < read,
      secondsBehind: Math.floor((now - this.#ages.writtenAt(sql.executed, now)) / 1e6),
    };
  }

  /** Rows of SHOW PROCESSLIST for the threads of replication. */
  threadRows(server: LiveServer, seconds: (since: number) => number): Cell[][] {
    return server.isSource ? this.#dumpRows(server, seconds) : this.#replicaRows(server, seconds);
  }

  #dumpRows(server: LiveServer, seconds: (since: number) => number): Cell[][] {
    const idle =
      server.profile === 'mysql-5.6'
        ? 'Master has sent all binlog to slave; waiting for binlog to be updated'
        : 'Master has sent all binlog to slave; waiting for more updates';
    return this.#cluster.dumpThreads.map(({ replica, since }) => {
      const behind =
        this.#cluster.ioThread(replica) === 'running' && this.#cluster.relayEnd(replica) < this.#cluster.binlogEnd;
      const state = behind ? 'Sending binlog event to slave' : idle;
      // A port as a connection of this replica would have one: the same at every look.
      const id = this.#dumpIds[replica] as number;
      const host = `127.0.0.1:${40000 + (id % 20000)}`;
      return [id, 'repl', host, null, 'Binlog Dump', seconds(since), state, null];
    });
  }

  #replicaRows(server: LiveServer, seconds: (since: number) => number): Cell[][] {
    const state = this.#states[server.replica];
    if (!state) return [];
    const mariaDb = server.profile === 'mariadb-10.11';
    const row = (id: number, command: string, since: number, doing: string): Cell[] => [
      ...[id, 'system user', '', null, mariaDb ? command : 'Connect', seconds(since), doing, null],
    ];
    const rows: Cell[][] = [];
    const view = this.view(server);
    if (!view) return [];
    if (view.sqlRunning) rows.push(row(state.sqlThreadId, 'Slave_SQL', state.sqlSince, sqlThreadState(server, view)));
    const { io } = view;
    if (io !== 'stopped') rows.push(row(state.ioThreadId, 'Slave_IO', state.ioSince, ioThreadState(io)));
    return rows;
  }

  /** Rows of SHOW PROCESSLIST for the clients that commit all the time. */
  loadRows(server: LiveServer, seconds: (since: number) => number): Cell[][] {
    if (!server.isSource) return [];
    this.#connectLoad();
    return this.#loadIds.slice(0, this.#cluster.load).map((id, session) => {
      const head: Cell[] = [id, 'load', 'localhost', 'test'];
      const activity = this.#cluster.activity(session);
      if (activity.phase === CLIENT) return [...head, 'Sleep', seconds(activity.since), '', null];
      return [...head, 'Query', seconds(activity.since), commitState(activity.phase), 'INSERT INTO t VALUES (...)'];
    });
  }
}

export interface ReplicaView {
  readonly state: ReplicaState;
  readonly io: 'stopped' | 'connecting' | 'running';
  readonly read: FilePosition;
  readonly executed: FilePosition;
  /** Where the SQL thread reads it, and what its files take. */
  readonly relayLog: FilePosition;
  readonly relayLogSpace: number;
  readonly sqlRunning: boolean;
  /** Has the SQL thread something before it? */
  readonly isBehind: boolean;
  readonly secondsBehind: number;
}

/** Of a relay log's file: what stands before the first event that the source sent. */
const RELAY_LOG_HEAD = { 'mysql-5.6': 283, 'mysql-5.7': 320, 'mariadb-10.11': 555 } as const;

function note({ profile }: LiveServer, code57: number, code: number, what57: string, what: string): Warning {
  return profile === 'mysql-5.7'
    ? { level: 'Note', code: code57, message: `Replication thread(s) for channel '' ${what57}.` }
    : { level: 'Note', code, message: `Slave ${what}` };
}
