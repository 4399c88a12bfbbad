/**
 * What a chart shows, as one plain sentence computed from its rows. A difference is claimed only where the 95 %
 * intervals support it: where those of the two points do not overlap. That is stricter than a test at 5 %
 * (Schenker and Gentleman, "On judging the significance of differences by examining the overlap between confidence
 * intervals", The American Statistician 55(3), 2001), which is as it should be for the largest of many differences.
 */
import type { ChartRequest } from '../workloads/workload.js';
import {
  type Cell,
  capital,
  columnInfo,
  numberText,
  placeText,
  quantityText,
  rangeText,
  sentenceNoun,
  shortPlaceText,
  valueText,
} from './chart-columns.js';
import { baselineOf, type ChartData, type ChartMark, chartData } from './chart-marks.js';
import type { SweepRow } from './row.js';

/** A later point counts as growth only beyond this factor: less is no reason to add clients. */
const GROWTH = 1.05;
/** A second clause is worth its words when its ratio differs by this factor from the first one's. */
const CONTRAST = 1.15;

/** A difference that is real but of no use to anybody. */
const SLIGHT = 0.01;

/** A point measured against another: `ratio` of their y, and whether their intervals lie apart. */
interface Comparison {
  readonly point: ChartMark;
  readonly base: ChartMark;
  readonly ratio: number;
  readonly supported: boolean;
}

function compared(point: ChartMark, base: ChartMark): Comparison {
  const apart =
    point.low !== null &&
    point.high !== null &&
    base.low !== null &&
    base.high !== null &&
    (point.low > base.high || point.high < base.low);
  return { point, base, ratio: point.y / base.y, supported: apart && base.y > 0 && point.y > 0 };
}

const strength = ({ ratio }: Comparison): number => Math.abs(Math.log(ratio));

function strongest(comparisons: readonly Comparison[]): Comparison | undefined {
  return comparisons
    .filter((one) => one.supported)
    .reduce<Comparison | undefined>(
      (best, one) => (best === undefined || strength(one) > strength(best) ? one : best),
      undefined,
    );
}

/** For the middle of a sentence; a name keeps its capital. */
const lowered = (text: string): string =>
  /^(MySQL|MariaDB|ASYNC|AFTER|“)/.test(text) ? text : text.charAt(0).toLowerCase() + text.slice(1);

/** `7.4 times`, `38 % more`, `62 % less`; the words for more and less depend on what is measured. */
function ratioText(ratio: number, more: string, less: string): string {
  if (ratio >= 1.995) return `${numberText(ratio, 2)} times`;
  return ratio > 1 ? `${numberText((ratio - 1) * 100, 2)} % ${more}` : `${numberText((1 - ratio) * 100, 2)} % ${less}`;
}

/** `At 1 ms round trip with 16 clients`: the places of a mark that the sentence has to name. */
function whereText(request: ChartRequest, mark: ChartMark, withX = true): string {
  const places: string[] = [];
  if (request.facet !== undefined) places.push(placeText(request.facet, mark.facet));
  if (withX) places.push(placeText(request.x, mark.x));
  return joinedPlaces(places);
}

/** `At 1 ms round trip with 16 clients`; `at 1 ms round trip and 100 µs binlog fsync`. */
function joinedPlaces([first, second]: readonly string[]): string {
  if (first === undefined || second === undefined) return first ?? '';
  const preposition = first.split(' ')[0]!;
  return second.startsWith(`${preposition} `)
    ? `${first} and ${second.slice(preposition.length + 1)}`
    : `${first} ${second}`;
}

/** Who commits: a version or a variant does; a round trip or a number of replicas does not. */
const isActor = (column: string | undefined): boolean => column === 'profile' || column === 'variant';

const actorText = (column: string, value: Cell): string =>
  column === 'variant' ? `“${value}”` : valueText(column, value);

/** `MySQL 5.7 commits 7.4 times what MySQL 5.6 does`, or `mean latency under ASYNC is 38 % lower than under …`. */
function relation(y: string, column: string, values: readonly [Cell, Cell], ratio: number): string {
  const [a, b] = values;
  if (y === 'tps' && isActor(column)) {
    const times = ratioText(ratio, 'more', 'less');
    return ratio >= 1.995
      ? `${actorText(column, a)} commits ${times} what ${actorText(column, b)} does`
      : `${actorText(column, a)} commits ${times} than ${actorText(column, b)}`;
  }
  const times = ratioText(ratio, 'higher', 'lower');
  const noun = sentenceNoun(y);
  return ratio >= 1.995
    ? `${noun} ${placeText(column, a)} is ${times} that ${placeText(column, b)}`
    : `${noun} ${placeText(column, a)} is ${times} than ${placeText(column, b)}`;
}

/** The other end of the main comparison's line, where that says something else. */
function contrast(request: ChartRequest, main: Comparison, all: readonly Comparison[]): string {
  const direction = Math.sign(Math.log(main.ratio));
  const line = all.filter((one) => one.point.facet === main.point.facet && one !== main);
  const least = line.reduce<Comparison | undefined>(
    (low, one) => (low === undefined || direction * Math.log(one.ratio / low.ratio) < 0 ? one : low),
    undefined,
  );
  if (least === undefined || direction * Math.log(main.ratio / least.ratio) < Math.log(CONTRAST)) return '';
  const place = placeText(request.x, least.point.x);
  if (!least.supported) return `; ${place} the intervals support no difference`;
  if (Math.abs(least.ratio - 1) < SLIGHT) return `; ${place} they are within 1 % of each other`;
  const [more, less] = request.y === 'tps' ? ['more', 'less'] : ['higher', 'lower'];
  const turned = least.ratio > 1 !== main.ratio > 1 ? 'but ' : '';
  return `; ${turned}${place}, ${ratioText(least.ratio, more!, less!)}`;
}

function atSamePlace(data: ChartData, a: Cell, b: Cell): Comparison[] {
  const found: Comparison[] = [];
  for (const point of data.marks) {
    if (String(point.series) !== String(a)) continue;
    const base = data.marks.find(
      (mark) => String(mark.series) === String(b) && mark.x === point.x && mark.facet === point.facet,
    );
    if (base !== undefined) found.push(compared(point, base));
  }
  return found;
}

/** The two series named by `compare`. */
function comparisonFinding(request: ChartRequest, data: ChartData, pair: readonly [Cell, Cell]): string {
  const column = request.series ?? request.x;
  const all = atSamePlace(data, ...pair);
  const [a, b] = pair.map((value) => actorText(column, value));
  if (all.length === 0) return `No point was run with both ${a} and ${b}.`;
  const main = strongest(all);
  if (main === undefined) {
    return `Between ${a} and ${b} the 95 % intervals support no difference in ${sentenceNoun(request.y)}.`;
  }
  const said = relation(request.y, column, [main.point.series, main.base.series], main.ratio);
  return `${capital(whereText(request, main.point))}, ${said}${contrast(request, main, all)}.`;
}

/** The most telling of all pairs of series at one place; lower over higher is said as higher over lower. */
function bestSeriesFinding(request: ChartRequest, data: ChartData): string {
  const all: Comparison[] = [];
  for (const point of data.marks) {
    for (const base of data.marks) {
      if (base.x === point.x && base.facet === point.facet && point.y > base.y) all.push(compared(point, base));
    }
  }
  const column = request.series!;
  const main = strongest(all);
  if (main === undefined) return capital(noDifference(request, column));
  const pair = [main.point.series, main.base.series] as const;
  const said = relation(request.y, column, pair, main.ratio);
  return `${capital(whereText(request, main.point))}, ${said}${contrast(request, main, atSamePlace(data, ...pair))}.`;
}

/** What was varied: `the number of clients`, `the round trip`, `sync_relay_log`. */
function causeText(column: string): string {
  const { inSentence, ordinal, noun } = columnInfo(column);
  return inSentence ?? (ordinal ? noun : `the ${noun}`);
}

const noDifference = (request: ChartRequest, cause: string): string =>
  `${causeText(cause)} makes no difference to ${sentenceNoun(request.y)} that the 95 % intervals support.`;

/** How y behaves along one line. */
interface Course {
  readonly first: ChartMark;
  readonly last: ChartMark;
  readonly peak: ChartMark;
  /** The first point that no later one exceeds by more than `GROWTH`; `undefined` when that is the last. */
  readonly plateau: ChartMark | undefined;
  readonly change: Comparison;
}

function course(line: readonly ChartMark[]): Course {
  const first = line[0]!;
  const last = line.at(-1)!;
  const peak = line.reduce((best, mark) => (mark.y > best.y ? mark : best));
  const grows = (later: ChartMark, mark: ChartMark): boolean => {
    const step = compared(later, mark);
    return step.supported && step.ratio > GROWTH;
  };
  const plateau = line.find((mark, index) => !line.slice(index + 1).some((later) => grows(later, mark)));
  return { first, last, peak, plateau: plateau === last ? undefined : plateau, change: compared(last, first) };
}

function changeText(y: string, { first, last, ratio }: { first: ChartMark; last: ChartMark; ratio: number }): string {
  const ends = `from ${quantityText(y, first.y)} to ${quantityText(y, last.y)}`;
  if (ratio >= 1.995) return `grows ${numberText(ratio, 2)} times, ${ends}`;
  const percent = `${numberText(Math.abs(ratio - 1) * 100, 2)} %`;
  return ratio > 1 ? `grows ${percent}, ${ends}` : `falls ${percent}, ${ends}`;
}

/** One line: how far it grows or falls, where it peaks, and from where on it stays level. */
function courseFinding(request: ChartRequest, line: readonly ChartMark[], where: string): string {
  const noun = sentenceNoun(request.y);
  const { first, last, peak, plateau, change } = course(line);
  const lead = where === '' ? '' : `${where}, `;
  const beyond = compared(last, peak);
  const risen = compared(peak, first);
  if (risen.supported && risen.ratio > GROWTH && beyond.supported && beyond.ratio < 1 / GROWTH) {
    const end = placeText(request.x, last.x);
    const fall = ratioText(beyond.ratio, 'higher', 'lower');
    const top = `${quantityText(request.y, peak.y)} ${placeText(request.x, peak.x)}`;
    return `${capital(`${lead}${noun} peaks at ${top}; ${end} it is ${fall}`)}.`;
  }
  if (!change.supported) return capital(`${lead}${noDifference(request, request.x)}`);
  const levelled = plateau === undefined || plateau === first || change.ratio < 1;
  if (!levelled && compared(plateau, first).supported) {
    const before = changeText(request.y, { first, last: plateau, ratio: plateau.y / first.y });
    return `${capital(`${lead}${noun} stops growing beyond ${shortPlaceText(request.x, plateau.x)}: until there it ${before}`)}.`;
  }
  const said = changeText(request.y, { first, last, ratio: change.ratio });
  return `${capital(`${lead}from ${rangeText(request.x, first.x, last.x)}, ${noun} ${said}`)}.`;
}

/** Lines of numbered series: which of them x moves most, and which least. */
function effectFinding(request: ChartRequest, data: ChartData): string {
  const courses: Course[] = [];
  for (const facet of data.facets) {
    for (const series of data.series) {
      const line = data.marks.filter((mark) => mark.facet === facet && mark.series === series);
      if (line.length > 1) courses.push(course(line));
    }
  }
  const supported = courses.filter(({ change }) => change.supported);
  supported.sort((a, b) => strength(b.change) - strength(a.change));
  const most = supported[0];
  if (most === undefined) return capital(noDifference(request, request.x));
  const place = (one: Course): string => {
    const series = placeText(request.series!, one.first.series);
    return request.facet === undefined ? series : `${whereText(request, one.first, false)} ${series}`;
  };
  const lead = `From ${rangeText(request.x, most.first.x, most.last.x)}, ${sentenceNoun(request.y)}`;
  const said = `${lead} ${changeText(request.y, { ...most, ratio: most.change.ratio })} ${place(most)}`;
  const rivals = courses.filter((one) => one.first.facet === most.first.facet && one !== most);
  const least = rivals.sort((a, b) => strength(a.change) - strength(b.change))[0];
  if (least === undefined || Math.abs(Math.log(most.change.ratio / least.change.ratio)) < Math.log(CONTRAST)) {
    return `${said}.`;
  }
  const rival = placeText(request.series!, least.first.series);
  if (!least.change.supported) return `${said}; ${rival} the intervals support no change.`;
  return `${said}; ${rival} it ${changeText(request.y, { ...least, ratio: least.change.ratio }).split(',')[0]}.`;
}

/** Bars: what gains most over the first, which is what one starts from. */
function variantFinding(request: ChartRequest, data: ChartData): string {
  const { better = 'more' } = columnInfo(request.y);
  const noun = sentenceNoun(request.y);
  const gains = data.marks.flatMap((mark) => {
    const start = data.marks.find((one) => one.series === mark.series && one.facet === mark.facet)!;
    const gain = compared(mark, start);
    return gain.supported && gain.ratio > 1 === (better === 'more') ? [gain] : [];
  });
  const gain = strongest(gains);
  if (gain === undefined) {
    const start = actorText(request.x, data.marks[0]!.x);
    return `Nothing has ${better === 'more' ? 'more' : 'less'} ${noun} than ${start} beyond what the 95 % intervals allow.`;
  }
  const { point: best, base: start } = gain;
  const series = data.series.length > 1 ? placeText(request.series!, best.series) : '';
  const lead = [whereText(request, best, false), series].filter((text) => text !== '').join(' ');
  const said = relation(request.y, request.x, [best.x, start.x], gain.ratio);
  const equal = data.marks.filter(
    (mark) => mark !== best && mark.facet === best.facet && mark.series === best.series && tied(mark, best),
  );
  const rivals = equal.map((mark) => actorText(request.x, mark.x));
  const more = rivals.length > 2 ? ` and ${rivals.length - 2} more` : '';
  const tail = rivals.length === 0 ? '' : `; ${rivals.slice(0, 2).join(' and ')}${more} cannot be told from it`;
  return `${capital(lead === '' ? said : `${lead}, ${said}`)}${tail}.`;
}

/** A waterfall: its largest step for the better, and what all of them come to there. */
function stepFinding(request: ChartRequest, data: ChartData): string {
  const { better = 'more' } = columnInfo(request.y);
  const steps = data.marks.map((mark) => compared(mark, baselineOf(request, data, mark)));
  const step = strongest(steps.filter(({ ratio }) => ratio > 1 === (better === 'more')));
  if (step === undefined)
    return capital(`no step makes ${sentenceNoun(request.y)} better beyond what the intervals allow.`);
  const { point, base, ratio } = step;
  const line = data.marks.filter(({ series, facet }) => series === point.series && facet === point.facet);
  const series = data.series.length > 1 ? [placeText(request.series!, point.series)] : [];
  const facet = request.facet === undefined ? [] : [placeText(request.facet, point.facet)];
  const lead = joinedPlaces([...facet, ...series]);
  const grown = changeText(request.y, { first: base, last: point, ratio });
  const [more, less] = request.y === 'tps' ? ['more', 'less'] : ['higher', 'lower'];
  const inAll = ratioText(line.at(-1)!.y / line[0]!.y, more!, less!);
  const said = `the largest step is ${actorText(request.x, point.x)}: ${sentenceNoun(request.y)} ${grown}`;
  return `${capital(lead === '' ? said : `${lead}, ${said}`)}; all steps together, ${inAll}.`;
}

/** Intervals are known, and they overlap. */
const tied = (a: ChartMark, b: ChartMark): boolean => a.low !== null && !compared(a, b).supported;

/** Where a mark stands, in brackets: `MySQL 5.6, 1 ms round trip, 64 clients`. */
function allPlaces(request: ChartRequest, mark: ChartMark): string {
  const places: (readonly [string | undefined, Cell])[] = [
    [request.series, mark.series],
    [request.facet, mark.facet],
    [request.x, mark.x],
  ];
  return places.flatMap(([column, value]) => (column === undefined ? [] : [shortPlaceText(column, value)])).join(', ');
}

/** A quantity without intervals (percentiles): what was measured, and no claim that it would be so again. */
function measuredFinding(request: ChartRequest, data: ChartData): string {
  const noun = sentenceNoun(request.y);
  const text = (mark: ChartMark): string => quantityText(request.y, mark.y);
  const pairs = request.compare === undefined ? [] : atSamePlace(data, ...request.compare);
  const positive = pairs.filter(({ point, base }) => point.y > 0 && base.y > 0);
  if (positive.length > 0 && request.series !== undefined) {
    const { point, base } = positive.reduce((best, one) => (strength(one) > strength(best) ? one : best));
    const [a, b] = [point, base].map((mark) => placeText(request.series!, mark.series));
    const values =
      text(point) === text(base) ? `${text(point)} both ${a} and ${b}` : `${text(point)} ${a} and ${text(base)} ${b}`;
    return `${capital(whereText(request, point))}, ${noun} was ${values}.`;
  }
  const sorted = [...data.marks].sort((a, b) => a.y - b.y);
  const low = sorted[0]!;
  const high = sorted.at(-1)!;
  if (low.y === high.y) return `${capital(noun)} was ${text(low)} at every point.`;
  const span = `from ${text(low)} (${allPlaces(request, low)}) to ${text(high)} (${allPlaces(request, high)})`;
  return `${capital(noun)} ranged ${span}.`;
}

/** The sentence above a chart. `rows` are those of the chart's part. Throws `ChartError` when there is nothing to show. */
export function finding(request: ChartRequest, rows: readonly SweepRow[]): string {
  return findingFrom(request, chartData(request, rows));
}

/** Where threads measured, what they found: the curves under it are only what was expected. */
export function findingFrom(request: ChartRequest, data: ChartData): string {
  return data.onThreads
    ? `On this machine ${lowered(plainFinding(request, data.onThreads))}`
    : plainFinding(request, data);
}

function plainFinding(request: ChartRequest, data: ChartData): string {
  if (data.marks.every((mark) => mark.low === null || mark.high === null)) return measuredFinding(request, data);
  if (data.marks.length === 1) {
    const { y, low, high } = data.marks[0]!;
    const [value, from, to] = [y, low!, high!].map((number) => quantityText(request.y, number));
    return `${capital(sentenceNoun(request.y))} is ${value} (95 % interval ${from} to ${to}).`;
  }
  if (request.compare !== undefined) return comparisonFinding(request, data, request.compare);
  if (data.xs.some((x) => typeof x !== 'number')) {
    return request.baseline === 'previous' ? stepFinding(request, data) : variantFinding(request, data);
  }
  if (data.series.length > 1) {
    return data.series.every((value) => typeof value === 'number')
      ? effectFinding(request, data)
      : bestSeriesFinding(request, data);
  }
  if (data.facets.length > 1) return widestFacet(request, data);
  return courseFinding(request, data.marks, '');
}

/** One line in each small multiple: the one that changes most speaks. */
function widestFacet(request: ChartRequest, data: ChartData): string {
  const lines = data.facets.map((facet) => data.marks.filter((mark) => mark.facet === facet));
  const width = (line: readonly ChartMark[]): number => strength(course(line).change);
  const widest = lines.reduce((best, line) => (width(line) > width(best) ? line : best));
  return courseFinding(request, widest, whereText(request, widest[0]!, false));
}
