/**
 * Variables that clients and drivers ask for and that change nothing here: what they say is true of the emulated servers,
 * and a session may set those marked so for itself.
 */
import type { ProfileName } from '../../protocol/profiles.js';

export interface FixedVariable {
  readonly value: string | number;
  /** May SET change it, though nothing follows from it? In MySQL, and not here? Or never? */
  readonly settable: 'yes' | 'not here' | 'never';
}

export interface ServerFacts {
  readonly profile: ProfileName;
  readonly port: number;
  readonly serverId: number;
  readonly uuid: string;
  readonly isReplica: boolean;
  readonly skipSlaveStart: boolean;
}

export const SERVER_VERSIONS: Readonly<Record<ProfileName, string>> = {
  'mysql-5.6': '5.6.21-log',
  'mysql-5.7': '5.7.18-log',
  'mariadb-10.11': '10.11.19-MariaDB-log',
};

export const MAX_CONNECTIONS = 400;
/** The longest statement, bytes: MySQL's default before 8.0. */
export const MAX_ALLOWED_PACKET = 4 * 2 ** 20;

const fixed = (value: string | number): FixedVariable => ({ value, settable: 'never' });
const settable = (value: string | number): FixedVariable => ({ value, settable: 'yes' });
const notHere = (value: string | number): FixedVariable => ({ value, settable: 'not here' });

export function fixedVariables(facts: ServerFacts): Map<string, FixedVariable> {
  const isMariaDb = facts.profile.startsWith('mariadb');
  const entries: Record<string, FixedVariable> = {
    auto_increment_increment: settable(1),
    autocommit: settable('ON'),
    binlog_format: settable('ROW'),
    character_set_client: settable('utf8mb4'),
    character_set_connection: settable('utf8mb4'),
    character_set_database: settable('utf8mb4'),
    character_set_results: settable('utf8mb4'),
    character_set_server: settable('utf8mb4'),
    collation_connection: settable('utf8mb4_general_ci'),
    collation_database: settable('utf8mb4_general_ci'),
    collation_server: settable('utf8mb4_general_ci'),
    ...(isMariaDb ? {} : { gtid_mode: notHere('OFF') }),
    hostname: fixed('acklab'),
    init_connect: notHere(''),
    innodb_flush_log_at_trx_commit: notHere(1),
    interactive_timeout: settable(28800),
    license: fixed('GPL'),
    log_bin: fixed('ON'),
    lower_case_table_names: fixed(0),
    max_allowed_packet: notHere(MAX_ALLOWED_PACKET),
    max_connections: notHere(MAX_CONNECTIONS),
    net_buffer_length: settable(16384),
    net_write_timeout: settable(60),
    performance_schema: fixed('OFF'),
    port: fixed(facts.port),
    protocol_version: fixed(10),
    query_cache_size: notHere(0),
    query_cache_type: settable('OFF'),
    read_only: notHere(facts.isReplica ? 'ON' : 'OFF'),
    server_id: notHere(facts.serverId),
    ...(isMariaDb ? {} : { server_uuid: fixed(facts.uuid) }),
    skip_slave_start: fixed(facts.skipSlaveStart ? 'ON' : 'OFF'),
    sql_log_bin: settable('ON'),
    sql_mode: settable(''),
    ...(facts.profile === 'mysql-5.7' ? { super_read_only: notHere(facts.isReplica ? 'ON' : 'OFF') } : {}),
    system_time_zone: fixed('UTC'),
    time_zone: settable('SYSTEM'),
    tx_isolation: settable('REPEATABLE-READ'),
    tx_read_only: settable('OFF'),
    version: fixed(SERVER_VERSIONS[facts.profile]),
    version_comment: fixed(`emulated by acklab`),
    wait_timeout: settable(28800),
  };
  return new Map(Object.entries(entries));
}
