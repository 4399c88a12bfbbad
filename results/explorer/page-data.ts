/** What the page's script is given, as JSON. */
import type { Settings } from '../../engine/protocol/parameters.js';
import type { CostSet } from './experiment.js';

export interface PageData {
  /** Version. */
  readonly acklab: string;
  /** See SimulateOptions: what `acklab sweep` would take by itself. */
  readonly precision: number;
  readonly costs: readonly CostSet[];
  /** Points with their CSV lines, as the command line has them: by these a browser is tried. */
  readonly proofs: readonly Proof[];
}

export interface Proof {
  readonly settings: Settings;
  readonly maxCommits: number;
  readonly line: string;
}

/** As it stands in the page. */
export interface EmbeddedData extends PageData {
  readonly worker: string;
}
