/**
 * Binary log group commit, from the leader's side: flush, sync, commit (MySQL's `ordered_commit`). Everything here is
 * done by whoever leads, for every member of the group; followers sleep until `pending` is cleared.
 */
import {
  BINLOG_FSYNC,
  ENGINE_COMMIT,
  FLUSH,
  GROUP_COMMIT_DELAY,
  LOCK_AFTER_BINLOG_SYNC,
  LOCK_COMMIT,
  LOCK_LOG,
  LOCK_SYNC,
  REDO_FSYNC,
  WAKING,
} from '../measure/phases.js';
import { DELAY_NAPS, type Group, NOBODY } from '../protocol/group-commit.js';
import type { Settings } from '../protocol/parameters.js';
import { waitForAck } from './ack-wait.js';
import type { Source } from './cluster.js';
import type { Fiber, Mutex, Script } from './primitives.js';

/**
 * Leads as far as the queues let it: where the next stage's queue is not empty, the group joins it and its leader
 * becomes a follower like the others.
 */
export function* leadGroup(self: Fiber, source: Source, me: number): Script {
  const group: Group = { first: me, last: me, size: 1 };
  if (source.settings.stage_queues === 'fixed') yield leadFixedGroup(self, source, group);
  else yield leadThroughStages(self, source, group);
}

/** MySQL: three stages, each with a queue in which groups may merge. */
function* leadThroughStages(self: Fiber, source: Source, group: Group): Script {
  const { settings, syncQueue, commitQueue, lockLog, lockSync, lockAfterBinlogSync, lockCommit } = source;
  const logLockInFsync = settings.log_lock_in_fsync === 'held' && settings.sync_binlog === 1;

  if (lockLog.acquire(self)) yield;
  yield flush(self, source, group);
  phase(source, group, LOCK_SYNC);
  const leadsSync = syncQueue.enterGroup(group.first, group.last, group.size);
  // Held through the fsync, LOCK_log keeps dump readers from what is not on disk yet; nobody else can be in the queue.
  if (!logLockInFsync || !leadsSync) lockLog.release(self);
  if (!leadsSync) return;

  if (lockSync.acquire(self)) yield;
  if (settings.group_commit_delay > 0 && source.syncPeriod.holdsBackNext()) yield holdBack(self, source, group);
  syncQueue.takeInto(group);
  yield sync(self, source, group);
  if (logLockInFsync) lockLog.release(self);
  let held = lockSync;
  // Whoever waits or not: the wait point may change, and who need not wait must not overtake who does.
  if (settings.after_sync_wait === 'per-transaction') {
    phase(source, group, LOCK_AFTER_BINLOG_SYNC);
    if (lockAfterBinlogSync.acquire(self)) yield;
    lockSync.release(self);
    held = lockAfterBinlogSync;
    if (waitsAfterSync(source, 'per-transaction')) yield waitForEachMember(self, source, group);
  }

  if (!settings.order_commits) {
    held.release(self);
    if (waitsAfterSync(source, 'per-group')) yield waitForGroup(self, source, group);
    yield wake(self, source, group);
    return;
  }
  phase(source, group, LOCK_COMMIT);
  const leadsCommit = commitQueue.enterGroup(group.first, group.last, group.size);
  held.release(self);
  if (!leadsCommit) return;

  if (lockCommit.acquire(self)) yield;
  commitQueue.takeInto(group);
  if (waitsAfterSync(source, 'per-group')) yield waitForGroup(self, source, group);
  yield commit(self, source, group, lockCommit);
  if (leaderWaitsAfterCommit(source)) yield waitForEachMember(self, source, group);
  yield wake(self, source, group);
}

/** MariaDB: a group stays what its flush made it, and passes from lock to lock: it has the next before it lets go of one. */
function* leadFixedGroup(self: Fiber, source: Source, group: Group): Script {
  const { settings, lockLog, lockSync, lockAfterBinlogSync, lockCommit } = source;
  if (settings.group_commit_delay > 0) yield holdBack(self, source, group);
  if (lockLog.acquire(self)) yield;
  yield flush(self, source, group);
  let held = lockLog;
  if (settings.log_lock_in_fsync === 'released') {
    phase(source, group, LOCK_SYNC);
    if (lockSync.acquire(self)) yield;
    lockLog.release(self);
    held = lockSync;
  }
  yield sync(self, source, group);

  phase(source, group, LOCK_AFTER_BINLOG_SYNC);
  if (lockAfterBinlogSync.acquire(self)) yield;
  held.release(self);
  if (waitsAfterSync(source, 'per-transaction')) yield waitForEachMember(self, source, group);

  phase(source, group, LOCK_COMMIT);
  if (lockCommit.acquire(self)) yield;
  lockAfterBinlogSync.release(self);
  if (waitsAfterSync(source, 'per-group')) yield waitForGroup(self, source, group);
  const ordered = settings.order_commits;
  if (ordered) yield commit(self, source, group, lockCommit);
  else lockCommit.release(self);
  if (ordered && leaderWaitsAfterCommit(source)) yield waitForEachMember(self, source, group);
  yield wake(self, source, group);
}

/** Flush stage, under LOCK_log: everybody who has queued up by now is in the group. */
function* flush(self: Fiber, source: Source, group: Group): Script {
  const { settings, sessions, binlog, shape, semisync, lockBinlog, host, costs } = source;
  while (!binlog.hasRoom()) if (binlog.waitForRoom(self)) yield;
  source.flushQueue.takeInto(group);
  source.groups++;
  if (settings.redo_flush === 'per-group') {
    phase(source, group, REDO_FSYNC);
    if (source.redo.disk.fsync(self)) yield;
  }
  phase(source, group, FLUSH);
  if (host.use(self, costs.flush.sum(group.size))) yield;
  const start = binlog.end;
  for (let session = group.first; session !== NOBODY; session = sessions.next[session]!) {
    sessions.position[session] = binlog.append(session);
  }
  binlog.flush();

  if (semisync.enabled) {
    if (lockBinlog.acquire(self)) yield;
    if (settings.ack_request === 'per-group') semisync.reportFlush(binlog.end);
    else for (let end = start + shape.bytes; end <= binlog.end; end += shape.bytes) semisync.reportFlush(end);
    if (host.use(self, costs.semisync.draw())) yield;
    lockBinlog.release(self);
  }
  if (settings.sync_binlog !== 1) {
    if (binlog.publish(self, binlog.end)) yield;
  } else if (settings.log_lock_in_fsync === 'held' && settings.binlog_reader === 'mutexed') {
    // 5.6 signals its dump readers here: they are awake, and wait for LOCK_log, when the fsync ends.
    if (binlog.signal(self)) yield;
  }
}

/** Sync stage: the binlog's fsync, when sync_binlog says so; with sync_binlog=1 only now may dump readers send. */
function* sync(self: Fiber, source: Source, group: Group): Script {
  const { syncPeriod, binlog, binlogDisk } = source;
  if (syncPeriod.countGroup()) {
    phase(source, group, BINLOG_FSYNC);
    const written = binlog.end;
    if (binlogDisk.fsync(self)) yield;
    syncPeriod.syncedEnd = written;
  }
  // What was flushed with another sync_binlog is published by now, or else must be here.
  if (binlog.publish(self, lastPosition(source, group))) yield;
}

/** Commit stage, under LOCK_commit: each member is committed in the storage engine, in binlog order. */
function* commit(self: Fiber, source: Source, group: Group, lockCommit: Mutex): Script {
  const { host, costs, sessions } = source;
  phase(source, group, ENGINE_COMMIT);
  if (host.use(self, costs.commit.sum(group.size))) yield;
  for (let session = group.first; session !== NOBODY; session = sessions.next[session]!) {
    sessions.committed[session] = sessions.position[session]!;
  }
  lockCommit.release(self);
}

function waitsAfterSync({ settings }: Source, how: Settings['after_sync_wait']): boolean {
  return settings.wait_point === 'AFTER_SYNC' && settings.after_sync_wait === how;
}

/** For those it has committed: where commits are not ordered, each session commits and waits by itself. */
function leaderWaitsAfterCommit({ settings }: Source): boolean {
  return settings.wait_point === 'AFTER_COMMIT' && settings.after_commit_wait === 'leader';
}

/** The leader waits once: the ACK of the last member covers all. */
function* waitForGroup(self: Fiber, source: Source, group: Group): Script {
  yield waitForAck(self, source, lastPosition(source, group), group.first);
}

/** The leader waits for every member's ACK, one after the other. */
function* waitForEachMember(self: Fiber, source: Source, group: Group): Script {
  const { sessions } = source;
  for (let session = group.first; session !== NOBODY; session = sessions.next[session]!) {
    yield waitForAck(self, source, sessions.position[session]!, group.first);
  }
}

/** binlog_group_commit_sync_delay: naps, until the time is up or the queue is long enough. */
function* holdBack(self: Fiber, source: Source, group: Group): Script {
  const { settings, clock, meter, sessions } = source;
  const fixed = settings.stage_queues === 'fixed';
  const queue = fixed ? source.flushQueue : source.syncQueue;
  const nap = settings.group_commit_delay / DELAY_NAPS;
  const began = clock.now();
  for (let naps = 0; naps < DELAY_NAPS; naps++) {
    if (settings.group_commit_count > 0 && queue.size >= settings.group_commit_count) break;
    if (clock.sleep(self, nap)) yield;
  }
  // The chain from the leader is the whole queue: those who came during the delay were held back from then on.
  meter.groupSince(group.first, sessions.next, GROUP_COMMIT_DELAY, began);
  phase(source, group, fixed ? LOCK_LOG : LOCK_SYNC);
}

/** The group is done: its members go on. */
function* wake(self: Fiber, source: Source, group: Group): Script {
  const { sessions, done } = source;
  phase(source, group, WAKING);
  let session = group.first;
  while (session !== NOBODY) {
    // Read before the member is told: it may be in another group's chain as soon as it runs.
    const next = sessions.next[session]!;
    sessions.pending[session] = 0;
    if (source.settings.done_wakeup === 'individual' && done[session]!.broadcast(self)) yield;
    session = next;
  }
  if (source.settings.done_wakeup === 'broadcast' && done[0]!.broadcast(self)) yield;
}

const lastPosition = (source: Source, group: Group): number => source.sessions.position[group.last]!;

function phase(source: Source, group: Group, to: number): void {
  source.meter.groupTo(group.first, source.sessions.next, to, source.clock.now());
}

/**
 * The storage engine's redo log up to what the caller has written: whoever finds no flush under way does it, for all
 * that is written by then; the others wait and look again (InnoDB's `log_write_up_to`).
 */
export function* flushRedo(self: Fiber, source: Source): Script {
  const { redo } = source;
  const mine = ++redo.written;
  while (redo.flushed < mine) {
    if (redo.flushing) {
      if (redo.idle.wait(self)) yield;
      continue;
    }
    redo.flushing = true;
    const upTo = redo.written;
    if (redo.disk.fsync(self)) yield;
    redo.flushed = upTo;
    redo.flushing = false;
    if (redo.idle.broadcast(self)) yield;
  }
}
