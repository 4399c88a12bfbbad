/** What the parts of a chart have to know of each other. */
import type { ChartRequest } from '../workloads/workload.js';
import type { ChartFields } from './chart-fields.js';
import type { ChartData } from './chart-marks.js';
import type { SeriesStyle, Theme } from './palette.js';

export interface ChartLook {
  readonly theme: Theme;
  /** `narrow` puts small multiples in one column, for a telephone. */
  readonly layout: 'wide' | 'narrow';
  /**
   * `file`: a picture that stands alone, with the finding as its title, and a legend where lines are not labelled.
   * `page`: the page around it has the finding and the legend, and hides series by the parameter `hidden`, a list of
   * series as their labels write them.
   */
  readonly place: 'file' | 'page';
}

/** Everything the layers of a chart have to know. */
export interface ChartFrame {
  readonly request: ChartRequest;
  readonly data: ChartData;
  readonly look: ChartLook;
  readonly fields: ChartFields;
  readonly styles: readonly SeriesStyle[];
  /** Of one plot, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly columns: number;
}
