/** What a curve tells of capacity, in sentences. */

import { placeName } from './binding.js';
import { upperAsymptotes } from './bounds.js';
import { type Capacity, upperDemands } from './capacity.js';
import { capital, columnInfo, numberText, quantityText, timeText } from './chart-columns.js';
import type { LittleAnswer } from './littles-law.js';
import { FARTHEST, type Interval, type NoPeak, type ScalabilityLaw } from './scalability.js';

/** The columns of load and throughput. */
export interface LoadNames {
  readonly x: string;
  readonly y: string;
}

/** `35.6 clients`. */
const loadText = ({ x }: LoadNames, value: number): string =>
  `${numberText(value)} ${value === 1 && x === 'clients' ? 'client' : columnInfo(x).noun}`;

/** `35.6 clients (32.4 to 40.5)`. */
const loadInterval = (names: LoadNames, { value, low, high }: Interval): string =>
  `${loadText(names, value)} (${numberText(low)} to ${numberText(high)})`;

const WITHOUT_NUMBER: Readonly<Record<'no gain' | 'no crosstalk' | 'crosstalk not shown', string>> = {
  'no gain': 'a second one gains nothing at all',
  'no crosstalk': 'throughput grows as far as it was measured',
  'crosstalk not shown': 'crosstalk (κ) cannot be told from 0',
};

function noPeakText(names: LoadNames, why: NoPeak): string {
  switch (why.reason) {
    case 'too far':
      return `the curve may turn as late as at ${loadText(names, why.clients)}, more than ${FARTHEST} times the most that was measured`;
    case 'levels off':
      return `a curve that levels off fits as well as one that turns at ${loadText(names, why.clients)}`;
    case 'does not fall':
      return `the curve of the law turns at ${loadText(names, why.clients)}, but what was measured does not fall from there`;
    default:
      return WITHOUT_NUMBER[why.reason];
  }
}

/** `Throughput peaks at 96.5 clients (…)`, or why no peak is named. */
export function peakText(names: LoadNames, { peak, fall }: ScalabilityLaw, most: number): string {
  const noun = columnInfo(names.y).noun;
  if (peak.kind === 'none') {
    if (fall === null) return `The data show no peak: ${noPeakText(names, peak)}.`;
    const [from, to] = [fall.from, fall.to].map(
      ({ clients, tps }) => `${quantityText(names.y, tps)} at ${loadText(names, clients)}`,
    );
    return `${capital(noun)} falls from ${from} to ${to}, but where it peaks these loads do not tell: ${noPeakText(names, peak)}.`;
  }
  const at = loadInterval(names, peak.clients);
  const height = quantityText(names.y, peak.tps.value, 4);
  if (peak.kind === 'shown') return `${capital(noun)} peaks at ${at}, where it is ${height}.`;
  return `By the law ${noun} would peak at ${at} with ${height}; measured were ${numberText(most)} at most, so measure there before relying on it.`;
}

export function kneeText(names: LoadNames, { knee }: Capacity): string {
  if (knee === null) return 'No knee (Kneedle).';
  return `Knee at ${loadText(names, knee.clients)} (Kneedle): beyond it each further one adds less than the average one did.`;
}

/** What no number of clients exceeds: as far as the law holds, or because something would be busy all the time. */
export function boundsText(names: LoadNames, capacity: Capacity): string {
  const { measured } = capacity;
  const { each_tps, all_tps, meet_at_clients } = upperAsymptotes(upperDemands(capacity));
  const each = quantityText(names.y, each_tps);
  if (all_tps === null || meet_at_clients === null) return `Asymptote of the law: ${each} each; nothing fills up.`;
  const all = quantityText(names.y, all_tps);
  const meet = `they meet at ${loadText(names, meet_at_clients)}: beyond, somebody must queue.`;
  if (measured === null) return `Asymptotes of the law: ${each} each and ${all} in all; ${meet}`;
  const why = `where ${placeName(measured.busiest)} would be busy all the time (it is for ${numberText(100 * measured.busy, 2)} % with ${loadText(names, measured.clients)})`;
  return `Upper bounds: ${each} each, as a lone one has, and ${all} in all, ${why}; ${meet}`;
}

export function littleText(names: LoadNames, answer: LittleAnswer | undefined): string {
  if (answer === undefined) return "Little's law: not checked, no mean latency is given.";
  const { worst } = answer;
  const at = `${numberText(worst.in_system)} in the system with ${loadText(names, worst.clients)}`;
  switch (answer.kind) {
    case 'holds':
      return `Little's law holds: throughput times latency is the number of ${columnInfo(names.x).noun} everywhere (furthest off: ${at}).`;
    case 'pause':
      return `Little's law: between two transactions each pauses for ${timeText(answer.shortest_us)} to ${timeText(answer.longest_us)} (${at}).`;
    case 'broken':
      return `Little's law is broken: throughput times latency gives ${at}; the two are not of the same run, or not both means.`;
  }
}
