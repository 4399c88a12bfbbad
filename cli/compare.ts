import { Command, Option } from 'commander';
import { type Comparison, compareRuns, countAnswers, type Judgement } from '../analysis/comparison.js';
import {
  adviceLines,
  answersText,
  byWeight,
  changeIntervalText,
  changeLines,
  changeText,
  judgedPlace,
  metricText,
  scopeText,
  sideText,
} from '../analysis/comparison-text.js';
import {
  comparisonAnnotations,
  comparisonJson,
  comparisonJunit,
  comparisonMarkdown,
} from '../results/comparison-formats.js';
import { openRecordedRun } from '../results/recorded-runs.js';
import { appendText, writeWhole } from '../results/store.js';
import { EXIT_ANSWER_IS_NO, EXIT_DONE, EXIT_WRONG_INPUT } from './exit-code.js';
import type { Io } from './io.js';
import { thresholdOption } from './options.js';
import type { RunWork } from './run-work.js';
import { plainTable } from './table.js';

interface CompareOptions {
  readonly threshold: number;
  readonly junit?: string;
  readonly markdown?: string;
  readonly github?: true;
  readonly json?: true;
  readonly quiet?: true;
}

const EXAMPLES = `
Examples:
  acklab compare results/baselines/default.json results/<run>
  acklab compare results/<before> results/<after> --threshold 2
  acklab compare BASE CURRENT --junit gate.xml --github --markdown "$GITHUB_STEP_SUMMARY"
  acklab compare BASE CURRENT --json | jq '.judgements[] | select(.answer == "regression")'

Exit code: 1 when something got worse; 2 when the two cannot be compared, or not in all points of BASE; 0 otherwise.`;

export const compareCommand = (io: Io, run: RunWork): Command =>
  new Command('compare')
    .description('hold a run against another, or against a baseline: what got worse, what better, what moved it')
    .argument('<base>', 'a run directory, or a baseline made by acklab baseline save')
    .argument('<current>', 'the same')
    .addOption(thresholdOption())
    .option('--junit <file>', 'write JUnit XML: a test case for each quantity of each point')
    .option('--markdown <file>', 'append a Markdown table, as for $GITHUB_STEP_SUMMARY')
    .option('--github', 'print annotations for GitHub Actions, below the table')
    .addOption(new Option('--json', 'print one JSON object instead of the table').conflicts('github'))
    .option('--quiet', 'print no table')
    .addHelpText('after', EXAMPLES)
    .action((base: string, current: string, options: CompareOptions) => run(() => compare(io, base, current, options)));

function compare(io: Io, base: string, current: string, options: CompareOptions): number {
  const comparison = compareRuns(openRecordedRun(base), openRecordedRun(current), options.threshold);
  if (options.json) io.stdout.write(comparisonJson(comparison));
  else if (!options.quiet) io.stdout.write(describe(comparison));
  if (options.github) io.stdout.write(comparisonAnnotations(comparison));
  if (options.junit !== undefined) writeWhole(options.junit, comparisonJunit(comparison));
  if (options.markdown !== undefined) appendText(options.markdown, comparisonMarkdown(comparison));
  if (countAnswers(comparison, 'regression') > 0) return EXIT_ANSWER_IS_NO;
  if (comparison.missing.length === 0) return EXIT_DONE;
  const count = comparison.missing.length;
  io.stderr.write(
    `acklab: ${current}: lacks ${count} of what ${base} has (${comparison.missing[0]}${count > 1 ? ', …' : ''}); ` +
      `run the same workload (${comparison.base.command}), or save the baseline anew\n`,
  );
  return EXIT_WRONG_INPUT;
}

/** More rows are for --json. */
const ROWS_MOST = 40;

function describe(comparison: Comparison): string {
  const told = byWeight(comparison.judgements).filter((one) => one.answer !== 'no difference');
  const shown = told.slice(0, ROWS_MOST);
  const rest = told.length - shown.length;
  const lines = [
    ...(rest > 0 ? [`and ${rest} more; --json has all`] : []),
    ...changeLines(comparison).map((text) => `changed: ${text}`),
    ...adviceLines(comparison),
  ];
  return [
    `${answersText(comparison)}\n${scopeText(comparison)}\n`,
    ...(shown.length === 0 ? [] : [`\n${table(shown)}`]),
    ...(lines.length === 0 ? [] : [`\n${lines.join('\n')}\n`]),
  ].join('');
}

function table(judgements: readonly Judgement[]): string {
  const measured = judgements.some((one) => one.interval !== null);
  return plainTable(
    ['answer', 'point', 'quantity', 'base', 'current', 'change', ...(measured ? ['95 % interval'] : [])],
    judgements.map((one) => [
      one.answer,
      judgedPlace(one),
      metricText(one.metric),
      sideText(one, 'base'),
      sideText(one, 'current'),
      changeText(one.ratio),
      ...(measured ? [changeIntervalText(one)] : []),
    ]),
  );
}
