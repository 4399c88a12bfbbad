/** A plan for the terminal: the answer first, then what else there is, then what it rests on. */
import { claimTexts } from '../analysis/crash-claims.js';
import { type Assessed, type Plan, type PlanQuestion, recommended } from '../analysis/plan.js';
import {
  answerOf,
  bindingText,
  cautions,
  changesText,
  changeText,
  headline,
  marginText,
  outageText,
  percentText,
  pointText,
  predictionText,
  QUANTITY_NAMES,
  toldQuantities,
} from '../analysis/plan-text.js';
import type { Settings } from '../engine/protocol/parameters.js';
import { formatTime } from '../workloads/units.js';
import { plainTable } from './table.js';

/** More alternatives than this are for `--json`. */
const ANSWERS_SHOWN = 6;

export function describePlan(plan: Plan, question: PlanQuestion): string {
  const best = recommended(plan);
  return [
    answerText(plan, question, best),
    othersText(plan, question),
    aloneText(plan, question),
    frontierText(plan, question),
    crashText(plan, best),
    footing(plan, question),
  ]
    .filter((text) => text !== '')
    .join('\n');
}

function answerText(plan: Plan, question: PlanQuestion, best: Assessed): string {
  const { targets, required } = question;
  const before = plan.base.settings;
  const lines = [headline(plan, question)];
  if (required.length > 0) lines.push(`  for --lose ${question.lose}: ${requiredText(plan, question)}`);
  if (best.changes.length > 0) {
    const label = plan.answers.length > 0 ? 'change' : plan.open.length > 0 ? 'perhaps' : 'nearest';
    lines.push(`  ${label}: ${changesText(best, before)}`);
  }
  for (const caution of cautions(best, before)) lines.push(`  mind: ${caution}`);
  lines.push(`  ${pointText(best, targets)}`);
  lines.push(`  margin: ${marginText(best.margin)}; ${bindingText(best)}`);
  if (best.changes.length > 0 || required.length > 0) lines.push(`  as it is, ${pointText(plan.now, targets)}`);
  return `${lines.join('\n')}\n`;
}

const requiredText = ({ now }: Plan, { required }: PlanQuestion): string =>
  required.map((setting) => changeText({ settings: [setting] }, now.settings)).join(', ');

const VERDICTS = { meets: 'yes', misses: 'no', open: 'too close', uncalibrated: 'no promise' } as const;

function rowOf(label: string, one: Assessed, before: Settings, { targets }: PlanQuestion): string[] {
  return [
    label,
    VERDICTS[one.verdict],
    String(one.observation.clients),
    ...toldQuantities(targets).map((quantity) => predictionText(quantity, one.predicted[quantity])),
    one.margin.least === null ? 'unknown' : percentText(one.margin.least),
    cautions(one, before).join('; '),
  ];
}

const heads = (first: string, { targets }: PlanQuestion): string[] => [
  first,
  'meets it',
  'clients',
  ...toldQuantities(targets).map((quantity) => (quantity === 'tps' ? 'throughput' : QUANTITY_NAMES[quantity])),
  'least margin',
  '',
];

function othersText({ answers, open, base }: Plan, question: PlanQuestion): string {
  const others = answers.length > 0 ? answers : open;
  if (others.length < 2) return '';
  const rows = others
    .slice(0, ANSWERS_SHOWN)
    .map((one) => rowOf(changesText(one, base.settings), one, base.settings, question));
  const more = others.length > ANSWERS_SHOWN ? `and ${others.length - ANSWERS_SHOWN} more\n` : '';
  const title =
    answers.length > 0 ? 'equally few changes, the smallest first' : 'equally few changes, each too close to tell';
  return `${title}\n${plainTable(heads('change', question), rows)}${more}`;
}

function aloneText({ base, alone }: Plan, question: PlanQuestion): string {
  const rows = [base, ...alone].map((one) => rowOf(changesText(one, base.settings), one, base.settings, question));
  return `each change alone\n${plainTable(heads('change', question), rows)}`;
}

/** The number of clients that comes off best stands for each curve; the run directory and `--json` have all of them. */
function frontierText({ frontier, answers, open, base }: Plan, question: PlanQuestion): string {
  const rows = frontier.flatMap(({ name, points }) => {
    const best = points.reduce((a, b) =>
      (b.margin.least ?? b.margin.expected) > (a.margin.least ?? a.margin.expected) ? b : a,
    );
    return [rowOf(name, best, base.settings, question)];
  });
  const around =
    answers.length > 0 || open.length > 0 ? 'everything else as in the answer' : 'everything else as it is';
  return `each wait point and quorum, ${around}\n${plainTable(heads('wait point', question), rows)}`;
}

function crashText({ outage }: Plan, { settings, timeout, observation }: Assessed): string {
  const { holds, fails } = claimTexts(timeout === null ? settings : { ...settings, timeout });
  const lines = [
    'when something breaks',
    ...holds.map((text) => `  kept   ${text}`),
    ...fails.map((text) => `  LOST   ${text}`),
  ];
  if (outage !== null && timeout !== null) lines.push(`  outage ${outageText(outage, timeout)}`);
  if (timeout !== null) {
    const longest = formatTime(Math.round(observation.latency_max_us ?? 0));
    lines.push(
      `  timeout=${formatTime(timeout)}; the longest of ${observation.commits ?? 0} simulated commits took ${longest}, without the hiccups of a real network`,
    );
  }
  return `${lines.join('\n')}\n`;
}

function footing(plan: Plan, { targets, mostChanges }: PlanQuestion): string {
  const { configurations, changes, simulated } = plan.searched;
  const p99 = targets.some(({ quantity }) => quantity === 'latency_p99_us')
    ? ' No 99th percentile was measured: its interval is that of the 95th.'
    : '';
  const stopped = answerOf(plan) === 'yes' && changes < mostChanges ? ', and no more since there is an answer' : '';
  return (
    `Intervals: nine in ten measured rows of this version, wait point and load lay as near to the model.${p99}\n` +
    `Looked at ${configurations} configurations with up to ${changes} ${changes === 1 ? 'change' : 'changes'}${stopped}; ${simulated} points simulated.\n`
  );
}
