/** One commit's life in sentences, each with the instant at which it becomes true. */
import {
  ACK_COLLECTING,
  BINLOG_FSYNC,
  CLIENT,
  ENGINE_COMMIT,
  EXECUTION,
  FLUSH,
  GROUP_COMMIT_DELAY,
  LOCK_AFTER_BINLOG_SYNC,
  LOCK_COMMIT,
  LOCK_LOG,
  LOCK_SYNC,
  QUEUE,
  REDO_FSYNC,
  WAKING,
} from '../engine/measure/phases.js';
import type { Settings } from '../engine/protocol/parameters.js';
import type { CommitTrace, PhaseSpan, TracedLock } from '../engine/runtimes/virtual/commit-trace.js';
import { capital, timeText } from './chart-columns.js';

export const LANES = ['client', 'flush', 'sync', 'commit', 'dump reader', 'network', 'replica', 'ACKs'] as const;
export type Lane = (typeof LANES)[number];

export interface CommitStep {
  /** µs since the transaction began. */
  readonly at: number;
  readonly lane: Lane;
  readonly text: string;
}

/** The engine counts from 0, people from 1. */
export const threadText = (name: string): string => name.replace(/\d+/, (index) => String(Number(index) + 1));

const clientText = ({ session }: CommitTrace): string => `client ${session + 1}`;
const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

/** In which stage a session is; which lock it wants there. */
const PHASE_LANES: Readonly<Record<number, Lane>> = {
  [QUEUE]: 'client',
  [CLIENT]: 'client',
  [EXECUTION]: 'client',
  [LOCK_LOG]: 'flush',
  [FLUSH]: 'flush',
  [LOCK_SYNC]: 'sync',
  [GROUP_COMMIT_DELAY]: 'sync',
  [BINLOG_FSYNC]: 'sync',
  [LOCK_AFTER_BINLOG_SYNC]: 'sync',
  [LOCK_COMMIT]: 'commit',
  [ACK_COLLECTING]: 'commit',
  [ENGINE_COMMIT]: 'commit',
  [WAKING]: 'commit',
};

/** A transaction that flushes its redo by itself does so before it queues. */
export const laneOf = (phase: number, { redo_flush }: Settings): Lane =>
  phase === REDO_FSYNC ? (redo_flush === 'per-group' ? 'flush' : 'client') : PHASE_LANES[phase]!;

/** Nothing is done in these phases: it waits for somebody else. */
export const isWait = (phase: number): boolean =>
  [QUEUE, LOCK_LOG, LOCK_SYNC, LOCK_AFTER_BINLOG_SYNC, LOCK_COMMIT, ACK_COLLECTING, GROUP_COMMIT_DELAY].includes(phase);

function holderText({ holds }: CommitTrace, lock: TracedLock, at: number): string {
  const hold = holds.find((one) => one.lock === lock && one.from <= at && one.to > at && !one.ours);
  return hold ? `, which ${threadText(hold.holder)} holds` : '';
}

function groupText(trace: CommitTrace, stage: 'flush' | 'sync' | 'commit'): { leader: string; size: string } {
  const group = trace.groups.findLast((one) => one.stage === stage) ?? trace.groups.at(-1);
  if (!group) return { leader: 'the leader', size: 'its group' };
  const leader = threadText(group.leader);
  return {
    leader:
      leader === clientText(trace) ? `${leader} itself, as its group's leader,` : `${leader}, its group's leader,`,
    size: counted(group.size, 'transaction'),
  };
}

/** Locks that the group holds throughout. */
function heldText({ holds }: CommitTrace, { from, to }: PhaseSpan): string {
  const held = holds.filter((one) => one.ours && one.from <= from && one.to >= to).map(({ lock }) => lock);
  return held.length > 0 ? `, and holds ${held.join(' and ')} meanwhile` : '';
}

function phaseText(trace: CommitTrace, settings: Settings, span: PhaseSpan): string {
  const { phase, from } = span;
  const client = capital(clientText(trace));
  switch (phase) {
    case QUEUE:
      return `The transaction has arrived, and waits for a free connection.`;
    case CLIENT:
      return `${client} sends its statement.`;
    case EXECUTION:
      return `The server executes it.`;
    case REDO_FSYNC:
      return settings.redo_flush === 'per-group'
        ? `${capital(groupText(trace, 'flush').leader)} fsyncs the redo log once for ${groupText(trace, 'flush').size}, under LOCK_log.`
        : 'Prepare: its redo is fsynced, in one go with that of others who are here by now.';
    case LOCK_LOG:
      return `It enters the flush queue, and waits for LOCK_log${holderText(trace, 'LOCK_log', from)}.`;
    case FLUSH:
      return `Flush stage: ${groupText(trace, 'flush').leader} writes the events of ${groupText(trace, 'flush').size} to the binlog, under LOCK_log.`;
    case LOCK_SYNC:
      return `It waits for LOCK_sync${holderText(trace, 'LOCK_sync', from)}.`;
    case GROUP_COMMIT_DELAY:
      return 'binlog_group_commit_sync_delay: the leader holds its group back, so that others can join.';
    case BINLOG_FSYNC:
      return `Sync stage: the binlog is fsynced for ${groupText(trace, 'sync').size}.`;
    case LOCK_AFTER_BINLOG_SYNC:
      return `It waits for LOCK_after_binlog_sync${holderText(trace, 'LOCK_after_binlog_sync', from)}.`;
    case LOCK_COMMIT:
      return `It waits for LOCK_commit${holderText(trace, 'LOCK_commit', from)}.`;
    case ACK_COLLECTING:
      return settings.after_commit_wait === 'session' && settings.wait_point === 'AFTER_COMMIT'
        ? `${settings.wait_point}: it waits for its ACK.`
        : `${settings.wait_point}: ${groupText(trace, 'commit').leader} waits for the ACK${heldText(trace, span)}.`;
    case ENGINE_COMMIT:
      return `Commit stage: the storage engine commits ${groupText(trace, 'commit').size}: everybody can see ${groupText(trace, 'commit').size === '1 transaction' ? 'it' : 'them'} now.`;
    default:
      return 'Its group is done, and is woken.';
  }
}

function replicaSteps(trace: CommitTrace, settings: Settings): CommitStep[] {
  const steps: CommitStep[] = [];
  const add = (at: number | undefined, lane: Lane, text: string): void => {
    if (at !== undefined) steps.push({ at, lane, text });
  };
  add(trace.published, 'sync', 'From here on dump readers may send it.');
  for (const { replica, read, written, fsyncs } of trace.replicas) {
    const name = `replica ${replica + 1}`;
    add(read?.from, 'dump reader', `Dump reader ${replica + 1} reads it from the binlog.`);
    for (const [index, fsync] of fsyncs.entries()) {
      const which = fsyncs.length > 1 ? ` (${index + 1} of ${fsyncs.length})` : '';
      add(fsync.from, 'replica', `${capital(name)} fsyncs its relay log${which}.`);
    }
    add(written, 'replica', `It is in the relay log of ${name}.`);
  }
  const collector = settings.ack_collector === 'receiver-thread' ? 'the ACK receiver' : 'the dump reader';
  for (const { kind, ours, replica, from, to, taken, asksForAck } of trace.flights) {
    if (!ours) continue;
    if (kind === 'events') {
      add(from, 'network', `It leaves for replica ${replica + 1}${asksForAck ? ', with an ACK asked for' : ''}.`);
      add(to, 'network', `It has arrived at replica ${replica + 1}.`);
    } else {
      add(from, 'network', `Replica ${replica + 1} sends an ACK that covers it.`);
      add(to, 'network', `The ACK of replica ${replica + 1} is back at the source.`);
      add(taken, 'ACKs', `${capital(collector)} takes the ACK of replica ${replica + 1}.`);
    }
  }
  const count = settings.wait_for_slave_count;
  add(
    trace.acknowledged,
    'ACKs',
    `It is acknowledged: ${counted(count, 'replica')} ${count === 1 ? 'has' : 'have'} it.`,
  );
  return steps;
}

function switchSteps({ switches }: CommitTrace): CommitStep[] {
  return switches.flatMap(({ at, on }, index): CommitStep[] => {
    if (index === 0) return on ? [] : [{ at, lane: 'commit', text: 'Semi-sync is OFF: nobody waits for an ACK.' }];
    const text = on
      ? 'A replica has caught up: semi-sync is ON again.'
      : "Somebody's time-out has passed: semi-sync switches OFF, and nobody waits for an ACK any more.";
    return [{ at, lane: 'commit', text }];
  });
}

/** In the order in which they happened, up to the answer. */
export function commitSteps(trace: CommitTrace, settings: Settings): CommitStep[] {
  const own = trace.phases.map((span) => ({
    at: span.from,
    lane: laneOf(span.phase, settings),
    text: phaseText(trace, settings, span),
  }));
  const answer: CommitStep = {
    at: trace.latency,
    lane: 'client',
    text: `${capital(clientText(trace))} has its answer, after ${timeText(trace.latency)}.`,
  };
  const others = [...switchSteps(trace), ...replicaSteps(trace, settings)].filter(({ at }) => at <= trace.latency);
  return [...[...own, ...others].sort((a, b) => a.at - b.at), answer];
}
