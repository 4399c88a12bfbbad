/** A plan in words: what the terminal and the report both say. */

import type { Settings } from '../engine/protocol/parameters.js';
import { VARIABLE_NAMES, type VariableName, variableInfo } from '../engine/protocol/variables.js';
import type { Setting } from '../workloads/setting.js';
import { formatTime, formatValue } from '../workloads/units.js';
import { bindingOf, placeName } from './binding.js';
import { numberText, quantityText, signedPercentText, timeText } from './chart-columns.js';
import { crashClaims, isWeaker } from './crash-claims.js';
import type { Quantity } from './model-error.js';
import type { Assessed, Outage, Plan, PlanQuestion } from './plan.js';
import type { Change } from './plan-space.js';
import type { Judged, Margin, Prediction, Target } from './plan-verdict.js';
import type { SweepRow } from './row.js';

export const QUANTITY_NAMES: Readonly<Record<Quantity, string>> = {
  tps: 'tx/s',
  latency_mean_us: 'mean',
  latency_p95_us: 'p95',
  latency_p99_us: 'p99',
};

/** `3,000 tx/s`, `p99 ≤ 5 ms`. */
export const targetText = ({ quantity, bound }: Target): string =>
  quantity === 'tps' ? `${numberText(bound, 6)} tx/s` : `${QUANTITY_NAMES[quantity]} ≤ ${timeText(bound, 4)}`;

export const targetsText = (targets: readonly Target[]): string => targets.map(targetText).join(', ');

export type Answer = 'yes' | 'open' | 'no' | 'uncalibrated';

export function answerOf({ answers, open, base }: Plan): Answer {
  if (answers.length > 0) return 'yes';
  if (open.length > 0) return 'open';
  return base.verdict === 'uncalibrated' ? 'uncalibrated' : 'no';
}

/** `wait_for_slave_count 2 → 1`. */
export function changeText({ settings }: Pick<Change, 'settings'>, before: Settings): string {
  return settings
    .map(({ name, text }) => `${name} ${formatValue(name, before[name] as never)} → ${text}`)
    .join(' and ');
}

/** What the changes of `after` are, and what an upgrade brings along with them. */
export function changesText({ changes, settings }: Pick<Assessed, 'changes' | 'settings'>, before: Settings): string {
  if (changes.length === 0) return 'as it is';
  const isChanged = changes.some((change) => change.settings.some(({ name }) => name === 'wait_point'));
  const brings = !isChanged && settings.wait_point !== before.wait_point ? ` (brings ${settings.wait_point})` : '';
  return `${changes.map((change) => changeText(change, before)).join(', ')}${brings}`;
}

/** What somebody should know before changing it. */
export const cautions = ({ settings, fallsBack, outside }: Assessed, before: Settings): string[] => [
  ...(fallsBack ? ['healthy commits reach the time-out'] : []),
  ...(isWeaker(crashClaims(before), crashClaims(settings)) ? ['a crash can lose more'] : []),
  ...outside,
];

export const VERDICT_TEXTS = { meets: 'yes', misses: 'no', open: 'too close', uncalibrated: 'no promise' } as const;

/** `3,010 tx/s (2,700 – 3,300)`. */
export function predictionText(quantity: Quantity, { value, low, high }: Prediction): string {
  const column = quantity;
  const text = quantityText(column, value);
  if (low === null || high === null) return `${text} (error unknown)`;
  const [from, to] = [quantityText(column, low), quantityText(column, high)];
  const unit = / \S+$/.exec(text)?.[0] ?? '';
  const bare = (one: string): string => (one.endsWith(unit) ? one.slice(0, -unit.length) : one);
  return from.endsWith(unit) && to.endsWith(unit)
    ? `${text} (${bare(from)} – ${bare(to)})`
    : `${text} (${from} – ${to})`;
}

/** By how much a factor is more than 1, or less. */
export const percentText = (factor: number): string => signedPercentText(factor - 1);

export function marginText({ expected, least }: Margin): string {
  const atLeast =
    least === null ? 'unknown at the bad end' : `${percentText(least)} at the bad end of the model's error`;
  return `${percentText(expected)} expected, ${atLeast}`;
}

/** Which quantities an answer tells: those asked for, and throughput always. */
export const toldQuantities = (targets: readonly Target[]): Quantity[] => [
  'tps',
  ...targets.map(({ quantity }) => quantity).filter((quantity) => quantity !== 'tps'),
];

/** `at 16 clients: 7,020 tx/s (6,080 – 8,100), p99 2.58 ms (2.02 – 3.29)`. */
export function pointText(
  { clients, predicted }: { readonly clients: number; readonly predicted: Judged['predicted'] },
  targets: readonly Target[],
): string {
  const values = toldQuantities(targets).map((quantity) =>
    quantity === 'tps'
      ? predictionText(quantity, predicted.tps)
      : `${QUANTITY_NAMES[quantity]} ${predictionText(quantity, predicted[quantity])}`,
  );
  return `at ${clients} ${clients === 1 ? 'client' : 'clients'}: ${values.join(', ')}`;
}

/** The heads of a table of configurations, which `assessedCells` fills. */
export const assessedHeads = (first: string, told: readonly Quantity[]): string[] => [
  first,
  'meets it',
  'clients',
  ...told.map((quantity) => (quantity === 'tps' ? 'throughput' : QUANTITY_NAMES[quantity])),
  'least margin',
];

/** What stands behind a configuration's name. */
export const assessedCells = (
  { verdict, clients, predicted, margin }: Judged & { readonly clients: number },
  told: readonly Quantity[],
): [verdict: string, ...numbers: string[]] => [
  VERDICT_TEXTS[verdict],
  String(clients),
  ...told.map((quantity) => predictionText(quantity, predicted[quantity])),
  margin.least === null ? 'unknown' : percentText(margin.least),
];

/** `ACK round trip 98 %`; of what queues for nothing, nothing. */
export function bindingText({ observation }: Assessed): string {
  const row: SweepRow = { ...observation, point: 0, part: '', variant: '' };
  const binding = bindingOf(row);
  if (binding === null || !binding.full) return 'nothing is full';
  const { place, busy } = binding.binds;
  return `${placeName(place)} is busy for ${numberText(100 * busy, 3)} % of the time`;
}

const counted = (count: number): string => (count === 1 ? 'one change' : `${count} changes`);

/** What the time-out has to become; null where it may stay. */
export const shorterTimeout = ({ timeout, settings }: Assessed): number | null =>
  timeout !== null && timeout < settings.timeout ? timeout : null;

/** `--lose and --stall`, as far as they ask for a change; empty where they do not. */
function askers(one: Assessed, { required }: PlanQuestion): string {
  return [...(required.length > 0 ? ['--lose'] : []), ...(shorterTimeout(one) !== null ? ['--stall'] : [])].join(
    ' and ',
  );
}

/** The first line: what a person wants to know who reads no further. */
export function headline(plan: Plan, question: PlanQuestion): string {
  const { targets, mostChanges } = question;
  const wanted = targetsText(targets);
  const how = (one: Assessed): string => {
    const asking = askers(one, question);
    const changes = one.changes.length;
    if (asking === '') return changes === 0 ? 'as it is' : `with ${counted(changes)}`;
    return `with ${changes === 0 ? '' : `${counted(changes)} and `}what ${asking} asks for`;
  };
  const [best] = plan.answers;
  if (best !== undefined) return `YES: ${wanted}, ${how(best)}.`;
  const [open] = plan.open;
  if (open !== undefined) {
    return `TOO CLOSE TO TELL: ${wanted}, ${how(open)}. The target lies within the model's error.`;
  }
  if (answerOf(plan) === 'uncalibrated') {
    return `NO PROMISE: ${wanted}. Nothing was measured there: ${plan.base.outside.join('; ')}.`;
  }
  const tried = mostChanges === 0 ? 'as it is' : `with up to ${counted(mostChanges)} of those that were allowed`;
  const asking = askers(plan.base, question);
  return `NO: ${wanted} is not met ${tried}${asking === '' ? '' : `, besides what ${asking} asks for`}.`;
}

export function outageText({ replicas, stall_us, unprotected_tps }: Outage, timeout: number): string {
  const dead = replicas === 1 ? 'the replica dies' : `${replicas} replicas die`;
  const then =
    unprotected_tps === null
      ? 'and then go on'
      : `then go on at ${quantityText('tps', unprotected_tps)} that a crash would lose`;
  return `when ${dead}: with timeout=${formatTime(timeout)} commits stand still for ${timeText(stall_us)} (simulated), ${then}`;
}

/** What to tell the servers; what is no variable (a disk, a distance, a version) is no statement. */
export function statements(changed: readonly Pick<Setting, 'name' | 'value'>[]): string[] {
  return changed.flatMap(({ name, value }) => {
    const variable = VARIABLE_NAMES.find((one) => variableInfo(one).parameter === name);
    if (variable === undefined) return [];
    if (value === 'ASYNC') return ['SET GLOBAL rpl_semi_sync_master_enabled = OFF;'];
    if (Array.isArray(value)) {
      return value.map(
        (one, index) =>
          `SET GLOBAL ${variable} = ${one ? 'ON' : 'OFF'}; -- on replica ${index + 1}, then restart its I/O thread`,
      );
    }
    const where = name === 'sync_relay_log' ? ' -- on every replica' : '';
    return [`SET GLOBAL ${variable} = ${sqlText(variable, value)};${where}`];
  });
}

function sqlText(variable: VariableName, value: unknown): string {
  const info = variableInfo(variable);
  if (info.kind === 'switch') return value === true ? 'ON' : 'OFF';
  if (info.kind === 'choice') return `'${value}'`;
  return String(info.unit === 'ms' ? Number(value) / 1000 : value);
}
