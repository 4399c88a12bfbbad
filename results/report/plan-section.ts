/** A plan in the report: the answer with all that belongs to it, and the frontier with its data. */
import { unbroken } from '../../analysis/chart-caption.js';
import {
  curveStyle,
  FRONTIER_CONDITIONS,
  frontierFinding,
  frontierLatency,
  frontierSpec,
  frontierSubject,
} from '../../analysis/frontier-chart.js';
import type { Quantity } from '../../analysis/model-error.js';
import type { AssessedRecord, PlanRecord } from '../../analysis/plan-record.js';
import { assessedCells, assessedHeads, marginText, pointText, toldQuantities } from '../../analysis/plan-text.js';
import { FRONTIER_PART, frontierCsv, PLAN_PART } from '../plan-run.js';
import { type ChartSection, chartArticle, legend, legendButton, scrolled, tableHead } from './chart-article.js';
import { type Html, html } from './html.js';

const note = ({ cautions }: AssessedRecord): Html | undefined =>
  cautions.length === 0 ? undefined : html`<span class="note">${unbroken(cautions.join('; '))}</span>`;

type Line = readonly [label: string, one: AssessedRecord];

function table(caption: string, first: string, told: readonly Quantity[], lines: readonly Line[]): Html {
  const rows = lines.map(([label, one]) => {
    const [verdict, ...numbers] = assessedCells(one, told);
    return html`<tr><th scope="row">${unbroken(label)}${note(one)}</th><td>${verdict}</td>${numbers.map((text) => html`<td class="number">${unbroken(text)}</td>`)}</tr>\n`;
  });
  const filled = html`<table><caption class="unseen">${caption}</caption>
${tableHead(assessedHeads(first, told))}
<tbody>
${rows}</tbody></table>`;
  return scrolled(caption, filled);
}

function answerArticle(plan: PlanRecord): Html {
  const { text, targets, required, best, now, statements, answer } = plan;
  const facts: [string, string][] = [
    ...(required.length === 0
      ? []
      : [
          ['Required', required.map((one) => `${one.parameter} ${one.from} → ${one.to} (${one.for})`).join(', ')] as [
            string,
            string,
          ],
        ]),
    [answer === 'yes' ? 'Change' : answer === 'open' ? 'Perhaps' : 'Nearest', best.label],
    ['Expected', pointText(best, targets)],
    ['Margin', marginText(best.margin)],
    ['Binds', best.binds],
    ['As it is now', pointText(now, targets)],
  ];
  const say =
    statements.length === 0 ? undefined : html`<pre tabindex="0"><code>${statements.join('\n')}</code></pre>\n`;
  return html`<article class="chart" id="chart-plan" aria-labelledby="finding-plan">
<h3 id="finding-plan">${unbroken(text)}</h3>
<dl class="facts">
${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${unbroken(value)}</dd></div>\n`)}</dl>
${say}</article>
`;
}

function crashArticle({ crash, outage }: PlanRecord): Html {
  const rows = [
    ...crash.holds.map((text) => ['kept', text] as const),
    ...crash.fails.map((text) => ['lost', text] as const),
    ...(outage === null ? [] : [['stall', outage.text] as const]),
  ];
  const table = html`<table><caption class="unseen">What a crash leaves</caption>
${tableHead(['promise', 'what happens'])}
<tbody>
${rows.map(([kept, text]) => html`<tr><th scope="row">${kept}</th><td>${unbroken(text)}</td></tr>\n`)}</tbody></table>`;
  return html`<article class="chart" aria-labelledby="plan-crash">
<h3 id="plan-crash">When something breaks</h3>
${scrolled('When something breaks', table)}</article>
`;
}

export function planSection(plan: PlanRecord): ChartSection {
  const told = toldQuantities(plan.targets);
  const line = (one: AssessedRecord): Line => [one.label, one];
  const [others, title] =
    plan.answers.length > 0
      ? [plan.answers, 'Equally few changes, the smallest first']
      : [plan.open, 'Too close to tell'];
  const isAlone = (others[0]?.changes.length ?? 0) < 2;
  const section = html`${answerArticle(plan)}${
    isAlone
      ? undefined
      : html`<article class="chart" aria-labelledby="plan-others"><h3 id="plan-others">${title}</h3>\n${table(title, 'changes', told, others.map(line))}</article>\n`
  }<article class="chart" aria-labelledby="plan-alone"><h3 id="plan-alone">Each change alone</h3>
<p class="conditions">Intervals are the model's error: nine in ten measured rows of the version, wait point and load lay as near.</p>
${table('Each change alone', 'change', told, [plan.base, ...plan.alone].map(line))}</article>
${crashArticle(plan)}`;
  return { part: PLAN_PART, name: 'plan', html: section, finding: plan.text };
}

export function frontierSection(plan: PlanRecord): ChartSection {
  const subject = frontierSubject(plan);
  const told: Quantity[] = ['tps', frontierLatency(plan)];
  const lines = plan.frontier.flatMap((curve) => curve.points.map((one): Line => [curve.name, one]));
  const buttons = plan.frontier.map((curve) => legendButton(curve.name, curveStyle(curve), true));
  return chartArticle({
    part: FRONTIER_PART,
    name: 'frontier',
    finding: frontierFinding(plan),
    subject: unbroken(subject),
    conditions: FRONTIER_CONDITIONS,
    above: legend('wait point and quorum', buttons),
    specOf: (look) => frontierSpec(plan, look),
    description:
      'Throughput over latency: a line for each wait point and quorum, a point for each number of clients, bars for the error of the model, the targets as dashed lines. Its data is in the table that follows.',
    data: {
      title: 'Data of this chart',
      count: `${lines.length} points`,
      tables: table(subject, 'wait point', told, lines),
    },
    download: { label: 'Download these rows as CSV', csv: frontierCsv(plan) },
  });
}
