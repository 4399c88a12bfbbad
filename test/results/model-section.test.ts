import { describe, expect, it } from 'vitest';
import type { Settings } from '../../engine/protocol/parameters.js';
import { overlayOf, predictionsFor, profilesOfOtherCosts, shippedPredictions } from '../../results/predictions.js';
import { modelSection } from '../../results/report/model-section.js';
import { writeReport } from '../../results/report/report.js';
import type { ErrorTable } from '../../workloads/calibration.js';
import { manifestOf } from './manifest-of.js';
import { reportInput } from './report-input.js';

const errors = { median: 7.7, p90: 8.8, max: 9.9, bias: -1.1 };
const UNSEEN: ErrorTable = { tps: errors, latency_mean_us: null, latency_p95_us: null };

/** Two rows of one version: 10 % too much with 4 clients, 20 % too little with 16. */
const rows = [
  { clients: 4, predicted: 1100 },
  { clients: 16, predicted: 800 },
].map(({ clients, predicted }) => {
  const row = shippedPredictions().find(({ observation }) => observation.profile === 'mysql-5.6')!;
  const measures = (tps: number) => ({ tps, latency_mean_us: null, latency_p95_us: null });
  return {
    ...row,
    observation: { ...row.observation, clients },
    measured: measures(1000),
    predicted: measures(predicted),
    error_pct: measures((predicted - 1000) / 10),
    tps_range: { low: 980, high: 1020 },
  };
});

const texts = (html: string): string =>
  html
    .replaceAll(/<[^>]+>/g, '|')
    .replaceAll('\u00a0', ' ')
    .replaceAll(/\|+/g, '|');

describe('the section', () => {
  const { html } = modelSection(rows, new Map([['mysql-5.6', UNSEEN]]), [])!;
  const shown = texts(html.text);

  it('has the errors of the version and of its regions: 10 and 20 % have a median of 15, a 90th percentile of 10 + 0.9 × 10, and a bias of −5', () => {
    expect(shown).toContain('|MySQL 5.6|2|15.0|19.0|20.0|−5.0|');
    expect(shown).toContain('|4 clients|1|10.0|10.0|10.0|+10.0|');
    expect(shown).toContain('|16 clients|1|20.0|20.0|20.0|−20.0|');
    expect(shown).not.toContain('All versions');
  });

  it('makes no region of what is unknown: asynchronous rows wait for no ACK', () => {
    const mixed = [
      rows[0]!,
      { ...rows[1]!, observation: { ...rows[1]!.observation, wait_point: 'ASYNC', wait_for_slave_count: null } },
    ];
    const text = texts(modelSection(mixed, new Map(), [])!.html.text);
    expect(text).toContain('|ASYNC|1|20.0|');
    expect(text).not.toMatch(/ACKs?\|1\|/);
  });

  it('has the error on rows left out of the fit', () => {
    expect(shown).toContain('|left out of the fit|2|7.7|8.8|9.9|−1.1|');
  });

  it('says what was measured and how far the runs lie apart: 4 % of the median', () => {
    expect(shown).toContain('moved by 4 % (median) and 4 % (90th percentile)');
    expect(shown).toContain('Measured were 4 to 16 clients,');
    expect(shown).toContain('extrapolation');
  });

  it('is not there without measured rows', () => {
    expect(modelSection([], new Map(), [])).toBeUndefined();
  });

  it('says that the run used other costs', () => {
    const other = modelSection(rows, new Map(), ['mysql-5.6'])!;
    expect(texts(other.html.text)).toContain('This run used other costs than the shipped ones for MySQL 5.6');
    expect(shown).not.toContain('other costs than');
  });
});

describe('a run', () => {
  const all = shippedPredictions();
  const one = all.find(({ observation }) => observation.profile === 'mysql-5.7')!;
  const run = (change: Partial<Settings> = {}) => manifestOf([{ ...one.settings, ...change }]);

  it('is held against its own versions only', () => {
    const own = predictionsFor(['mysql-5.6'], all);
    expect(own.length).toBeGreaterThan(8);
    expect(new Set(own.map(({ observation }) => observation.profile))).toEqual(new Set(['mysql-5.6']));
  });

  it('is told by its settings to have other costs than the shipped ones', () => {
    expect(profilesOfOtherCosts(run(), all)).toEqual([]);
    const { cpu_statement } = one.settings;
    expect(
      profilesOfOtherCosts(run({ cpu_statement: { ...cpu_statement, mean: 2 * cpu_statement.mean } }), all),
    ).toEqual(['mysql-5.7']);
  });

  it('lays measured rows over its points by all of their settings', () => {
    const { settings, measured } = overlayOf(run(), all);
    expect(settings.get(0)).toEqual(one.settings);
    expect(measured).toBe(all);
  });
});

describe('the report', () => {
  const page = writeReport(reportInput());

  it('leads to the section from its contents, with the finding', () => {
    expect(page).toMatch(/<a href="#model">Model against measurement<\/a>\n<span>Half of.112.measured throughputs/);
    expect(page).toContain('id="chart-model-throughput"');
    expect(page).toContain('id="chart-model-latency"');
  });
});
