/** SHOW SLAVE STATUS, column by column, as each version has it. */
import { type ReplicaView, UNCONFIGURED } from './replication.js';
import { type Cell, type ResultSet, resultSet } from './result.js';
import type { LiveServer } from './server.js';
import { ioThreadState, sqlThreadState } from './thread-states.js';

type Columns = Readonly<Record<string, Cell>>;

export function showSlaveStatus(server: LiveServer, source: LiveServer, view: ReplicaView | undefined): ResultSet {
  if (!view) return resultSet(Object.keys(columnsOf(server, source, NOWHERE)), []);
  const columns = columnsOf(server, source, view);
  return resultSet(Object.keys(columns), [Object.values(columns).map((cell) => (cell === null ? null : String(cell)))]);
}

const NOWHERE: ReplicaView = {
  state: { ...UNCONFIGURED },
  io: 'stopped',
  read: { file: '', position: 4 },
  executed: { file: '', position: 4 },
  relayLog: { file: '', position: 4 },
  relayLogSpace: 0,
  sqlRunning: false,
  isBehind: false,
  secondsBehind: 0,
};

function columnsOf(server: LiveServer, source: LiveServer, view: ReplicaView): Columns {
  return {
    ...threads(view),
    ...connection(view),
    ...errors(server, source, view),
    ...ending(server),
  };
}

function threads({ state, io, read, executed, ...view }: ReplicaView): Columns {
  return {
    Slave_IO_State: ioThreadState(io),
    Master_Host: state.host,
    Master_User: state.user,
    Master_Port: state.port,
    Connect_Retry: state.connectRetry,
    Master_Log_File: read.file,
    Read_Master_Log_Pos: read.position,
    Relay_Log_File: view.relayLog.file,
    Relay_Log_Pos: view.relayLog.position,
    Relay_Master_Log_File: executed.file,
    Slave_IO_Running: io === 'running' ? 'Yes' : io === 'connecting' ? 'Connecting' : 'No',
    Slave_SQL_Running: view.sqlRunning ? 'Yes' : 'No',
    Replicate_Do_DB: '',
    Replicate_Ignore_DB: '',
    Replicate_Do_Table: '',
    Replicate_Ignore_Table: '',
    Replicate_Wild_Do_Table: '',
    Replicate_Wild_Ignore_Table: '',
    Last_Errno: 0,
    Last_Error: '',
    Skip_Counter: 0,
    Exec_Master_Log_Pos: executed.position,
    Relay_Log_Space: view.relayLogSpace,
    Until_Condition: 'None',
    Until_Log_File: '',
    Until_Log_Pos: 0,
  };
}

/** How far the SQL thread is behind shows while it has something before it, or a connection that would bring it. */
function connection({ io, sqlRunning, isBehind, secondsBehind }: ReplicaView): Columns {
  return {
    Master_SSL_Allowed: 'No',
    Master_SSL_CA_File: '',
    Master_SSL_CA_Path: '',
    Master_SSL_Cert: '',
    Master_SSL_Cipher: '',
    Master_SSL_Key: '',
    Seconds_Behind_Master: !sqlRunning ? null : isBehind ? secondsBehind : io === 'running' ? 0 : null,
    Master_SSL_Verify_Server_Cert: 'No',
  };
}

function errors(server: LiveServer, source: LiveServer, view: ReplicaView): Columns {
  const { state } = view;
  return {
    Last_IO_Errno: state.error?.code ?? 0,
    Last_IO_Error: state.error?.message ?? '',
    Last_SQL_Errno: 0,
    Last_SQL_Error: '',
    Replicate_Ignore_Server_Ids: '',
    Master_Server_Id: source.configuration.serverId,
    ...(server.profile === 'mariadb-10.11' ? mariaDbEnding(server, view) : mySqlEnding(server, source, view)),
  };
}

function mySqlEnding(server: LiveServer, source: LiveServer, view: ReplicaView): Columns {
  return {
    Master_UUID: source.uuid,
    Master_Info_File: '/var/lib/mysql/master.info',
    SQL_Delay: 0,
    SQL_Remaining_Delay: null,
    Slave_SQL_Running_State: view.sqlRunning ? sqlThreadState(server, view) : '',
    Master_Retry_Count: view.state.retryCount,
    Master_Bind: '',
    Last_IO_Error_Timestamp: '',
    Last_SQL_Error_Timestamp: '',
    Master_SSL_Crl: '',
    Master_SSL_Crlpath: '',
    Retrieved_Gtid_Set: '',
    Executed_Gtid_Set: '',
    Auto_Position: 0,
  };
}

function mariaDbEnding(server: LiveServer, view: ReplicaView): Columns {
  return {
    Master_SSL_Crl: '',
    Master_SSL_Crlpath: '',
    Using_Gtid: 'No',
    Gtid_IO_Pos: '',
    Replicate_Do_Domain_Ids: '',
    Replicate_Ignore_Domain_Ids: '',
    Parallel_Mode: 'optimistic',
    SQL_Delay: 0,
    SQL_Remaining_Delay: null,
    Slave_SQL_Running_State: view.sqlRunning ? sqlThreadState(server, view) : '',
    Slave_DDL_Groups: 0,
    Slave_Non_Transactional_Groups: 0,
    Slave_Transactional_Groups: 0,
    Replicate_Rewrite_DB: '',
  };
}

const ending = ({ profile }: LiveServer): Columns =>
  profile === 'mysql-5.7' ? { Replicate_Rewrite_DB: '', Channel_Name: '', Master_TLS_Version: '' } : {};
