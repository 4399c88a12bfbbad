import { existsSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { Command } from 'commander';
import { placeName } from '../analysis/binding.js';
import { asymptoticBounds, balancedJobBounds, upperAsymptotes } from '../analysis/bounds.js';
import { type Capacity, capacityOf, upperDemands } from '../analysis/capacity.js';
import { capacitySpec } from '../analysis/capacity-chart.js';
import { boundsText, kneeText, type LoadNames, littleText, peakText } from '../analysis/capacity-findings.js';
import { numberText } from '../analysis/chart-columns.js';
import { loadRows, loadSeries } from '../analysis/load-series.js';
import { SWEEP_COLUMNS } from '../analysis/row.js';
import { type Estimate, type Interval, ScalabilityError } from '../analysis/scalability.js';
import { drawInto } from '../results/chart-files.js';
import { MANIFEST_FILE, openRun, ROWS_FILE } from '../results/store.js';
import { InputError } from '../workloads/input-error.js';
import { type LoadTable, readLoadRows } from '../workloads/load-rows.js';
import { unknownName } from '../workloads/nearest.js';
import { EXIT_DONE } from './exit-code.js';
import type { Io } from './io.js';
import type { RunWork } from './run-work.js';
import { plainTable } from './table.js';

interface FitOptions {
  readonly x: string;
  readonly y: string;
  readonly by?: string;
  readonly out?: string;
  readonly json?: true;
}

const EXAMPLES = `
Examples:
  acklab fit measured.csv                          columns clients and tps
  acklab fit bench.csv --x threads --y qps         a table with other columns
  acklab fit bench.csv --by version                one curve for each version
  acklab fit sysbench.log --out capacity           what sysbench printed, one report after the other; with a chart
  acklab fit results/<run> --json | jq .curves[0].law`;

export const fitCommand = (io: Io, run: RunWork): Command =>
  new Command('fit')
    .description('fit the Universal Scalability Law to throughput over load: parameters, peak, knee, bounds')
    .argument('<table>', "a CSV file, a file of sysbench's own reports, or a run directory")
    .option('--x <column>', 'the load', 'clients')
    .option('--y <column>', 'the throughput', 'tps')
    .option('--by <column>', 'what tells curves apart (default: every parameter that acklab knows)')
    .option('--out <dir>', 'write the chart there, as fit.svg, fit.png and fit.vl.json')
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action((table: string, options: FitOptions) => run(() => fitTable(io, table, options)));

/** More panels than this are no picture any more. */
const CURVES_DRAWN = 24;

async function fitTable(io: Io, path: string, options: FitOptions): Promise<number> {
  const table = readTable(path, options);
  if (options.by !== undefined && !table.columns.includes(options.by)) {
    throw new InputError(
      `${path}: ${unknownName('column', options.by, table.columns)}; --by says what tells curves apart`,
    );
  }
  const { curves, unfitted } = fitAll(path, table, options);
  const warn = (text: string): boolean => io.stderr.write(`acklab: warning: ${text}\n`);
  for (const { name, reason } of unfitted) warn(`not fitted: ${name}: ${reason}`);
  if (table.unknown > 0) warn(`${table.unknown} rows without ${options.y} are left out`);
  if (options.out !== undefined) {
    if (curves.length > CURVES_DRAWN) warn(`the chart shows ${CURVES_DRAWN} of ${curves.length} curves`);
    const chart = { names: options, subject: basename(resolve(path)), curves: curves.slice(0, CURVES_DRAWN) };
    await drawInto(options.out, 'fit', capacitySpec(chart));
    io.stderr.write(`${join(options.out, 'fit.svg')}\n`);
  }
  if (options.json) {
    const { x, y } = options;
    io.stdout.write(`${JSON.stringify({ table: path, x, y, curves: curves.map(jsonCurve), unfitted }, null, 2)}\n`);
  } else io.stdout.write(curves.map((curve) => describeCurve(options, curve, basename(resolve(path)))).join('\n'));
  return EXIT_DONE;
}

function readTable(path: string, { x, y }: LoadNames): LoadTable {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return readLoadRows(path, { x, y });
  if (!existsSync(join(path, MANIFEST_FILE))) {
    throw new InputError(
      `${path}: a directory without ${MANIFEST_FILE}, so no run; name a CSV file or a run directory`,
    );
  }
  const rows = openRun(path).rows();
  const defaults = x === 'clients' && y === 'tps';
  return defaults
    ? { rows: loadRows(rows), columns: SWEEP_COLUMNS, unknown: 0 }
    : readLoadRows(join(path, ROWS_FILE), { x, y });
}

interface Fitted {
  readonly curves: readonly Capacity[];
  readonly unfitted: readonly { readonly name: string; readonly reason: string }[];
}

/** A curve that cannot be fitted does not cost the others; that none can is an error. */
function fitAll(path: string, { rows }: LoadTable, { x, by }: FitOptions): Fitted {
  if (rows.length === 0) throw new InputError(`${path}: no row with a load and a throughput`);
  const curves: Capacity[] = [];
  const unfitted: { name: string; reason: string }[] = [];
  for (const series of loadSeries(rows, x, by)) {
    try {
      curves.push(capacityOf(series));
    } catch (error) {
      if (!(error instanceof ScalabilityError)) throw error;
      unfitted.push({ name: series.name || path, reason: error.message });
    }
  }
  if (curves.length > 0) return { curves, unfitted };
  const [first] = unfitted;
  const all =
    unfitted.length === 1
      ? ''
      : `; none of ${unfitted.length} curves has enough (--x names the load, --by what tells curves apart)`;
  throw new InputError(`${path}: ${first!.name === path ? '' : `${first!.name}: `}${first!.reason}${all}`);
}

const jsonEstimate = ({ value, standard_error, low, high }: Estimate): object => ({
  value,
  standard_error,
  ci95_low: low,
  ci95_high: high,
});

function jsonPeak({ peak }: Capacity['law']): object {
  if (peak.kind === 'none') return peak;
  const interval = ({ value, low, high }: Interval): object => ({ value, ci95_low: low, ci95_high: high });
  return { kind: peak.kind, clients: interval(peak.clients), tps: interval(peak.tps) };
}

function jsonCurve(capacity: Capacity): object {
  const { name, rows, law, knee, demands, measured, littles_law } = capacity;
  const upper = upperDemands(capacity);
  return {
    name,
    law: {
      sigma: jsonEstimate(law.sigma),
      kappa: jsonEstimate(law.kappa),
      lambda: jsonEstimate(law.lambda),
      residual_tps: law.residual_tps,
      freedom: law.freedom,
      peak: jsonPeak(law),
    },
    knee,
    upper_bounds: {
      from: measured === null ? 'law' : 'busy',
      ...upperAsymptotes(upper),
      busiest: measured === null ? null : placeName(measured.busiest),
      busy: measured?.busy ?? null,
    },
    littles_law: littles_law ?? null,
    points: rows.map(({ clients, tps }) => {
      const { value, low, high } = law.at(clients);
      const upper_bound_tps = asymptoticBounds(upper, clients).high_tps;
      const without_crosstalk_tps = balancedJobBounds(demands, clients).low_tps;
      return {
        clients,
        tps,
        law_tps: value,
        law_ci95_low: low,
        law_ci95_high: high,
        upper_bound_tps,
        without_crosstalk_tps,
      };
    }),
  };
}

function describeCurve(names: LoadNames, curve: Capacity, table: string): string {
  const { name, rows, law, demands, measured } = curve;
  const upper = upperDemands(curve);
  const digits = (value: number): string => String(Number(value.toPrecision(7)));
  const parameter = (symbol: string, { value, standard_error, low, high }: Estimate): string[] => [
    symbol,
    digits(value),
    standard_error === null ? 'at its bound' : numberText(standard_error, 3),
    `${numberText(low, 4)} … ${numberText(high, 4)}`,
  ];
  const points = rows.map(({ clients, tps }) => {
    const { value, low, high } = law.at(clients);
    const off = 100 * (tps / value - 1);
    return [
      numberText(clients, 6),
      numberText(tps, 5),
      numberText(value, 5),
      `${numberText(low, 4)} … ${numberText(high, 4)}`,
      `${off.toFixed(1) === '-0.0' ? '0.0' : `${off < 0 ? '' : '+'}${off.toFixed(1)}`} %`,
      numberText(balancedJobBounds(demands, clients).low_tps, 4),
      numberText(asymptoticBounds(upper, clients).high_tps, 4),
    ];
  });
  return [
    `${name === '' ? table : name}: ${rows.length} points\n`,
    plainTable(
      ['', 'estimate', 'standard error', '95 % interval'],
      [
        parameter('σ contention', law.sigma),
        parameter('κ crosstalk', law.kappa),
        parameter(`λ ${names.y} of one`, law.lambda),
      ],
    ),
    `${[
      peakText(names, law, rows.at(-1)!.clients),
      kneeText(names, curve),
      boundsText(names, curve),
      littleText(names, curve.littles_law),
    ].join('\n')}\n`,
    plainTable(
      [
        names.x,
        names.y,
        'law',
        '95 % of the law',
        'off',
        'without crosstalk',
        measured === null ? 'asymptote' : 'upper bound',
      ],
      points,
    ),
  ].join('\n');
}
