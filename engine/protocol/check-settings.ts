/** What no single parameter can check. */
import { knowsWaitPoint, type ParameterName, PER_REPLICA, type Settings, semiSyncReplicas } from './parameters.js';

/** A contradiction between parameters, with the parameter to blame. */
export class SettingsError extends Error {
  readonly parameter: ParameterName;
  constructor(parameter: ParameterName, message: string) {
    super(`${parameter}: ${message}`);
    this.name = 'SettingsError';
    this.parameter = parameter;
  }
}

/**
 * Checks what no single parameter can: that lists have one entry per replica, that a quorum can be reached, that the
 * version knows the wait point. Throws `SettingsError` at the first contradiction.
 */
export function checkSettings(settings: Settings): Settings {
  const { replicas, wait_for_slave_count: count } = settings;
  for (const name of PER_REPLICA) {
    const length = settings[name].length;
    if (length !== 1 && length !== replicas) {
      throw new SettingsError(name, `${length} values for replicas=${replicas}; give one for all, or one for each`);
    }
  }
  if (!knowsWaitPoint(settings, settings.wait_point)) {
    throw new SettingsError(
      'wait_point',
      `${settings.profile} knows AFTER_COMMIT only; AFTER_SYNC came with MySQL 5.7`,
    );
  }
  if (settings.wait_point !== 'ASYNC') {
    if (count > 1 && settings.ack_quorum !== 'counted') {
      throw new SettingsError(
        'wait_for_slave_count',
        `${count} was asked, but in ${settings.profile} the first ACK counts; use 1, or a profile that has the variable`,
      );
    }
    const able = semiSyncReplicas(settings).length;
    if (count > able) {
      throw new SettingsError(
        'wait_for_slave_count',
        `${count} is more than the ${able} semi-synchronous replicas; lower it, add replicas, or set wait_point=ASYNC`,
      );
    }
  }
  if (starvesReader(settings)) {
    throw new SettingsError(
      'binlog_reader',
      `mutexed deadlocks under AFTER_SYNC here: behind a group that waits for its ACK another holds LOCK_log, which the reader needs; use lock-free${settings.stage_queues === 'fixed' ? '' : ', or log_lock_in_fsync=released'}`,
    );
  }
  if (settings.bytes_per_tx < 23 * settings.events_per_tx) {
    throw new SettingsError(
      'bytes_per_tx',
      `${settings.bytes_per_tx} bytes do not hold ${settings.events_per_tx} events of at least 23 bytes each (header and checksum)`,
    );
  }
  return settings;
}

/**
 * Three groups that wait for each other: the first for its ACK, the second for the first's lock, the third, with LOCK_log,
 * for the second's. MySQL's own queues let go of LOCK_log in time, unless each transaction is waited for between them.
 */
function starvesReader(settings: Settings): boolean {
  if (settings.wait_point !== 'AFTER_SYNC' || settings.binlog_reader !== 'mutexed') return false;
  if (settings.stage_queues === 'fixed') return true;
  return (
    settings.log_lock_in_fsync === 'held' &&
    settings.after_sync_wait === 'per-transaction' &&
    settings.sync_binlog === 1
  );
}
