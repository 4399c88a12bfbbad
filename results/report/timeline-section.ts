/** The timelines of a part: the runs in one table, then each as a picture with what happened in it. */
import { unbroken } from '../../analysis/chart-caption.js';
import { numberText, timeText } from '../../analysis/chart-columns.js';
import { type TimelineRun, timelineChartName } from '../../analysis/timeline.js';
import { timelineConditions, timelineSpec } from '../../analysis/timeline-chart.js';
import { timelineHeadline, timelineRemark } from '../../analysis/timeline-findings.js';
import { happenings, timelineCsv } from '../timelines.js';
import { type ChartSection, chartArticle, scrolled, tableHead } from './chart-article.js';
import { type Html, html } from './html.js';

const nameOf = ({ variant, part }: TimelineRun): string => (variant === '' ? part : variant);

function runRow(run: TimelineRun): Html {
  const { result } = run;
  const recovery = result.recovery_us === null ? 'not in this run' : timeText(result.recovery_us);
  const cells = [
    timeText(result.longest_stall.duration_us),
    numberText(result.committing_sessions_most, 6),
    numberText(result.commits, 8),
    numberText(result.unprotected, 8),
    result.off_us === 0 ? 'never' : timeText(result.off_us),
    result.off_us > 0 ? recovery : '',
  ];
  return html`<tr><th scope="row"><a href="#chart-${timelineChartName(run)}">${unbroken(nameOf(run))}</a></th>${cells.map((text) => html`<td class="number">${text}</td>`)}</tr>\n`;
}

/** All runs of a part beside each other. */
export function timelineOverview(runs: readonly TimelineRun[]): Html {
  const heads = ['longest stall', 'most sessions waiting', 'commits', 'unprotected', 'semi-sync OFF', 'ON again after'];
  const table = html`<table class="runs"><caption class="unseen">All runs of this part</caption>
${tableHead(['run', ...heads])}
<tbody>\n${runs.map(runRow)}</tbody></table>`;
  return html`${scrolled('All runs of this part', table)}<p class="conditions">Shaded in the charts: semi-sync was OFF. Unprotected: fewer replicas than wait_for_slave_count had the commit when its client was told OK. ON again: since the last event of the schedule.</p>
`;
}

const happened = (run: TimelineRun): Html => html`<table>
<caption class="unseen">What happened</caption>
${tableHead(['at', 'what', 'kind'])}
<tbody>
${happenings(run).map(
  ({ at_us, kind, event }) =>
    html`<tr><td class="number">${timeText(at_us, 6)}</td><td>${event}</td><td>${kind}</td></tr>\n`,
)}</tbody></table>`;

const intervals = ({ result }: TimelineRun): Html => html`<table>
<caption class="unseen">Each interval</caption>
${tableHead(['from', 'commits', 'unprotected', 'tx/s', '99th percentile', 'semi-sync ON', 'sessions waiting', 'lag (tx)'])}
<tbody>
${result.intervals.map((row) => {
  const cells = [
    timeText(row.from_us, 6),
    String(row.commits),
    String(row.unprotected),
    numberText(row.tps),
    row.latency_p99_us === null ? '' : timeText(row.latency_p99_us),
    `${numberText(row.semisync_on * 100)} %`,
    String(row.committing_sessions),
    row.lag_tx.join(' / '),
  ];
  return html`<tr>${cells.map((text) => html`<td class="number">${text}</td>`)}</tr>\n`;
})}</tbody></table>`;

export function timelineSection(run: TimelineRun): ChartSection {
  const remark = timelineRemark(run);
  const label = nameOf(run);
  return chartArticle({
    part: run.part,
    name: timelineChartName(run),
    finding: `${timelineHeadline(run)}.`,
    subject: unbroken(remark === '' ? label : `${label}: ${remark}`),
    conditions: timelineConditions({ ...run, variant: '' }),
    specOf: (look) => timelineSpec(run, look),
    description:
      'Throughput, latency, waiting sessions and lag over time, shaded where semi-sync was OFF. Its data is in the tables that follow.',
    data: {
      title: 'What happened, and the data of this chart',
      count: `${run.result.intervals.length} intervals`,
      tables: html`${scrolled(`Events: ${label}`, happened(run))}${scrolled(`Data: ${label}`, intervals(run))}`,
    },
    download: { label: 'Download these rows as CSV', csv: timelineCsv([run]) },
  });
}
