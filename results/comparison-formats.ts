/** A comparison for other programs: JUnit XML, Markdown, annotations of GitHub Actions, JSON. */
import type { Comparison, Judgement } from '../analysis/comparison.js';
import {
  adviceLines,
  answersText,
  byWeight,
  changeIntervalText,
  changeLines,
  changeText,
  judgedPlace,
  judgementText,
  metricText,
  scopeText,
  sideText,
} from '../analysis/comparison-text.js';

const XML_ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** XML 1.0 has no way to write most control characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is to be removed
const UNWRITABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

const xml = (text: string): string =>
  text.replaceAll(UNWRITABLE, '').replaceAll(/[&<>"]/g, (one) => XML_ENTITIES[one]!);

const whyText = ({ because }: Judgement): string => (because.length === 0 ? '' : `; changed: ${because.join('; ')}`);

/** One test case for each quantity of each point: a regression fails, what is too noisy counts as skipped. */
export function comparisonJunit(comparison: Comparison): string {
  const { judgements, missing, base, current } = comparison;
  const cases = judgements.map((one) => {
    const head = `  <testcase classname="${xml(one.part)}" name="${xml(`${one.point} ${one.metric}`)}"`;
    const message = xml(`${judgementText(one)}${whyText(one)}`);
    if (one.answer === 'regression') return `${head}><failure message="${message}"/></testcase>`;
    if (one.answer === 'too noisy to tell')
      return `${head}><skipped message="${xml(one.answer)}: ${message}"/></testcase>`;
    return `${head}/>`;
  });
  const lost = missing.map(
    (name) =>
      `  <testcase classname="missing" name="${xml(name)}"><error message="not in ${xml(current.name)}"/></testcase>`,
  );
  const count = (answer: Judgement['answer']): number => judgements.filter((one) => one.answer === answer).length;
  const counts = `tests="${cases.length + lost.length}" failures="${count('regression')}" errors="${lost.length}" skipped="${count('too noisy to tell')}"`;
  const name = xml(`acklab compare ${base.name} ${current.name}`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuite name="${name}" ${counts}>\n${[...cases, ...lost].join('\n')}\n</testsuite>\n`;
}

const markdownCell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

/** For a job summary: the answers, and a table of all that is not "no difference". */
export function comparisonMarkdown(comparison: Comparison): string {
  const { judgements, base, current } = comparison;
  const told = byWeight(judgements).filter((one) => one.answer !== 'no difference');
  const rows = told.map((one) => {
    const cells = [
      one.answer,
      judgedPlace(one),
      metricText(one.metric),
      sideText(one, 'base'),
      sideText(one, 'current'),
      changeText(one.ratio),
      changeIntervalText(one),
      one.because.join('; '),
    ];
    return `| ${cells.map(markdownCell).join(' | ')} |`;
  });
  const table = [
    '| answer | point | quantity | base | current | change | 95 % interval | changed |',
    '| --- | --- | --- | ---: | ---: | ---: | --- | --- |',
    ...rows,
    '',
  ];
  const lines = [...changeLines(comparison).map((text) => `changed: ${text}`), ...adviceLines(comparison)];
  return [
    `### ${answersText(comparison)}`,
    '',
    `\`${current.name}\` against \`${base.name}\`: ${scopeText(comparison)}.`,
    '',
    ...(rows.length === 0 ? [] : table),
    ...(lines.length === 0 ? [] : [...lines.map((line) => `- ${markdownCell(line)}`), '']),
  ].join('\n');
}

const commandData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const commandProperty = (text: string): string => commandData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

/** GitHub shows ten of a kind for each step; the last tells how many there are. */
const ANNOTATIONS_MOST = 10;

const annotation = (kind: string, title: string, message: string): string =>
  `::${kind} title=${commandProperty(title)}::${commandData(message)}\n`;

function annotations(kind: string, told: readonly (readonly [title: string, message: string])[]): string {
  const shown = told.length > ANNOTATIONS_MOST ? told.slice(0, ANNOTATIONS_MOST - 1) : told;
  const rest = told.length - shown.length;
  const more = rest === 0 ? '' : annotation(kind, 'acklab', `and ${rest} more; see the job's log`);
  return shown.map(([title, message]) => annotation(kind, title, message)).join('') + more;
}

/** Workflow commands: regressions are errors; what nobody can judge are warnings; improvements are notices. */
export function comparisonAnnotations(comparison: Comparison): string {
  const ordered = byWeight(comparison.judgements);
  const of = (answer: Judgement['answer']): [string, string][] =>
    ordered
      .filter((one) => one.answer === answer)
      .map((one) => [`${answer}: ${judgedPlace(one)}`, `${judgementText(one)}${whyText(one)}`]);
  const lost = comparison.missing.map((name): [string, string] => ['missing', `${name} is not in the current run`]);
  return [
    annotations('error', of('regression')),
    annotations('warning', [...lost, ...of('too noisy to tell')]),
    annotations('notice', of('improvement')),
  ].join('');
}

/** All that is known. A ratio to nothing is null. */
export const comparisonJson = (comparison: Comparison): string => `${JSON.stringify(comparison, null, 2)}\n`;
