import { DEFAULT_MILLISECONDS, DEFAULT_REPETITIONS, type ThreadsRequest } from '../../results/store-manifest.js';

export const DEFAULT_THREADS: ThreadsRequest = {
  repetitions: DEFAULT_REPETITIONS,
  milliseconds: DEFAULT_MILLISECONDS,
  placement: null,
  disk: null,
};
