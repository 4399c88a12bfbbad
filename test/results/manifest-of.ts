import type { Settings } from '../../engine/protocol/parameters.js';
import type { Manifest } from '../../results/store-manifest.js';
import { someManifest } from './manifests.js';

/** Of a run of points with these settings. */
export const manifestOf = (all: readonly Settings[]): Manifest =>
  someManifest(
    all.map((settings, index) => ({
      index,
      part: 'growth',
      variant: '',
      swept: [],
      settings,
      runtime: 'virtual',
      repetition: null,
    })),
  );
