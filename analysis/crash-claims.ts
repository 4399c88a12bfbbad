/**
 * What a configuration promises when machines die. Each claim follows from the rules and is held against simulated
 * crashes by test/analysis/crash-claims.test.ts.
 */
import type { Settings } from '../engine/protocol/parameters.js';
import { formatTime } from '../workloads/units.js';

/** From this on, somebody will have come before semi-sync is switched OFF. */
const DAY_US = 24 * 3600 * 1_000_000;
const PATIENT_TIMEOUT_US = DAY_US;
/** The most that rpl_semi_sync_master_timeout takes: 49 days. */
const LONGEST_TIMEOUT = '4294967295ms';

export interface CrashClaims {
  /** The source's machine dies, the replica that has most is promoted: it has all that clients were told is committed. */
  readonly acknowledged: boolean;
  /** …and all that anybody could read. */
  readonly seen: boolean;
  /** …even where the replicas' machines died at the same instant. */
  readonly together: boolean;
  /** The source's machine dies and comes back as the source: its binlog has all that clients were told is committed. */
  readonly restart: boolean;
  /** Whatever happens to the replicas, the source commits nothing by itself. */
  readonly patient: boolean;
  /** So many replicas may die together with the source. */
  readonly spare: number;
}

export function crashClaims(settings: Settings): CrashClaims {
  const isSemiSync = settings.wait_point !== 'ASYNC';
  return {
    acknowledged: isSemiSync,
    seen: settings.wait_point === 'AFTER_SYNC',
    together: isSemiSync && settings.sync_relay_log === 1,
    restart: settings.sync_binlog === 1,
    patient: isSemiSync && settings.wait_no_slave && settings.timeout >= PATIENT_TIMEOUT_US,
    spare: isSemiSync ? settings.wait_for_slave_count - 1 : 0,
  };
}

/** Does `after` leave any claim of `before` unkept? */
export function isWeaker(before: CrashClaims, after: CrashClaims): boolean {
  const names = ['acknowledged', 'seen', 'together', 'restart', 'patient'] as const;
  return after.spare < before.spare || names.some((name) => before[name] && !after[name]);
}

/** `nothing`: whichever machines die, all at once included; `nothing-if-source-dies`: the source's machine alone. */
export const LOSE_CHOICES = ['nothing', 'nothing-if-source-dies'] as const;
export type Lose = (typeof LOSE_CHOICES)[number];

/** What a configuration lacks, as `name=value` for `--set`, in the order in which one would change it. */
export function changesToLoseNothing(settings: Settings, lose: Lose): string[] {
  const { seen, restart, together } = crashClaims(settings);
  return [
    ...(settings.wait_points === 'both' ? [] : ['profile=mysql-5.7']),
    ...(seen || settings.wait_points !== 'both' ? [] : ['wait_point=AFTER_SYNC']),
    ...(restart ? [] : ['sync_binlog=1']),
    ...(together || lose === 'nothing-if-source-dies' ? [] : ['sync_relay_log=1']),
    ...(settings.timeout >= PATIENT_TIMEOUT_US ? [] : [`timeout=${LONGEST_TIMEOUT}`]),
    ...(settings.wait_no_slave ? [] : ['wait_no_slave=ON']),
  ];
}

/** What holds and what does not, a sentence each. */
export function claimTexts(settings: Settings): { readonly holds: string[]; readonly fails: string[] } {
  const claims = crashClaims(settings);
  const holds: string[] = [];
  const fails: string[] = [];
  const say = (kept: boolean, yes: string, no: string) => (kept ? holds.push(yes) : fails.push(no));
  const source = "the source's machine dies and a replica is promoted";
  say(
    claims.acknowledged,
    `${source}: nothing that a client was told is committed is lost, while semi-sync is ON`,
    `${source}: what a client was told is committed can be lost (asynchronous)`,
  );
  if (claims.acknowledged) {
    say(
      claims.seen,
      `${source}: nothing that anybody could read is lost either (AFTER_SYNC)`,
      `${source}: what other sessions have read can be lost (${settings.wait_point})`,
    );
    say(
      claims.together,
      'all machines die at once: the promoted replica has it too (sync_relay_log=1)',
      `all machines die at once: the replicas may have lost it (sync_relay_log=${settings.sync_relay_log})`,
    );
    if (claims.spare > 0) {
      const others = claims.spare === 1 ? 'a replica' : `${claims.spare} replicas`;
      holds.push(
        `the source and ${others} die: another has it (wait_for_slave_count=${settings.wait_for_slave_count})`,
      );
    }
    say(
      claims.patient,
      `too few replicas answer: commits wait until they do (for ${Math.floor(settings.timeout / DAY_US)} days)`,
      `too few replicas answer: commits go on unprotected ${settings.wait_no_slave ? `after ${formatTime(settings.timeout)}` : 'at once (wait_no_slave=OFF)'}`,
    );
  }
  say(
    claims.restart,
    'the source comes back by itself: its binlog has all of it (sync_binlog=1)',
    `the source comes back by itself: its binlog may lack the last of it (sync_binlog=${settings.sync_binlog})`,
  );
  return { holds, fails };
}
