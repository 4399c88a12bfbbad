/** The few rows of a sweep that tell most: for each curve, where throughput is lowest and highest. */
import type { ChartRequest } from '../workloads/workload.js';
import { cell, placeText, quantityText, shortPlaceText, valueText } from './chart-columns.js';
import { grouped } from './grouped.js';
import type { SweepRow } from './row.js';

/** Texts, ready to be laid out. */
export interface SeriesSummary {
  /** `MySQL 5.7`. */
  readonly series: string;
  /** `1,240 tx/s`. */
  readonly lowest: string;
  readonly highest: string;
  /** `16 clients, 1 ms round trip`. */
  readonly highestAt: string;
  /** 95th percentile of latency where throughput is highest. */
  readonly latencyThere: string;
}

export function summarizePart(charts: readonly ChartRequest[], rows: readonly SweepRow[]): SeriesSummary[] {
  const series = seriesColumn(charts, rows);
  const bySeries = grouped(rows, (row) => cell(row, series) ?? '');
  const places = placeColumns(charts, rows).filter((column) => column !== series);
  return [...bySeries].map(([name, members]) => {
    const ordered = [...members].sort((a, b) => a.tps - b.tps);
    const lowest = ordered[0] as SweepRow;
    const highest = ordered.at(-1) as SweepRow;
    const at = places.flatMap((column) => {
      const value = cell(highest, column);
      return value === null ? [] : [shortPlaceText(column, value)];
    });
    return {
      series: series === 'profile' || series === 'variant' ? valueText(series, name) : placeText(series, name),
      lowest: quantityText('tps', lowest.tps),
      highest: quantityText('tps', highest.tps),
      highestAt: at.join(', '),
      latencyThere: highest.latency_p95_us === null ? '' : quantityText('latency_p95_us', highest.latency_p95_us),
    };
  });
}

/** What the part's own charts tell curves apart by. */
function seriesColumn(charts: readonly ChartRequest[], rows: readonly SweepRow[]): string {
  const asked = charts.find((chart) => chart.series !== undefined)?.series;
  if (asked !== undefined) return asked;
  return rows.some((row) => row.variant !== '') ? 'variant' : 'profile';
}

/** What the charts spread points along, as far as it varies. */
function placeColumns(charts: readonly ChartRequest[], rows: readonly SweepRow[]): string[] {
  const columns = new Set(charts.flatMap(({ x, facet }) => (facet === undefined ? [x] : [x, facet])));
  return [...columns].filter((column) => new Set(rows.map((row) => cell(row, column))).size > 1);
}
