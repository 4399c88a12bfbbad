/**
 * What differs between the server versions, one named choice per row, so that each can be switched alone and its share
 * of a gain be measured. A profile is a preset over these choices; nothing else in the engine asks for a version.
 */

export interface Choices {
  /** May a source wait AFTER_SYNC, or does it know AFTER_COMMIT only? */
  wait_points: 'AFTER_COMMIT' | 'both';
  /** `first`: one ACK is enough, always. `counted`: rpl_semi_sync_master_wait_for_slave_count is obeyed. */
  ack_quorum: 'first' | 'counted';
  /** Is LOCK_log held while the binlog is fsynced (sync_binlog=1)? The next flush and a mutexed reader then wait. */
  log_lock_in_fsync: 'held' | 'released';
  /** Does a dump reader take LOCK_log for every event, or read up to the published safe position without a lock? */
  binlog_reader: 'mutexed' | 'lock-free';
  /** Who collects ACKs: each dump reader, which sends nothing meanwhile, or one thread for all replicas? */
  ack_collector: 'dump-reader' | 'receiver-thread';
  /** Whom does an ACK wake: everybody who waits (one condition), or those whose position it covers? */
  waiter_wakeup: 'all' | 'covered';
  /** Who flushes the engine's redo: each transaction at prepare (concurrent ones share), or the flush leader? */
  redo_flush: 'per-transaction' | 'per-group';
  /** Is an ACK asked for at the end of each flush group, or of each transaction? */
  ack_request: 'per-group' | 'per-transaction';
  /** AFTER_SYNC: once for the group under LOCK_commit, or once per transaction under LOCK_after_binlog_sync? */
  after_sync_wait: 'per-group' | 'per-transaction';
  /** AFTER_COMMIT: the leader waits for its members one by one, or each session for itself? */
  after_commit_wait: 'leader' | 'session';
  /** May groups merge in the queues of the sync and commit stages, or does a group stay what its flush made it? */
  stage_queues: 'merging' | 'fixed';
  /** Are followers woken by one condition for all groups, or each by a condition of its own? */
  done_wakeup: 'broadcast' | 'individual';
}

export type ChoiceName = keyof Choices;

/** Every choice with its possible values, in the order in which the version table lists them. */
export const CHOICE_VALUES: { readonly [K in ChoiceName]: readonly Choices[K][] } = {
  wait_points: ['AFTER_COMMIT', 'both'],
  ack_quorum: ['first', 'counted'],
  log_lock_in_fsync: ['held', 'released'],
  binlog_reader: ['mutexed', 'lock-free'],
  ack_collector: ['dump-reader', 'receiver-thread'],
  waiter_wakeup: ['all', 'covered'],
  redo_flush: ['per-transaction', 'per-group'],
  ack_request: ['per-group', 'per-transaction'],
  after_sync_wait: ['per-group', 'per-transaction'],
  after_commit_wait: ['leader', 'session'],
  stage_queues: ['merging', 'fixed'],
  done_wakeup: ['broadcast', 'individual'],
};

export const PROFILE_NAMES = ['mysql-5.6', 'mysql-5.7', 'mariadb-10.11'] as const;
export type ProfileName = (typeof PROFILE_NAMES)[number];

export interface Profile {
  readonly title: string;
  readonly choices: Choices;
  /** Defaults that a version brings along, besides its choices. */
  readonly defaults: { readonly wait_point: 'AFTER_SYNC' | 'AFTER_COMMIT'; readonly events_per_tx: number };
}

export const PROFILES: { readonly [K in ProfileName]: Profile } = {
  'mysql-5.6': {
    title: 'MySQL 5.6',
    choices: {
      wait_points: 'AFTER_COMMIT',
      ack_quorum: 'first',
      log_lock_in_fsync: 'held',
      binlog_reader: 'mutexed',
      ack_collector: 'dump-reader',
      waiter_wakeup: 'all',
      redo_flush: 'per-transaction',
      ack_request: 'per-group',
      after_sync_wait: 'per-group',
      after_commit_wait: 'leader',
      stage_queues: 'merging',
      done_wakeup: 'broadcast',
    },
    defaults: { wait_point: 'AFTER_COMMIT', events_per_tx: 4 },
  },
  'mysql-5.7': {
    title: 'MySQL 5.7',
    choices: {
      wait_points: 'both',
      ack_quorum: 'counted',
      log_lock_in_fsync: 'released',
      binlog_reader: 'lock-free',
      ack_collector: 'receiver-thread',
      waiter_wakeup: 'covered',
      redo_flush: 'per-group',
      ack_request: 'per-group',
      after_sync_wait: 'per-group',
      after_commit_wait: 'leader',
      stage_queues: 'merging',
      done_wakeup: 'broadcast',
    },
    defaults: { wait_point: 'AFTER_SYNC', events_per_tx: 5 },
  },
  'mariadb-10.11': {
    title: 'MariaDB 10.11',
    choices: {
      wait_points: 'both',
      ack_quorum: 'first',
      log_lock_in_fsync: 'held',
      binlog_reader: 'lock-free',
      ack_collector: 'receiver-thread',
      waiter_wakeup: 'all',
      redo_flush: 'per-transaction',
      ack_request: 'per-transaction',
      after_sync_wait: 'per-transaction',
      after_commit_wait: 'session',
      stage_queues: 'fixed',
      done_wakeup: 'individual',
    },
    defaults: { wait_point: 'AFTER_COMMIT', events_per_tx: 4 },
  },
};
