/** A tornado chart in the report: its finding, a legend of buttons, the picture, and every effect with its interval. */
import { standaloneText, unbroken } from '../../analysis/chart-caption.js';
import { columnInfo, signedPercentText } from '../../analysis/chart-columns.js';
import { type Effects, effectsOf } from '../../analysis/effects.js';
import type { SweepRow } from '../../analysis/row.js';
import {
  changeInterval,
  effectConditions,
  effectStyles,
  tornadoFinding,
  tornadoSpec,
} from '../../analysis/tornado-chart.js';
import type { ChartRequest } from '../../workloads/workload.js';
import { type ChartSection, chartArticle, legend, legendButton, scrolled, tableHead } from './chart-article.js';
import { type Html, html } from './html.js';

function seriesLegend({ series }: ChartRequest, found: Effects): Html | undefined {
  if (series === undefined) return undefined;
  const styles = effectStyles(found);
  const buttons = found.series.map((one, index) => legendButton(standaloneText(series, one), styles[index]!, false));
  return legend(columnInfo(series).noun, buttons);
}

function table(request: ChartRequest, found: Effects): Html {
  const series = request.series === undefined ? [] : [columnInfo(request.series).noun];
  const heads = ['change', ...series, `effect on ${columnInfo(request.y).noun}`, '95 % interval', 'pairs'];
  const rows = found.variants.flatMap((variant) =>
    found.effects
      .filter((effect) => effect.variant === variant)
      .map((effect) => {
        const name =
          request.series === undefined ? [] : [html`<td>${standaloneText(request.series, effect.series)}</td>`];
        return html`<tr><td>${unbroken(variant)}</td>${name}<td class="number">${signedPercentText(effect.change)}</td><td class="number">${unbroken(changeInterval(effect))}</td><td class="number">${effect.pairs}</td></tr>\n`;
      }),
  );
  return html`<table><caption class="unseen">${request.subject}</caption>
${tableHead(heads)}
<tbody>
${rows}</tbody></table>
`;
}

/** Throws `ChartError` where the rows have too few pairs. */
export function tornadoSection(request: ChartRequest, rows: readonly SweepRow[], part: string): ChartSection {
  const { name, subject } = request;
  const found = effectsOf(request, rows);
  return chartArticle({
    part,
    name,
    finding: tornadoFinding(request, found),
    subject,
    conditions: effectConditions(found),
    above: seriesLegend(request, found),
    specOf: (look) => tornadoSpec(request, found, look),
    description: `Tornado chart: for each change a bar from 0 to its effect on ${columnInfo(request.y).noun}. Its data is in the table that follows.`,
    data: {
      title: 'Data of this chart',
      count: `${found.effects.length} effects`,
      tables: scrolled(`Data: ${subject}`, table(request, found)),
    },
    download: {
      label: 'Download the simulated rows as CSV',
      csv: rows.map(({ point }) => point).sort((a, b) => a - b),
    },
  });
}
