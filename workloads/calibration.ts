/** A calibration: the costs that make the model repeat what was measured on one server, and how well it then does. */
import type { ParameterName, Settings } from '../engine/protocol/parameters.js';
import type { ProfileName } from '../engine/protocol/profiles.js';
import type { Measure } from './measures.js';

/** Of absolute percentage errors; `bias` is the mean of the signed ones, positive where the model promises too much. */
export interface ErrorSummary {
  readonly median: number;
  readonly p90: number;
  readonly max: number;
  readonly bias: number;
}

/** `null`: nothing was measured to compare with. */
export type ErrorTable = Readonly<Record<Measure, ErrorSummary | null>>;

export interface CalibratedCost {
  readonly name: ParameterName;
  /** As `--set` takes it, with its unit: `12us`, or a distribution of that mean. */
  readonly value: string;
  /** `null`: not fitted, but left at its first guess. */
  readonly fitted: {
    /** 95 % interval of its mean, µs. */
    readonly low_us: number;
    readonly high_us: number;
    /** How much narrower the data make it than it was guessed: 0 is not at all, 1 is a point. */
    readonly pinned: number;
  } | null;
}

export interface Calibration {
  readonly profile: ProfileName;
  /** What it sets, under everything that a workload or `--set` says: the costs, and the host they were measured on. */
  readonly settings: Partial<Settings>;
}

export type Calibrations = ReadonlyMap<ProfileName, Calibration>;

/** How a calibration came about, for its readers. */
export interface CalibrationRecord {
  readonly profile: ProfileName;
  /** Settings of the host that was measured, as `--set` takes them. */
  readonly host: Readonly<Record<string, string>>;
  readonly costs: readonly CalibratedCost[];
  readonly rows: number;
  readonly errors: { readonly fitted: ErrorTable; readonly cross_validated: ErrorTable };
}

export interface CalibrationDocument {
  readonly acklab: string;
  readonly seed: number;
  /** Names of the files of measured rows. */
  readonly measured: readonly string[];
  readonly servers: readonly CalibrationRecord[];
}
