/** A chart that a workload asks for, in the report. */
import { axisTitle, conditionTexts, description, intervalText, standaloneText } from '../../analysis/chart-caption.js';
import { ChartError, columnInfo, numberText, valueText } from '../../analysis/chart-columns.js';
import { chartFields } from '../../analysis/chart-fields.js';
import { type ChartData, type ChartMark, chartData } from '../../analysis/chart-marks.js';
import { chartSpec, seriesStyles } from '../../analysis/chart-spec.js';
import { findingFrom } from '../../analysis/findings.js';
import type { MeasuredMark, Overlay } from '../../analysis/measured-marks.js';
import type { SweepRow } from '../../analysis/row.js';
import type { ChartRequest } from '../../workloads/workload.js';
import { type ChartSection, chartArticle, legend, legendButton, scrolled, tableHead } from './chart-article.js';
import { type Html, html } from './html.js';
import { tornadoSection } from './tornado-section.js';

function seriesLegend(request: ChartRequest, data: ChartData): Html | undefined {
  const { series } = request;
  if (series === undefined) return undefined;
  const styles = seriesStyles(data);
  const onLine = columnInfo(request.x).quantity !== 'category';
  const buttons = data.series.map((value, index) => {
    return legendButton(standaloneText(series, value), styles[index]!, onLine);
  });
  return legend(columnInfo(series).noun, buttons);
}

function tableRow(request: ChartRequest, mark: ChartMark, unit: number): Html {
  const y = numberText(mark.y / unit, 4);
  const cells = [
    ...(request.facet === undefined ? [] : [html`<td>${valueText(request.facet, mark.facet)}</td>`]),
    ...(request.series === undefined ? [] : [html`<td>${valueText(request.series, mark.series)}</td>`]),
    html`<td class="${typeof mark.x === 'number' ? 'number' : ''}">${valueText(request.x, mark.x)}</td>`,
    html`<td class="number">${y}</td>`,
    ...(columnInfo(request.y).interval === undefined
      ? []
      : [html`<td class="number">${intervalText(request.y, mark.low, mark.high)}</td>`]),
    html`<td class="number">${mark.row.point}</td>`,
  ];
  return html`<tr>${cells}</tr>\n`;
}

/** In the place of a point's number it says that a server did this; of the repeated runs, the lowest and highest. */
function measuredRow(request: ChartRequest, mark: MeasuredMark, unit: number): Html {
  const bounds = mark.low === null ? '' : intervalText(request.y, mark.low, mark.high);
  const runs = mark.by === 'server' && bounds !== '' ? `${bounds} (runs)` : bounds;
  const cells = [
    ...(request.facet === undefined ? [] : [html`<td>${valueText(request.facet, mark.facet)}</td>`]),
    ...(request.series === undefined ? [] : [html`<td>${valueText(request.series, mark.series)}</td>`]),
    html`<td class="number">${valueText(request.x, mark.x)}</td>`,
    html`<td class="number">${numberText(mark.y / unit, 4)}</td>`,
    ...(columnInfo(request.y).interval === undefined ? [] : [html`<td class="number">${runs}</td>`]),
    html`<td>measured</td>`,
  ];
  return html`<tr class="measured">${cells}</tr>\n`;
}

/** Sorted as one reads it: small multiple by small multiple, line by line, what was measured below its line. */
function table(request: ChartRequest, data: ChartData): Html {
  const { yUnit } = chartFields(request, data);
  const heads = [
    ...(request.facet === undefined ? [] : [columnInfo(request.facet).noun]),
    ...(request.series === undefined ? [] : [columnInfo(request.series).noun]),
    columnInfo(request.x).noun,
    axisTitle(request.y, yUnit),
    ...(columnInfo(request.y).interval === undefined ? [] : ['95 % interval']),
    'point',
  ];
  const rows = data.facets.flatMap((facet) =>
    data.series.flatMap((series) => {
      const isHere = (mark: { facet: unknown; series: unknown }) => mark.facet === facet && mark.series === series;
      return [
        ...data.marks.filter(isHere).map((mark) => tableRow(request, mark, yUnit.divisor)),
        ...data.measured.filter(isHere).map((mark) => measuredRow(request, mark, yUnit.divisor)),
      ];
    }),
  );
  return html`<table>
<caption class="unseen">${request.subject}</caption>
${tableHead(heads)}
<tbody>
${rows}</tbody>
</table>
`;
}

/** `rows` are those of the chart's part. A chart that they cannot fill says so in its place. */
export function chartSection(
  request: ChartRequest,
  rows: readonly SweepRow[],
  part: string,
  overlay?: Overlay,
): ChartSection {
  const { name } = request;
  try {
    return request.pairs === undefined ? drawn(request, rows, part, overlay) : tornadoSection(request, rows, part);
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    const notice = html`<article class="chart" id="chart-${name}"><h3>${request.subject}</h3>
<p class="notice">Not drawn: ${error.message}.</p></article>\n`;
    return { part, name, html: notice };
  }
}

function drawn(request: ChartRequest, rows: readonly SweepRow[], part: string, overlay?: Overlay): ChartSection {
  const { name } = request;
  const data = chartData(request, rows, overlay);
  const finding = findingFrom(request, data);
  const points = data.marks.map(({ row }) => row.point).sort((a, b) => a - b);
  const measured = data.measured.length === 0 ? '' : `, ${data.measured.length} measured`;
  return chartArticle({
    part,
    name,
    finding,
    subject: request.subject,
    conditions: conditionTexts(request, data),
    above: seriesLegend(request, data),
    specOf: (look) => chartSpec(request, rows, look, overlay),
    description: `${description(request, data)} Its data is in the table that follows.`,
    data: {
      title: 'Data of this chart',
      count: `${points.length} ${points.length === 1 ? 'point' : 'points'}${measured}`,
      tables: scrolled(`Data: ${request.subject}`, table(request, data)),
    },
    download: { label: `Download ${measured === '' ? 'these' : 'the simulated'} rows as CSV`, csv: points },
  });
}
