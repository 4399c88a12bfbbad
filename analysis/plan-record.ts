/** A plan as plain data: what `--json` prints, and what a run directory keeps for its report. */
import type { ParameterName, Settings } from '../engine/protocol/parameters.js';
import { formatTime, formatValue } from '../workloads/units.js';
import { claimTexts } from './crash-claims.js';
import type { Quantity } from './model-error.js';
import { type Assessed, type FrontierCurve, type Outage, type Plan, type PlanQuestion, recommended } from './plan.js';
import type { Change, Effort } from './plan-space.js';
import {
  type Answer,
  answerOf,
  bindingText,
  cautions,
  changesText,
  headline,
  outageText,
  shorterTimeout,
  statements,
} from './plan-text.js';
import type { Margin, Prediction, Target, Verdict } from './plan-verdict.js';

export interface ChangedRecord {
  readonly parameter: ParameterName;
  readonly from: string;
  readonly to: string;
}

export interface RequiredRecord extends ChangedRecord {
  readonly for: string;
}

export interface AssessedRecord {
  /** The changes in words. */
  readonly label: string;
  readonly changes: readonly { readonly effort: Effort; readonly set: readonly ChangedRecord[] }[];
  readonly clients: number;
  readonly verdict: Verdict;
  readonly predicted: Readonly<Record<Quantity, Prediction>>;
  readonly margin: Margin;
  readonly binds: string;
  /** In what it lies outside of what was measured. */
  readonly outside: readonly string[];
  readonly cautions: readonly string[];
  readonly timeout_us: number | null;
  /** Would commits of a healthy cluster wait so long that semi-sync is switched OFF? */
  readonly falls_back: boolean;
  readonly latency_max_us: number | null;
  readonly commits: number | null;
}

export interface CurveRecord {
  readonly name: string;
  readonly wait_point: string;
  readonly wait_for_slave_count: number;
  readonly points: readonly AssessedRecord[];
}

export interface PlanRecord {
  readonly answer: Answer;
  readonly text: string;
  readonly targets: readonly Target[];
  readonly lose: string | null;
  readonly stall_us: number | null;
  /** What `lose` and `stall` ask for. */
  readonly required: readonly RequiredRecord[];
  /** As it is, without and with what is required. */
  readonly now: AssessedRecord;
  readonly base: AssessedRecord;
  /** The first of `answers`, of what is too close to tell, or what comes nearest. */
  readonly best: AssessedRecord;
  readonly answers: readonly AssessedRecord[];
  readonly open: readonly AssessedRecord[];
  readonly alone: readonly AssessedRecord[];
  readonly frontier: readonly CurveRecord[];
  /** What a crash leaves of `best`. */
  readonly crash: { readonly holds: readonly string[]; readonly fails: readonly string[] };
  readonly outage: (Outage & { readonly text: string }) | null;
  /** How to change a server into `best`, where that may meet the targets, and how to see its numbers again. */
  readonly statements: readonly string[];
  readonly check: readonly string[];
  readonly searched: Plan['searched'];
  /** What could change, and is kept because `--set` names it. */
  readonly untried: readonly ParameterName[];
}

export function planRecord(plan: Plan, question: PlanQuestion): PlanRecord {
  const { now, base, answers, open, alone, outage, searched } = plan;
  const { targets, lose, stall, required, present } = question;
  const best = recommended(plan);
  const { settings, timeout } = best;
  // What is required is done before anything else changes.
  const record = (one: Assessed): AssessedRecord => {
    const told = assessedRecord(one, base.settings);
    return one.changes.length === 0 && required.length > 0 ? { ...told, label: 'as required' } : told;
  };
  const changed = [...required, ...best.changes.flatMap((change) => change.settings)];
  const shorter = shorterTimeout(best);
  const answer = answerOf(plan);
  const isNo = answer === 'no' || answer === 'uncalibrated';
  return {
    answer,
    text: headline(plan, question),
    targets,
    lose,
    stall_us: stall,
    required: [
      ...required.map(({ name, text }) => ({ ...changedRecord(name, text, now.settings), for: `--lose ${lose}` })),
      ...(shorter === null || stall === null
        ? []
        : [{ ...changedRecord('timeout', formatTime(shorter), settings), for: `--stall ${formatTime(stall)}` }]),
    ],
    now: assessedRecord(now, now.settings),
    base: record(base),
    best: record(best),
    answers: answers.map(record),
    open: open.map(record),
    alone: alone.map(record),
    frontier: plan.frontier.map((curve) => curveRecord(curve, base.settings)),
    crash: claimTexts(timeout === null ? settings : { ...settings, timeout }),
    outage: outage === null || timeout === null ? null : { ...outage, text: outageText(outage, timeout) },
    statements: isNo ? [] : statements(shorter === null ? changed : [...changed, { name: 'timeout', value: shorter }]),
    check: checkOf([...present.given, ...changed], best.observation.clients),
    searched,
    untried: question.untried,
  };
}

/** What was said last of each parameter, for `--set`. */
function checkOf(said: readonly { readonly name: string; readonly text: string }[], clients: number): string[] {
  const texts = new Map(said.map(({ name, text }) => [name, text]));
  return [...texts.set('clients', String(clients))].map(([name, text]) => `${name}=${text}`);
}

const curveRecord = ({ name, settings, points }: FrontierCurve, before: Settings): CurveRecord => ({
  name,
  wait_point: settings.wait_point,
  wait_for_slave_count: settings.wait_for_slave_count,
  points: points.map((one) => assessedRecord(one, before)),
});

function assessedRecord(one: Assessed, before: Settings): AssessedRecord {
  const { changes, observation, verdict, predicted, margin, outside, timeout, fallsBack } = one;
  return {
    label: changesText(one, before),
    changes: changes.map((change) => changeRecord(change, before)),
    clients: observation.clients,
    verdict,
    predicted,
    margin,
    binds: bindingText(one),
    outside,
    cautions: cautions(one, before),
    timeout_us: timeout,
    falls_back: fallsBack,
    latency_max_us: observation.latency_max_us,
    commits: observation.commits,
  };
}

const changedRecord = (parameter: ParameterName, to: string, before: Settings): ChangedRecord => ({
  parameter,
  from: formatValue(parameter, before[parameter] as never),
  to,
});

const changeRecord = ({ settings, effort }: Change, before: Settings): AssessedRecord['changes'][0] => ({
  effort,
  set: settings.map(({ name, text }) => changedRecord(name, text, before)),
});
