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
import { type ChartSection, legendButton, plainSpec } from './chart-section.js';
import { type Html, html } from './html.js';

function legend({ series }: ChartRequest, found: Effects): Html | undefined {
  if (series === undefined) return undefined;
  const styles = effectStyles(found);
  const buttons = found.series.map((one, index) => legendButton(standaloneText(series, one), styles[index]!, false));
  return html`<div class="legend" role="group" aria-label="Shown: ${columnInfo(series).noun}">\n${buttons}</div>\n`;
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
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>
${rows}</tbody></table>
`;
}

/** Throws `ChartError` where the rows have too few pairs. */
export function tornadoSection(request: ChartRequest, rows: readonly SweepRow[], part: string): ChartSection {
  const { name, subject } = request;
  const found = effectsOf(request, rows);
  const finding = tornadoFinding(request, found);
  const look = { theme: 'css', place: 'page' } as const;
  const wide = plainSpec(tornadoSpec(request, found, { ...look, layout: 'wide' }));
  const narrow = plainSpec(tornadoSpec(request, found, { ...look, layout: 'narrow' }));
  const { values } = wide.data as { values: unknown };
  const section = html`<article class="chart" id="chart-${name}" aria-labelledby="finding-${name}">
<h3 id="finding-${name}">${unbroken(finding)}</h3>
<p class="subject">${subject}</p>
<p class="conditions">${unbroken(effectConditions(found).join('\u00a0· '))}</p>
${legend(request, found)}<figure>
<div class="picture" data-chart="${name}" aria-hidden="true"></div>
<figcaption class="unseen">Tornado chart: for each change a bar from 0 to its effect on ${columnInfo(request.y).noun}. Its data is in the table that follows.</figcaption>
</figure>
<details class="data"><summary>Data of this chart <span class="count">${found.effects.length} effects</span></summary>
<div class="scroll" tabindex="0" role="region" aria-label="Data: ${subject}">
${table(request, found)}</div>
<p><button type="button" class="download" data-csv="${name}">Download the simulated rows as CSV</button></p>
</details>
</article>
`;
  const csv = rows.map(({ point }) => point).sort((a, b) => a - b);
  return { part, name, html: section, finding, data: { name, values, wide, narrow, csv } };
}
