/** What every chart has around its plots: finding and conditions above them, the ground, the type, the widths. */
import type { TopLevelSpec } from 'vega-lite';
import { wrapped, wrappedPhrases } from './chart-caption.js';
import type { ChartLook } from './chart-frame.js';
import { colour, type Theme } from './palette.js';

export const DEFAULT_LOOK: ChartLook = { theme: 'light', layout: 'wide', place: 'file' };

/** Pixels for everything between the left edge of the y axis' title and the right edge of the plots. */
export const CHART_WIDTH = { wide: 760, narrow: 330 } as const;
export const Y_AXIS_WIDTH = 62;

const CHART_FONT = "'IBM Plex Sans', system-ui, 'Helvetica Neue', Arial, sans-serif";

/** Small multiples side by side: two or four make pairs, others rows of three. */
export function panelColumns(count: number, layout: ChartLook['layout']): number {
  if (layout === 'narrow' || count < 2) return 1;
  return count === 2 || count === 4 ? 2 : 3;
}

function chartConfig(theme: Theme): object {
  const [text, muted, rule] = [colour('text', theme), colour('muted', theme), colour('rule', theme)];
  return {
    font: CHART_FONT,
    view: { stroke: null },
    axis: {
      labelColor: muted,
      titleColor: muted,
      labelFontSize: 11,
      titleFontSize: 12,
      titleFontWeight: 'normal',
      titlePadding: 8,
      domainColor: rule,
      tickColor: rule,
      tickSize: 4,
      gridColor: colour('grid', theme),
    },
    axisX: { grid: false },
    axisY: { domain: false, ticks: false, labelPadding: 6 },
    header: { labelColor: text, labelFontSize: 12, labelFontWeight: 600, labelAnchor: 'start', labelPadding: 6 },
    legend: {
      labelColor: text,
      labelFontSize: 12,
      symbolSize: 90,
      symbolStrokeWidth: 2,
      columnPadding: 18,
      offset: 10,
      title: null,
    },
    title: {
      anchor: 'start',
      frame: 'bounds',
      color: text,
      fontSize: 16,
      fontWeight: 600,
      lineHeight: 21,
      subtitleColor: muted,
      subtitleFontSize: 12,
      subtitleLineHeight: 17,
      subtitlePadding: 6,
      offset: 16,
    },
  };
}

/** What stands above a picture that stands alone. */
export interface Caption {
  readonly finding: string;
  readonly subject?: string;
  readonly conditions: readonly string[];
}

/** 8.2 and 6.2 pixels are the mean advance of a letter at the title's two sizes. */
function title({ finding, subject, conditions }: Caption, width: number): object {
  const [large, small] = [8.2, 6.2].map((pixels) => Math.floor(width / pixels)) as [number, number];
  return {
    text: wrapped(finding, large),
    subtitle: [...(subject === undefined ? [] : wrapped(subject, small)), ...wrappedPhrases(conditions, small)],
  };
}

/** The series that the page hides. */
const HIDING = { params: [{ name: 'hidden', value: [] }] };

/** A chart from its plots. The page says by itself what a caption says; `inPage` is what its script sets there. */
export function chartSheet(
  look: ChartLook,
  caption: () => Caption,
  plots: object,
  inPage: object = HIDING,
): TopLevelSpec {
  const spec = {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    ...(look.place === 'page' ? inPage : { title: title(caption(), CHART_WIDTH[look.layout]), padding: 16 }),
    background: look.place === 'page' ? 'transparent' : colour('background', look.theme),
    ...plots,
    config: chartConfig(look.theme),
  };
  return spec as unknown as TopLevelSpec;
}
