/** How a point is simulated while things are still being changed: soon, and near enough for the eye. */
import type { Settings } from '../../engine/protocol/parameters.js';
import type { SimulateOptions } from '../../engine/runtimes/virtual/simulate.js';

const PRECISION = 0.1;
/** The start-up, in which all clients begin at once, takes some ten commits of each; fewer than this show little else. */
const COMMITS_PER_CLIENT = 32;
const COMMITS_LEAST = 500;

export const sketchOptions = ({ clients }: Settings): SimulateOptions => ({
  precision: PRECISION,
  maxCommits: Math.max(COMMITS_LEAST, COMMITS_PER_CLIENT * clients),
});
