/** Errors of several groups of rows, one line for each group and measure. */
import type { ErrorTable } from '../workloads/calibration.js';
import { MEASURES } from '../workloads/measures.js';
import { plainTable } from './table.js';

const percent = (value: number): string => value.toFixed(1);

export function errorTable(groups: readonly (readonly [string, ErrorTable])[]): string {
  const lines = groups.flatMap(([group, errors]) =>
    MEASURES.flatMap((measure) => {
      const error = errors[measure];
      if (error === null) return [];
      const { median, p90, max, bias } = error;
      const shownBias = `${bias < 0 ? '' : '+'}${percent(bias)}`;
      return [[group, measure, percent(median), percent(p90), percent(max), shownBias]];
    }),
  );
  return plainTable(['rows', 'of', 'median', '90th percentile', 'worst', 'bias'], lines);
}
