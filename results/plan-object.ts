/** A plan as plain data, for scripts and for the run directory. */
import { claimTexts } from '../analysis/crash-claims.js';
import { type Assessed, type Plan, type PlanQuestion, recommended } from '../analysis/plan.js';
import type { Change } from '../analysis/plan-space.js';
import { answerOf, headline } from '../analysis/plan-text.js';
import type { Settings } from '../engine/protocol/parameters.js';
import { formatValue } from '../workloads/units.js';

export function planObject(plan: Plan, question: PlanQuestion): object {
  const { settings } = plan.base;
  const best = recommended(plan);
  return {
    answer: answerOf(plan),
    text: headline(plan, question),
    targets: question.targets,
    lose: question.lose,
    stall_us: question.stall,
    required: question.required.map(({ name, text }) => ({ parameter: name, to: text })),
    now: assessedObject(plan.now, settings),
    base: assessedObject(plan.base, settings),
    answers: plan.answers.map((one) => assessedObject(one, settings)),
    open: plan.open.map((one) => assessedObject(one, settings)),
    nearest: assessedObject(plan.nearest, settings),
    alone: plan.alone.map((one) => assessedObject(one, settings)),
    frontier: plan.frontier.map(({ name, points }) => ({
      name,
      points: points.map((one) => assessedObject(one, settings)),
    })),
    crash: claimTexts(best.timeout === null ? best.settings : { ...best.settings, timeout: best.timeout }),
    outage: plan.outage,
    searched: plan.searched,
  };
}

function assessedObject(one: Assessed, before: Settings): object {
  const { changes, observation, verdict, predicted, margin, outside, timeout, fallsBack } = one;
  return {
    changes: changes.map((change) => changeObject(change, before)),
    clients: observation.clients,
    verdict,
    predicted,
    margin,
    outside,
    timeout_us: timeout,
    falls_back: fallsBack,
  };
}

const changeObject = ({ settings, effort }: Change, before: Settings): object => ({
  effort,
  set: settings.map(({ name, text }) => ({
    parameter: name,
    from: formatValue(name, before[name] as never),
    to: text,
  })),
});
