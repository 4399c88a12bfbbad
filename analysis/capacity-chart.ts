/** Throughput over load with the fitted law, its band, the asymptotes, knee and peak: one panel for each curve. */
import type { TopLevelSpec } from 'vega-lite';
import { asymptoticBounds, saturationClients } from './bounds.js';
import { type Capacity, upperDemands } from './capacity.js';
import { type LoadNames, peakText } from './capacity-findings.js';
import { axisTitle, intervalText, wrapped } from './chart-caption.js';
import { axisUnit, numberText, quantityText } from './chart-columns.js';
import type { ChartLook } from './chart-frame.js';
import { AXIS_FORMAT, type Layer } from './chart-layers.js';
import { CHART_WIDTH, chartSheet, DEFAULT_LOOK, panelColumns, Y_AXIS_WIDTH } from './chart-sheet.js';
import { colour } from './palette.js';

export interface CapacityChart {
  readonly names: LoadNames;
  /** What the curves are of: a file, a part of a run. */
  readonly subject: string;
  readonly curves: readonly Capacity[];
}

export const capacityConditions = ({ curves }: CapacityChart): string[] => [
  'line and band: Universal Scalability Law, 95 %',
  curves.every(({ measured }) => measured !== null) ? 'dashed: upper bounds' : 'dashed: its asymptotes',
  'dotted: beyond what was measured',
];

/** What all curves together say; of a single one, whether it peaks. */
export function capacityFinding({ names, curves }: CapacityChart): string {
  const [only] = curves;
  if (only !== undefined && curves.length === 1) return peakText(names, only.law, only.rows.at(-1)!.clients);
  const shown = curves.filter(({ law }) => law.peak.kind === 'shown');
  const beyond = curves.filter(({ law }) => law.peak.kind === 'extrapolated').length;
  const further =
    beyond === 0 ? '' : `; ${beyond === 1 ? 'one more does' : `${beyond} more do`} so only beyond them, by the law`;
  if (shown.length === 0) {
    return `None of ${curves.length} curves peaks within the loads that were run${further.replace(' more', '')}.`;
  }
  const places = shown.map(({ law }) => (law.peak.kind === 'shown' ? law.peak.clients.value : Number.NaN));
  const [from, to] = [Math.min(...places), Math.max(...places)].map((place) => numberText(place, 2));
  const where = from === to ? `at ${from}` : `between ${from} and ${to}`;
  return `${shown.length} of ${curves.length} curves ${shown.length === 1 ? 'peaks' : 'peak'} within the loads that were run, ${where} ${names.x}${further}.`;
}

const STEPS = 96;
const short = (value: number): number => Number(value.toPrecision(6));

/** How far a panel reaches to the right: to a peak that lies beyond the data, or to the end of the data. */
const reachOf = ({ rows, law }: Capacity): number =>
  law.peak.kind === 'extrapolated' ? law.peak.clients.value * 1.1 : rows.at(-1)!.clients;

/** Asymptotes beyond this multiple of the highest throughput have no place in the panel. */
const HEADROOM = 1.12;

function panelValues(names: LoadNames, curve: Capacity): object[] {
  const { name: series, rows, law } = curve;
  const demands = upperDemands(curve);
  const reach = reachOf(curve);
  const measured = rows.at(-1)!.clients;
  const top = HEADROOM * Math.max(...rows.map(({ tps, tps_high }) => Math.max(tps, tps_high ?? 0)));
  const grid = Array.from({ length: STEPS + 1 }, (_, step) => Math.min(rows[0]!.clients, 1) + (reach * step) / STEPS);
  const places = [...new Set([...grid.filter((load) => load <= reach), measured, reach])].sort((a, b) => a - b);
  const points = rows.map(({ clients, tps, tps_low, tps_high }) => ({
    series,
    load: clients,
    measured: short(tps),
    as_measured: quantityText(names.y, tps, 4),
    ...(tps_low === null || tps_high === null
      ? {}
      : { low: short(tps_low), high: short(tps_high), interval: intervalText(names.y, tps_low, tps_high) }),
  }));
  const fitted = places.map((load) => {
    const { value, low, high } = law.at(load);
    return {
      series,
      load: short(load),
      [load <= measured ? 'law' : 'beyond']: short(value),
      ...(load === measured ? { beyond: short(value) } : {}),
      band_low: short(low),
      band_high: short(Math.min(high, Math.max(top, value))),
    };
  });
  const kink = saturationClients(demands);
  const bound = [...places, ...(kink < reach ? [kink] : [])]
    .sort((a, b) => a - b)
    .flatMap((load) => {
      const { high_tps } = asymptoticBounds(demands, load);
      return high_tps > top ? [] : [{ series, load: short(load), bound: short(high_tps) }];
    });
  return [...points, ...fitted, ...bound, ...signs(curve)];
}

interface Sign {
  readonly series: string;
  readonly load: number;
  readonly sign: number;
  readonly from: number;
  readonly to: number;
  readonly above: string;
  readonly below: string;
  readonly shown: 0 | 1;
}

/** Knee and peak, named where they are; unseen where there is neither, since a panel's scales want something to hold. */
function signs(curve: Capacity): Sign[] {
  const { name: series, knee, law, rows } = curve;
  const at = (load: number, tps: number, part: Partial<Sign>): Sign => {
    const x = short(load);
    return { series, load: x, sign: short(tps), from: x, to: x, above: '', below: '', shown: 1, ...part };
  };
  const found: Sign[] = knee === null ? [] : [at(knee.clients, knee.tps, { below: 'knee' })];
  if (law.peak.kind !== 'none') {
    const { clients, tps } = law.peak;
    const to = short(Math.min(clients.high, reachOf(curve)));
    found.push(
      at(clients.value, tps.value, { above: `peak ${numberText(clients.value)}`, from: short(clients.low), to }),
    );
  }
  return found.length > 0 ? found : [at(rows[0]!.clients, rows[0]!.tps, { shown: 0 })];
}

const only = (field: string) => ({ transform: [{ filter: `isValid(datum.${field})` }] });

function layers({ names, curves }: CapacityChart, look: ChartLook): Layer[] {
  const hasIntervals = curves.some(({ rows }) =>
    rows.some(({ tps_low, tps_high }) => tps_low !== null && tps_high !== null),
  );
  const x: Layer = {
    field: 'load',
    type: 'quantitative',
    scale: { zero: true, nice: false, padding: 8 },
    axis: { title: axisTitle(names.x, axisUnit(names.x, 1, 1)), format: AXIS_FORMAT, tickCount: 6 },
  };
  const y = (field: string): Layer => ({
    field,
    type: 'quantitative',
    scale: { zero: true, nice: true },
    axis: { title: axisTitle(names.y, axisUnit(names.y, 1, 1)), format: AXIS_FORMAT, tickCount: 5 },
  });
  const [line, muted, text] = [colour('teal', look.theme), colour('muted', look.theme), colour('text', look.theme)];
  return [
    {
      ...only('band_low'),
      mark: { type: 'area', opacity: 0.2, color: line, tooltip: false },
      encoding: { x, y: y('band_low'), y2: { field: 'band_high' } },
    },
    {
      ...only('bound'),
      mark: { type: 'line', strokeWidth: 1.2, strokeDash: [6, 4], color: muted, tooltip: false },
      encoding: { x, y: y('bound') },
    },
    { ...only('law'), mark: { type: 'line', strokeWidth: 2, color: line }, encoding: { x, y: y('law') } },
    {
      ...only('beyond'),
      mark: { type: 'line', strokeWidth: 2, strokeDash: [2, 3], color: line },
      encoding: { x, y: y('beyond') },
    },
    ...(hasIntervals
      ? [
          {
            ...only('low'),
            mark: { type: 'rule', strokeWidth: 1.2, color: text, tooltip: false },
            encoding: { x, y: y('low'), y2: { field: 'high' } },
          },
        ]
      : []),
    {
      ...only('measured'),
      mark: { type: 'point', filled: true, size: 42, opacity: 1, color: text },
      encoding: {
        x,
        y: y('measured'),
        tooltip: [
          { field: 'load', title: names.x },
          { field: 'as_measured', title: names.y },
          { field: 'interval', title: 'interval' },
        ],
      },
    },
    ...signLayers(x, y, colour('vermillion', look.theme)),
  ];
}

/** Knee and peak, the latter with its interval. */
function signLayers(x: Layer, y: (field: string) => Layer, sign: string): Layer[] {
  const seen = { condition: { test: 'datum.shown === 1', value: 1 }, value: 0 };
  return [
    {
      ...only('sign'),
      mark: { type: 'rule', strokeWidth: 2.5, color: sign, tooltip: false },
      encoding: { x: { ...x, field: 'from' }, x2: { field: 'to' }, y: y('sign'), opacity: seen },
    },
    {
      ...only('sign'),
      mark: { type: 'point', shape: 'diamond', filled: false, size: 150, strokeWidth: 2, color: sign, tooltip: false },
      encoding: { x, y: y('sign'), opacity: seen },
    },
    // A peak lies high and its name above it, a knee's below: close to each other they do not collide.
    ...(
      [
        ['above', -12],
        ['below', 14],
      ] as const
    ).map(([field, dy]) => ({
      ...only('sign'),
      mark: { type: 'text', align: 'left', dx: 8, dy, fontSize: 12, fontWeight: 600, color: sign, tooltip: false },
      encoding: { x, y: y('sign'), text: { field } },
    })),
  ];
}

/** The same in every layout, since the page has the data once: as many letters as the narrowest panel has room for. */
const panelName = (name: string): string => wrapped(name, 36).join('\n');

export function capacitySpec(chart: CapacityChart, options: Partial<ChartLook> = {}): TopLevelSpec {
  const look = { ...DEFAULT_LOOK, ...options };
  const { names, curves, subject } = chart;
  const columns = panelColumns(curves.length, look.layout);
  const width = Math.floor(CHART_WIDTH[look.layout] / columns) - Y_AXIS_WIDTH;
  const plot = {
    width,
    height: curves.length > 1 ? 170 : look.layout === 'narrow' ? 240 : 330,
    layer: layers(chart, look),
  };
  const panels = {
    facet: {
      field: 'series',
      type: 'nominal',
      sort: curves.map(({ name }) => panelName(name)),
      header: { title: null, labelExpr: 'split(datum.label, "\\n")', labelFontSize: columns > 1 ? 11 : 12 },
    },
    columns,
    spacing: 18,
    // Throughputs of curves may differ by decades.
    resolve: { axis: { x: 'independent', y: 'independent' }, scale: { x: 'independent', y: 'independent' } },
    spec: plot,
  };
  const caption = () => ({ finding: capacityFinding(chart), subject, conditions: capacityConditions(chart) });
  return chartSheet(look, caption, {
    data: { values: curves.flatMap((curve) => panelValues(names, { ...curve, name: panelName(curve.name) })) },
    ...(curves.length > 1 ? panels : plot),
  });
}
