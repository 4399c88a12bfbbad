/** Any schedule of events for given settings, within a run of `duration` µs. */
import fc from 'fast-check';
import type { FaultEvent, Schedule, SetEvent } from '../../engine/protocol/faults.js';
import { REPLICA_EVENTS, type ReplicaEventKind } from '../../engine/protocol/faults.js';
import type { Settings } from '../../engine/protocol/parameters.js';
import { costs } from './arbitrary-settings.js';

const set = <P extends SetEvent['parameter']>(
  parameter: P,
  value: fc.Arbitrary<Extract<SetEvent, { parameter: P }>['value']>,
): fc.Arbitrary<SetEvent> => value.map((drawn) => ({ kind: 'set', parameter, value: drawn }) as SetEvent);

function sets(settings: Settings): fc.Arbitrary<SetEvent>[] {
  const of: fc.Arbitrary<SetEvent>[] = [
    set('timeout', fc.constantFrom(0, 500, 5_000, 10_000_000)),
    set('wait_no_slave', fc.boolean()),
    set('sync_binlog', fc.constantFrom(0, 1, 3)),
    set('group_commit_delay', fc.constantFrom(0, 300)),
    set('group_commit_count', fc.constantFrom(0, 4)),
    set('clients', fc.integer({ min: 1, max: 12 })),
    set('binlog_fsync', costs(1000)),
    set('redo_fsync', costs(1000)),
    set('relay_fsync', costs(1500)),
    set('rtt', costs(3000)),
    set('bandwidth', fc.constantFrom(0, 1e6, 1e9)),
    set('sync_relay_log', fc.constantFrom(0, 1, 3, 10_000)),
    set('semisync', fc.boolean()),
  ];
  // A reader that takes LOCK_log starves under some ways of AFTER_SYNC, which settings refuse.
  const afterSync = settings.wait_points === 'both' && settings.binlog_reader === 'lock-free';
  of.push(set('wait_point', fc.constantFrom('ASYNC', 'AFTER_COMMIT', ...(afterSync ? (['AFTER_SYNC'] as const) : []))));
  if (settings.arrival_rate > 0) of.push(set('arrival_rate', fc.constantFrom(100, 2_000, 20_000)));
  if (settings.ack_quorum === 'counted') of.push(set('wait_for_slave_count', fc.integer({ min: 1, max: 3 })));
  if (settings.stage_queues === 'merging') of.push(set('order_commits', fc.boolean()));
  return of;
}

export function anySchedule(settings: Settings, duration: number): fc.Arbitrary<Schedule> {
  const events: fc.Arbitrary<FaultEvent>[] = sets(settings);
  if (settings.replicas > 0) {
    const replica = fc.integer({ min: 0, max: settings.replicas - 1 });
    const kinds = Object.keys(REPLICA_EVENTS) as ReplicaEventKind[];
    const afflictions = fc.record({ kind: fc.constantFrom(...kinds), replica });
    events.push(
      afflictions,
      afflictions,
      afflictions,
      afflictions,
      fc.record({ kind: fc.constant('switchover'), replica }),
    );
  }
  return fc.array(fc.record({ at: fc.integer({ min: 0, max: duration }), event: fc.oneof(...events) }), {
    maxLength: 8,
  });
}
