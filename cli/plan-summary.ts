/** A plan for the terminal: the answer first, then what else there is, then what it rests on. */
import type { AssessedRecord, PlanRecord } from '../analysis/plan-record.js';
import { assessedCells, assessedHeads, marginText, pointText, toldQuantities } from '../analysis/plan-text.js';
import { compareMargin } from '../analysis/plan-verdict.js';
import { formatTime } from '../workloads/units.js';
import { plainTable } from './table.js';

/** More alternatives than this are for `--json`. */
const ANSWERS_SHOWN = 6;

export const describePlan = (plan: PlanRecord): string =>
  [
    answerText(plan),
    othersText(plan),
    table(
      plan,
      'each change alone',
      'change',
      [plan.base, ...plan.alone].map((one) => [one.label, one]),
    ),
    frontierText(plan),
    crashText(plan),
    footing(plan),
  ]
    .filter((text) => text !== '')
    .join('\n');

const LABELS = { yes: 'change', open: 'perhaps', no: 'nearest', uncalibrated: 'nearest' } as const;

function answerText(plan: PlanRecord): string {
  const { text, answer, targets, required, best, now, statements } = plan;
  const lines = [text];
  const say = (label: string, what: string) => lines.push(`  ${label.padEnd(8)} ${what}`);
  for (const { parameter, from, to, for: asking } of required)
    say('required', `${parameter} ${from} → ${to} (${asking})`);
  if (best.changes.length > 0) say(LABELS[answer], best.label);
  say('expected', pointText(best, targets));
  say('margin', marginText(best.margin));
  if (answer !== 'uncalibrated') for (const caution of best.cautions) say('mind', caution);
  say('binds', best.binds);
  if (best.changes.length > 0 || required.length > 0) say('as it is', pointText(now, targets));
  if (answer !== 'yes') for (const hint of hintsOf(plan)) say('try', hint);
  for (const [index, statement] of statements.entries()) say(index === 0 ? 'say' : '', statement);
  return `${lines.join('\n')}\n`;
}

/** What else might do: what the model alone would say yes to, and what was not tried. */
function hintsOf({ base, alone, untried }: PlanRecord): string[] {
  // Where nothing was measured as it is, it is no news that nothing was with a change.
  const others = base.outside.length === 0 ? alone : [];
  const promising = others.filter(({ verdict, margin }) => verdict === 'uncalibrated' && margin.expected >= 1);
  return [
    ...promising.map(
      ({ label, outside }) => `${label}: enough by the model, but nobody measured there (${outside.join('; ')})`,
    ),
    ...(untried.length === 0
      ? []
      : [`--may lets ${untried.join(', ')} change, which stay as they are since --set names them`]),
  ];
}

function table(
  plan: PlanRecord,
  title: string,
  first: string,
  rows: readonly (readonly [string, AssessedRecord])[],
): string {
  const told = toldQuantities(plan.targets);
  const lines = rows.map(([label, one]) => [label, ...assessedCells(one, told), one.cautions.join('; ')]);
  return `${title}\n${plainTable([...assessedHeads(first, told), ''], lines)}`;
}

function othersText(plan: PlanRecord): string {
  const isOpen = plan.answers.length === 0;
  const others = isOpen ? plan.open : plan.answers;
  // One change at a time has a table of its own.
  if (others.length < 2 || others[0]!.changes.length < 2) return '';
  const title = isOpen ? 'as few changes, each too close to tell' : 'as few changes, the smallest first';
  const shown = others.slice(0, ANSWERS_SHOWN).map((one) => [one.label, one] as const);
  const more = others.length > ANSWERS_SHOWN ? `and ${others.length - ANSWERS_SHOWN} more: --json has them all\n` : '';
  return table(plan, title, 'changes', shown) + more;
}

/** Each curve by the number of clients at which it comes off best; `--json` and `--out` have all of them. */
function frontierText(plan: PlanRecord): string {
  const rows = plan.frontier.map(({ name, points }) => [name, [...points].sort(compareMargin)[0]!] as const);
  const isChanged = plan.best.changes.length > 0 && (plan.answer === 'yes' || plan.answer === 'open');
  return table(
    plan,
    `each wait point and quorum, all else ${isChanged ? 'as in the answer' : 'as it is'}`,
    'wait point',
    rows,
  );
}

function crashText({ crash, outage, best }: PlanRecord): string {
  const lines = ['when something breaks'];
  for (const text of crash.holds) lines.push(`  kept    ${text}`);
  for (const text of crash.fails) lines.push(`  LOST    ${text}`);
  if (outage !== null) lines.push(`  stall   ${outage.text}`);
  const { timeout_us, latency_max_us, commits } = best;
  if (timeout_us !== null && latency_max_us !== null) {
    const longest = formatTime(Math.round(latency_max_us));
    lines.push(
      `  timeout ${formatTime(timeout_us)}; the longest of ${commits} simulated commits took ${longest}, with the round trips that were given and no hiccup of a network`,
    );
  }
  return `${lines.join('\n')}\n`;
}

function footing({ targets, searched, check }: PlanRecord): string {
  const { configurations, changes, simulated } = searched;
  const p99 = targets.some(({ quantity }) => quantity === 'latency_p99_us')
    ? ' No 99th percentile\nwas measured: its interval is that of the 95th.'
    : '';
  const sets = check.map((text) => `--set ${/^[\w./=:,+-]+$/.test(text) ? text : `'${text}'`}`).join(' ');
  return (
    `Intervals: nine in ten measured rows of this version, wait point and load lay as near to the model.${p99}\n` +
    `${configurations} configurations with up to ${changes} ${changes === 1 ? 'change' : 'changes'}, ${simulated} points simulated. To see the answer from inside:\n` +
    `acklab run ${sets}\n`
  );
}
