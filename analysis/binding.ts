/**
 * Which resource binds: what is busy all the time, as far inside as it can be told. A lock that is held while a leader
 * waits for an ACK is as busy as that wait; behind it stands whatever the ACK waits for. So from the busiest place the
 * way leads inwards, as long as what is done inside explains most of what is outside.
 */
import type { BusyColumns } from '../engine/measure/observation.js';
import { type Choices, PROFILES, type ProfileName } from '../engine/protocol/profiles.js';
import type { SweepRow } from './row.js';

export type Place = 'host_cpu_busy' | keyof BusyColumns;

const NAMES: Readonly<Record<Place, string>> = {
  host_cpu_busy: 'CPU',
  client_cpu_busy: 'client CPU',
  replica_cpu_busy: 'replica CPU',
  redo_disk_busy: 'redo fsync',
  binlog_disk_busy: 'binlog fsync',
  relay_disk_busy: 'relay log fsync',
  link_busy: 'link',
  lock_log_busy: 'LOCK_log',
  lock_sync_busy: 'LOCK_sync',
  lock_after_binlog_sync_busy: 'LOCK_after_binlog_sync',
  lock_commit_busy: 'LOCK_commit',
  lock_binlog_busy: 'LOCK_binlog_',
  dump_reader_busy: 'dump reader',
  replica_io_busy: 'replica I/O thread',
  ack_receiver_busy: 'ACK receiver',
  ack_round_trip_busy: 'ACK round trip',
};

const PLACES = Object.keys(NAMES) as readonly Place[];

export const placeName = (place: Place): string => NAMES[place];

/** From this share of the time on a resource is called full: at it, a single server's queue is four customers long. */
export const FULL = 0.8;
/** What is done inside a place explains it from this share of the place's own busy time on. */
const EXPLAINS = 0.6;
/** What is inside is no busier than what is outside, but for rounding and for what was under way at both ends. */
const ROUNDING = 1.02;

export interface Use {
  readonly place: Place;
  readonly busy: number;
}

/** A place, and what it is inside of, from the inside out: places that are busy because it is. */
export interface Bottleneck {
  readonly binds: Use;
  readonly through: readonly Use[];
}

export interface Binding extends Bottleneck {
  /** From the busiest place that is neither inside nor outside of it: what would bind if it did not. */
  readonly next: Bottleneck | null;
  readonly full: boolean;
}

/** What may be going on inside a place, by the version's choices; a choice set by hand shows in the shares all the same. */
function insides(row: SweepRow): Readonly<Partial<Record<Place, readonly Place[]>>> {
  const choices: Choices = (PROFILES[row.profile as ProfileName] ?? PROFILES['mysql-5.7']).choices;
  const isHeld = choices.log_lock_in_fsync === 'held' && row.sync_binlog === 1;
  const collects = choices.ack_collector === 'dump-reader';
  const isFixed = choices.stage_queues === 'fixed';
  return {
    lock_log_busy: [
      ...(choices.redo_flush === 'per-group' ? (['redo_disk_busy'] as const) : []),
      ...(isHeld || isFixed ? (['binlog_disk_busy'] as const) : []),
      // A fixed group keeps LOCK_log until it has the next lock.
      ...(isFixed ? (['lock_after_binlog_sync_busy'] as const) : []),
    ],
    lock_sync_busy: ['binlog_disk_busy'],
    lock_after_binlog_sync_busy: ['ack_round_trip_busy'],
    lock_commit_busy: ['ack_round_trip_busy'],
    dump_reader_busy: collects ? ['ack_round_trip_busy'] : [],
    ack_round_trip_busy: ['replica_io_busy', 'link_busy', ...(collects ? [] : (['dump_reader_busy'] as const))],
    replica_io_busy: ['relay_disk_busy', 'replica_cpu_busy'],
  };
}

/** `null` where a row does not say how busy anything was. */
export function bindingOf(row: SweepRow): Binding | null {
  if (PLACES.every((place) => place === 'host_cpu_busy' || typeof row[place] !== 'number')) return null;
  const inside = insides(row);
  const use = (place: Place): Use => ({ place, busy: row[place] ?? 0 });
  const busiest = (places: readonly Place[]): Use | undefined => places.map(use).sort((a, b) => b.busy - a.busy)[0];
  const inwards = (from: Use): Bottleneck => {
    const path = [from];
    for (;;) {
      const here = path[0] as Use;
      const deeper = busiest(inside[here.place] ?? []);
      if (deeper === undefined || deeper.busy < EXPLAINS * here.busy || deeper.busy > here.busy * ROUNDING) break;
      path.unshift(deeper);
    }
    return { binds: path[0] as Use, through: path.slice(1) };
  };
  const first = busiest(PLACES) as Use;
  const main = inwards(first);
  const related = new Set<Place>([...within(inside, main.binds.place), ...around(inside, main.binds.place)]);
  const second = busiest(PLACES.filter((place) => !related.has(place)));
  return {
    ...main,
    next: second === undefined || second.busy === 0 ? null : inwards(second),
    full: isQueued(row) && first.busy >= FULL,
  };
}

/** A lone client waits for nobody, however busy it keeps what it uses. */
const isQueued = (row: SweepRow): boolean => row.clients > 1;

type Insides = Readonly<Partial<Record<Place, readonly Place[]>>>;

/** The place and everything inside it. */
function within(inside: Insides, place: Place): Place[] {
  return [place, ...(inside[place] ?? []).flatMap((one) => within(inside, one))];
}

/** Everything that the place may be inside of. */
const around = (inside: Insides, place: Place): Place[] =>
  PLACES.filter((other) => other !== place && within(inside, other).includes(place));
