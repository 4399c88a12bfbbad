/**
 * The saboteur: makes scheduled events happen to a running cluster. What is done to servers and network is the runtime's
 * (`Faults`); what the servers then do about it, and what a variable means, is here and in the other actors.
 */
import type { FaultEvent, ReplicaEventKind, ScheduledEvent, SetEvent } from '../protocol/faults.js';
import { isPerReplica } from '../protocol/faults.js';
import type { Distribution } from '../protocol/parameters.js';
import { PROFILES } from '../protocol/profiles.js';
import { wakeReleased } from './ack-wait.js';
import type { Backlog, Gate } from './client.js';
import type { Replica, Source } from './cluster.js';
import type { Fiber, Script } from './primitives.js';

/** What a runtime can do to a cluster. Replicas by their index. */
export interface Faults {
  readonly source: Source;
  readonly replicas: readonly Replica[];
  readonly gate: Gate;
  readonly backlog: Backlog | undefined;
  /** Tells whoever records the run what happened just now. */
  note(what: string, replica?: number, scheduled?: ScheduledEvent): void;

  /** Does what `kind` says to the replica; `false` where that changes nothing, as it is so already. */
  afflict(kind: ReplicaEventKind, replica: number): boolean;
  /** Closes all replication connections, from the source's side; `disconnected` when all their dump readers have ended. */
  disconnectAll(): void;
  disconnected(): boolean;
  /** Those that were connected then connect again. */
  connectAll(): void;
  /** The semi-sync module has been enabled for the first time: its ACK receiver starts, where the version has one. */
  startAckReceiver(): void;
  setCost(what: 'rtt' | 'binlog_fsync' | 'redo_fsync' | 'relay_fsync', cost: Distribution, replica: number): void;
  setBandwidth(bitsPerSecond: number, replica: number): void;
  /** rpl_semi_sync_slave_enabled, for the next connection. */
  setReplicaSemisync(value: boolean, replica: number): void;
  setSyncRelayLog(events: number, replica: number): void;
  setArrivalRate(perSecond: number): void;
}

export function* saboteur(self: Fiber, faults: Faults, scheduled: ScheduledEvent): Script {
  const { clock } = faults.source;
  const wait = scheduled.at - clock.now();
  if (wait > 0 && clock.sleep(self, wait)) yield;
  const { event } = scheduled;
  const applies = event.kind === 'set' || event.kind === 'switchover' || faults.afflict(event.kind, event.replica);
  faults.note(eventText(event) + (applies ? '' : ', without effect'), event.replica, scheduled);
  if (event.kind === 'set') yield setParameter(self, faults, event);
  else if (event.kind === 'switchover') yield switchOver(self, faults, event.replica);
}

/** A parameter changes while the cluster runs. What MySQL guards with LOCK_binlog_ is set under it. */
export function* setParameter(self: Fiber, faults: Faults, event: SetEvent): Script {
  if (isPerReplica(event.parameter)) {
    for (const { index } of faults.replicas) {
      if (event.replica === undefined || event.replica === index) setOfReplica(faults, event, index);
    }
    return;
  }
  switch (event.parameter) {
    case 'binlog_fsync':
    case 'redo_fsync':
      faults.setCost(event.parameter, event.value, 0);
      return;
    case 'clients':
      faults.gate.active = event.value;
      yield openGate(self, faults);
      return;
    case 'arrival_rate':
      faults.setArrivalRate(event.value);
      return;
    case 'wait_point':
      // Between two sources there is nobody to switch: the new one is, when it is there.
      while (faults.gate.promoting) if (faults.source.clock.sleep(self, SWITCHOVER_POLL_US)) yield;
      if (event.value !== 'ASYNC') faults.startAckReceiver();
  }
  yield setVariable(self, faults.source, event);
}

/** One of the source's dynamic variables changes. */
export function* setVariable(self: Fiber, source: Source, event: SetEvent): Script {
  const { settings, syncPeriod } = source;
  switch (event.parameter) {
    case 'wait_point':
      if (event.value !== 'ASYNC') settings.wait_point = event.value;
      yield setSemiSyncEnabled(self, source, event.value !== 'ASYNC');
      return;
    case 'wait_for_slave_count':
    case 'wait_no_slave':
    case 'timeout':
      yield setSemiSyncVariable(self, source, event);
      return;
    case 'sync_binlog':
      settings.sync_binlog = event.value;
      syncPeriod.period = event.value;
      return;
    case 'group_commit_delay':
      settings.group_commit_delay = event.value;
      return;
    case 'group_commit_count':
      settings.group_commit_count = event.value;
      return;
    case 'order_commits':
      settings.order_commits = event.value;
  }
}

function setOfReplica(faults: Faults, event: SetEvent, replica: number): void {
  switch (event.parameter) {
    case 'rtt':
    case 'relay_fsync':
      faults.setCost(event.parameter, event.value, replica);
      break;
    case 'bandwidth':
      faults.setBandwidth(event.value, replica);
      break;
    case 'semisync':
      faults.setReplicaSemisync(event.value, replica);
      break;
    case 'sync_relay_log':
      faults.setSyncRelayLog(event.value, replica);
  }
}

/** SET GLOBAL rpl_semi_sync_master_enabled. */
function* setSemiSyncEnabled(self: Fiber, source: Source, value: boolean): Script {
  const { semisync, lockBinlog, acked, settings } = source;
  if (value && settings.wait_point === 'ASYNC') settings.wait_point = PROFILES[settings.profile].defaults.wait_point;
  if (lockBinlog.acquire(self)) yield;
  if (semisync.setEnabled(value) && acked.broadcast(self)) yield;
  lockBinlog.release(self);
}

function* setSemiSyncVariable(self: Fiber, source: Source, event: SetEvent): Script {
  const { semisync, lockBinlog, acked } = source;
  if (lockBinlog.acquire(self)) yield;
  if (event.parameter === 'timeout') semisync.timeout = event.value;
  else if (event.parameter === 'wait_no_slave') {
    if (semisync.setWaitNoSlave(event.value) && acked.broadcast(self)) yield;
  } else if (event.parameter === 'wait_for_slave_count') {
    if (semisync.setWaitForSlaveCount(event.value) && wakeReleased(self, source)) yield;
  }
  lockBinlog.release(self);
}

/** More may begin now, or fewer: everybody who waits to begin looks again. */
function* openGate(self: Fiber, { gate, backlog }: Faults): Script {
  if (gate.opened.broadcast(self)) yield;
  if (backlog?.arrived.broadcast(self)) yield;
}

/** How often whoever switches over looks whether things are as far as he wants them. */
const SWITCHOVER_POLL_US = 1000;

/**
 * A planned switchover, as an administrator's script does it. Positions go on where they were: the replica promoted has
 * all of the binlog, and its place is the old source's from now on. Clients wait meanwhile; that they must find the new
 * source costs them nothing here.
 */
function* switchOver(self: Fiber, faults: Faults, target: number): Script {
  const { source, gate, replicas } = faults;
  const { clock, semisync, binlog } = source;
  // One at a time: a second would find semi-sync disabled by the first, and the gate opened while it is under way.
  while (gate.readOnly) if (clock.sleep(self, SWITCHOVER_POLL_US)) yield;
  gate.readOnly = true;
  faults.note('source is read-only');
  while (gate.inside > 0) if (clock.sleep(self, SWITCHOVER_POLL_US)) yield;
  faults.note('no transaction is under way');
  while (replicas[target]!.relayEnd < binlog.end) if (clock.sleep(self, SWITCHOVER_POLL_US)) yield;
  faults.note('has all transactions', target);

  // The new source's module counts no replica of the old one's, and its switch does not notice that they leave that one.
  const { enabled } = semisync;
  gate.promoting = true;
  semisync.enabled = false;
  faults.disconnectAll();
  if (binlog.signal(self)) yield;
  while (!faults.disconnected()) if (clock.sleep(self, SWITCHOVER_POLL_US)) yield;
  semisync.beginAnew(enabled);
  gate.promoting = false;
  faults.note('promoted; the old source takes its place', target);
  faults.connectAll();
  gate.readOnly = false;
  yield openGate(self, faults);
}

const valueText = (value: SetEvent['value']): string =>
  typeof value === 'boolean' ? (value ? 'ON' : 'OFF') : typeof value === 'object' ? costText(value) : String(value);

const costText = (cost: Distribution): string =>
  cost.kind === 'constant' ? `${cost.mean} µs` : `${cost.kind}, mean ${cost.mean} µs`;

const eventText = (event: FaultEvent): string =>
  event.kind === 'set' ? `${event.parameter}=${valueText(event.value)}` : event.kind;
