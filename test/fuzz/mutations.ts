/**
 * The rules broken on purpose, one at a time: each is a replacement in one compiled file of the engine, that must apply
 * exactly once. The fuzzer must notice every one of them.
 */
export interface Mutation {
  readonly name: string;
  /** Below dist/engine. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

const SEMI_SYNC = 'protocol/semi-sync.js';
const ACK_WAIT = 'actors/ack-wait.js';
const COMMITTER = 'actors/committer.js';
const READER = 'actors/dump-reader.js';
const REPLICA = 'actors/replica.js';
const FAULTS = 'runtimes/virtual/faults.js';
const MUTEX = 'runtimes/virtual/mutex.js';

const mutation = (name: string, file: string, find: string, replace: string): Mutation => ({
  name,
  file,
  find,
  replace,
});

export const MUTATIONS: readonly Mutation[] = [
  mutation('the quorum is one replica short', SEMI_SYNC, 'if (reached >= count)', 'if (reached >= count - 1)'),
  mutation(
    'an ACK short of the quorum counts',
    SEMI_SYNC,
    'return this.#reach(quorum);\n    }\n    /** A quorum',
    'return this.#reach(position);\n    }\n    /** A quorum',
  ),
  mutation(
    'any ACK switches semi-sync ON',
    SEMI_SYNC,
    'if (!this.on && position >= this.committed && quorum >= this.committed)',
    'if (!this.on)',
  ),
  mutation('a replica that connects counts twice', SEMI_SYNC, 'this.clients++', 'this.clients += 2'),
  mutation('a replica that has gone still counts', SEMI_SYNC, 'this.clients--;', ''),
  mutation(
    'the wait position is never unset',
    SEMI_SYNC,
    'this.waitPositionSet = false;\n        return true',
    'return true',
  ),
  mutation('switching OFF is not counted', SEMI_SYNC, 'this.noTimes++;', ''),
  mutation(
    'with too few replicas semi-sync stays ON until one more goes',
    SEMI_SYNC,
    'this.waitNoSlave || this.clients >=',
    'this.waitNoSlave || this.clients + 1 >=',
  ),
  mutation(
    'losing any replica switches semi-sync OFF',
    SEMI_SYNC,
    'this.waitNoSlave || this.clients >= this.waitForSlaveCount',
    'this.waitNoSlave',
  ),
  mutation('an ACK wakes nobody', ACK_WAIT, 'if (releases && wakeReleased(self, source))', 'if (false)'),
  mutation(
    'one waiter is not woken',
    ACK_WAIT,
    'Number.POSITIVE_INFINITY : semisync.acked',
    'semisync.acked - 1 : semisync.acked - 1',
  ),
  mutation(
    'a wait goes on for twice the timeout',
    ACK_WAIT,
    'began + semisync.timeout',
    'began + 2 * semisync.timeout',
  ),
  mutation(
    'a wait is given up at half the timeout',
    ACK_WAIT,
    'began + semisync.timeout',
    'began + semisync.timeout / 2',
  ),
  mutation(
    'a waiter woken by any ACK goes on',
    ACK_WAIT,
    'acknowledged = semisync.on && semisync.acked >= position;\n    }',
    'acknowledged = semisync.on;\n    }',
  ),
  mutation(
    'nobody waits for an ACK',
    ACK_WAIT,
    'while (semisync.on && !acknowledged && mark !== NONE)',
    'while (false)',
  ),
  mutation(
    'after a time-out the others sleep on',
    ACK_WAIT,
    'semisync.switchOff();\n            if (acked.broadcast(self))\n                yield;',
    'semisync.switchOff();',
  ),
  mutation('wait_sessions is not decremented', ACK_WAIT, 'semisync.waitSessions--;', ''),
  mutation('a wait that timed out counts as acknowledged', ACK_WAIT, 'semisync.noTx++', 'semisync.txWaits++'),
  mutation(
    'the binlog is published before its fsync',
    COMMITTER,
    'if (settings.sync_binlog !== 1) {',
    'if (settings.sync_binlog >= 0) {',
  ),
  mutation('the binlog counts as flushed at once', COMMITTER, 'if (binlogDisk.fsync(self))\n            yield;', ''),
  mutation(
    'an fsync covers what was written during it',
    COMMITTER,
    'syncPeriod.syncedEnd = written',
    'syncPeriod.syncedEnd = binlog.end',
  ),
  mutation(
    'the commit queue is taken before LOCK_commit',
    COMMITTER,
    'if (lockCommit.acquire(self))\n        yield;\n    commitQueue.takeInto(group);',
    'commitQueue.takeInto(group);\n    if (lockCommit.acquire(self))\n        yield;',
  ),
  mutation(
    'a group waits after its commit',
    COMMITTER,
    "waitsAfterSync(source, 'per-group'))\n        yield waitForGroup(self, source, group);\n    yield commit(self, source, group, lockCommit);",
    "false)\n        yield waitForGroup(self, source, group);\n    yield commit(self, source, group, lockCommit);\n    if (waitsAfterSync(source, 'per-group'))\n        yield waitForGroup(self, source, group);",
  ),
  mutation(
    'the group waits for its first member only',
    COMMITTER,
    'waitForAck(self, source, lastPosition(source, group), group.first)',
    'waitForAck(self, source, source.sessions.position[group.first], group.first)',
  ),
  mutation(
    'LOCK_log is released before the flush',
    COMMITTER,
    'yield flush(self, source, group);\n    phase(source, group, LOCK_SYNC);\n    const',
    'lockLog.release(self);\n    yield flush(self, source, group);\n    phase(source, group, LOCK_SYNC);\n    const',
  ),
  mutation('followers are not woken', COMMITTER, "source.settings.done_wakeup === 'broadcast' &&", 'false &&'),
  mutation(
    'the group loses its last member',
    COMMITTER,
    'sessions.pending[session] = 0;',
    'if (next !== NOBODY || session === group.first) sessions.pending[session] = 0;',
  ),
  mutation(
    'a redo flush covers what was written during it',
    COMMITTER,
    'redo.flushed = upTo',
    'redo.flushed = redo.written',
  ),
  mutation(
    'a dump reader does not say that its replica is gone',
    READER,
    'if (registered)\n        yield forgetReplica(self, source);',
    '',
  ),
  mutation(
    'a dump reader begins at the binlog’s end',
    READER,
    'let cursor = replica.relayEnd;',
    'let cursor = binlog.safeEnd;',
  ),
  mutation(
    'a dump reader sends what is not published',
    READER,
    'cursor >= binlog.safeEnd) {\n            // End',
    'cursor >= binlog.end) {\n            // End',
  ),
  mutation('a replica acknowledges what it does not write', REPLICA, 'remaining > 0)', 'remaining > 0 && !asksForAck)'),
  mutation('a replica acknowledges one byte too many', REPLICA, 'acks.send(end,', 'acks.send(end + 1,'),
  mutation(
    'a replica does not flush what it acknowledges',
    REPLICA,
    'unsynced >= syncRelayLog)',
    'unsynced >= syncRelayLog && !asksForAck)',
  ),
  mutation(
    'a relay log counts as flushed before its fsync',
    REPLICA,
    'if (relayDisk.fsync(self))\n                    yield;\n                replica.relaySynced = replica.relayEnd;',
    'replica.relaySynced = replica.relayEnd;\n                if (relayDisk.fsync(self))\n                    yield;',
  ),
  mutation(
    'a replica counts fsyncs in packets, not events',
    REPLICA,
    'unsynced += run;',
    'unsynced += run === remaining + run ? 1 : 0;',
  ),
  mutation(
    'a relay log keeps its unflushed tail when its machine crashes',
    FAULTS,
    'if (host)\n            replica.relayEnd = replica.relaySynced;',
    '',
  ),
  mutation(
    'a crash of the server loses what was flushed',
    FAULTS,
    'if (host)\n            replica.relayEnd = replica.relaySynced;',
    'if (!host) replica.relayEnd = replica.relaySynced;',
  ),
  mutation(
    'a mutex lets two in',
    MUTEX,
    'if (!this.#held) {\n            this.#hold();\n            fiber.needs',
    'if (true) {\n            this.#hold();\n            fiber.needs',
  ),
  mutation(
    'a mutex wakes nobody',
    MUTEX,
    'this.#waking = true;\n            woken.called = true;\n        }',
    'this.#waking = true;\n            woken.called = true;\n            return;\n        }',
  ),
  mutation('a healed line stays cut', 'runtimes/virtual/link.js', 'this.cut = false;', ''),
];
