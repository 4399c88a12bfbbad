/**
 * What can happen to a running cluster, as plain data: a schedule of events with their instants. The saboteur
 * (`actors/saboteur.ts`) makes them happen.
 */
import { SettingsError } from './check-settings.js';
import { knowsWaitPoint, type Microseconds, PARAMETERS, type ParameterName, type Settings } from './parameters.js';

/**
 * Parameters that can change during a run, with effect at once: dynamic variables, and the load, network and storage
 * around the servers. `semisync` takes effect when the replica's I/O thread next starts, as rpl_semi_sync_slave_enabled
 * does. `wait_point` ASYNC is rpl_semi_sync_master_enabled=OFF; any other switches it ON.
 */
export const DYNAMIC_PARAMETERS = [
  'wait_point',
  'wait_for_slave_count',
  'timeout',
  'wait_no_slave',
  'sync_binlog',
  'group_commit_delay',
  'group_commit_count',
  'order_commits',
  'clients',
  'arrival_rate',
  'binlog_fsync',
  'redo_fsync',
  'sync_relay_log',
  'semisync',
  'rtt',
  'bandwidth',
  'relay_fsync',
] as const satisfies readonly ParameterName[];
export type DynamicParameter = (typeof DYNAMIC_PARAMETERS)[number];

/** One replica's own value, for parameters that each replica has. */
type Element<T> = T extends readonly (infer E)[] ? E : T;
export type DynamicValue<P extends DynamicParameter> = Element<Settings[P]>;

/** A change of one parameter. `replica` (0-based): of that replica alone; absent: of all of them, or of the source. */
export type SetEvent = {
  [P in DynamicParameter]: {
    readonly kind: 'set';
    readonly parameter: P;
    readonly value: DynamicValue<P>;
    readonly replica?: number;
  };
}[DynamicParameter];

/** What happens to one replica (0-based). */
export const REPLICA_EVENTS = {
  stall: 'its I/O thread hangs: it reads, writes and acknowledges nothing, and its connection stays up',
  resume: 'a stalled I/O thread goes on',
  'stop-io': 'STOP SLAVE IO_THREAD: the connection closes',
  'start-io': 'START SLAVE IO_THREAD: it connects, and asks for the binlog from the end of its relay log',
  'crash-process': 'its server dies; what its relay log holds stays, flushed or not',
  'crash-host': 'its machine dies, and with it what its relay log has not flushed; the source hears nothing of it',
  restart: 'a crashed replica comes back and connects',
  partition: 'nothing gets through between it and the source; nothing is lost either, as TCP repeats it',
  heal: 'the partition ends: what was held back arrives',
} as const;
export type ReplicaEventKind = keyof typeof REPLICA_EVENTS;

export type FaultEvent =
  | SetEvent
  | { readonly kind: ReplicaEventKind; readonly replica: number }
  /**
   * A planned switchover to a replica: the source becomes read-only, commits under way end, the replica catches up and
   * is promoted, and the old source takes its place.
   */
  | { readonly kind: 'switchover'; readonly replica: number };

export interface ScheduledEvent {
  /** Since the run's beginning. */
  readonly at: Microseconds;
  readonly event: FaultEvent;
}
export type Schedule = readonly ScheduledEvent[];

/** The schedule in order of time; events of one instant in the order given. */
export const inOrder = (schedule: Schedule): ScheduledEvent[] => [...schedule].sort((a, b) => a.at - b.at);

/** As many connections as there ever are. */
export function mostClients(settings: Settings, schedule: Schedule): number {
  let most = settings.clients;
  for (const { event } of schedule) {
    if (event.kind === 'set' && event.parameter === 'clients') most = Math.max(most, event.value);
  }
  return most;
}

/** Contradictions between a schedule and its settings. Throws `SettingsError` at the first, naming the event by number. */
export function checkSchedule(settings: Settings, schedule: Schedule): Schedule {
  schedule.forEach((scheduled, index) => {
    try {
      checkEvent(settings, scheduled);
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      // Its message begins with the parameter, as the new one will.
      const message = error.message.slice(`${error.parameter}: `.length);
      throw new SettingsError(error.parameter, `event ${index + 1} of the schedule: ${message}`);
    }
  });
  return schedule;
}

/** The same for one event, whose number only the caller knows. */
export function checkEvent(settings: Settings, { at, event }: ScheduledEvent): void {
  const refuse = (parameter: ParameterName, message: string): never => {
    throw new SettingsError(parameter, message);
  };
  if (!(at >= 0)) refuse('replicas', `its time must not be negative, but is ${at}`);
  const { replica } = event;
  if (replica !== undefined && !(Number.isInteger(replica) && replica >= 0 && replica < settings.replicas)) {
    refuse('replicas', `there is no replica ${replica + 1} among ${settings.replicas}`);
  }
  if (event.kind !== 'set') return;
  const { parameter, value } = event;
  if (replica !== undefined && !isPerReplica(parameter)) refuse(parameter, 'is not one that each replica has');
  const { min = 0, max = Number.POSITIVE_INFINITY } = PARAMETERS[parameter];
  if (typeof value === 'number' && !(value >= min && value <= max)) {
    refuse(parameter, `${value} is not between ${min} and ${max}`);
  }
  if (event.parameter === 'arrival_rate' && !(event.value > 0 && settings.arrival_rate > 0)) {
    refuse('arrival_rate', 'an open loop stays one, and a closed loop too: use rates above 0, or set clients');
  }
  if (event.parameter === 'wait_point' && !knowsWaitPoint(settings, event.value)) {
    refuse('wait_point', `${settings.profile} knows AFTER_COMMIT only; AFTER_SYNC came with MySQL 5.7`);
  }
  if (event.parameter === 'wait_for_slave_count' && event.value > 1 && settings.ack_quorum !== 'counted') {
    refuse(
      'wait_for_slave_count',
      `in ${settings.profile} the first ACK counts; use 1, or a profile with the variable`,
    );
  }
}

/** May it differ between replicas? sync_relay_log is one setting for all, but a variable of each server. */
export const isPerReplica = (parameter: DynamicParameter): boolean =>
  parameter === 'sync_relay_log' || PARAMETERS[parameter].perReplica === true;
