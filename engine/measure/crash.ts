/** What one crash of the source lost, transaction by transaction: every one is in exactly one class. */
import type { Microseconds } from '../protocol/parameters.js';

export interface CrashResult {
  readonly seed: number;
  /** When the source crashed. */
  readonly at_us: Microseconds;
  /** Was semi-sync ON at that instant? */
  readonly semisync_on: boolean;
  /** Had it been switched OFF before, ever? */
  readonly fallen_back: boolean;
  /** The replica promoted: the one whose relay log, as it survives, reaches farthest (0-based); null without replicas. */
  readonly promoted: number | null;
  /** Transactions in the source's binlog since the run's beginning: the sum of the four classes below. */
  readonly written: number;
  /** On the promoted replica. */
  readonly kept: number;
  /** Not there, though the client had its OK. */
  readonly acknowledged_lost: number;
  /** Not there and never acknowledged, though committed in the source's engine, where every other session could see it. */
  readonly phantom: number;
  /** Not there, and nobody was told or could see. */
  readonly unseen_lost: number;
  /** Of those not there: what the old source holds when it has recovered from its binlog, and the new one does not. */
  readonly extra: number;
}
