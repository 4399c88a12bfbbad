import { describe, expect, test } from 'vitest';
import type { SweepRow } from '../../analysis/row.js';
import { capacityChart, capacitySection } from '../../results/report/capacity-section.js';
import { row } from '../analysis/synthetic-rows.js';
import { reportInput } from './report-input.js';

const part = { ...reportInput().manifest.parts[0]!, name: 'p', title: 'Clients' };
const curve = (profile: 'mysql-5.6' | 'mysql-5.7', counts: readonly number[], first = 0) =>
  counts.map((clients, index) => {
    const tps =
      (1000 * clients) / (1 + 0.03 * (clients - 1) + (profile === 'mysql-5.6' ? 0.004 : 0) * clients * (clients - 1));
    const interval = { tps_ci95_low: tps * 0.99, tps_ci95_high: tps * 1.01 };
    const busy = { host_cpu_busy: 0.3, lock_commit_busy: 0.97, ack_round_trip_busy: 0.93 };
    return {
      ...row({ profile, clients }, { tps, latency_mean_us: (1e6 * clients) / tps, ...interval, ...busy }),
      point: first + index,
    };
  });
const SIX = [1, 2, 4, 8, 16, 32];

const sectionOf = (rows: readonly SweepRow[]) => capacitySection(part, rows, capacityChart(part, rows));

describe('a part with six loads', () => {
  const rows = [...curve('mysql-5.6', SIX), ...curve('mysql-5.7', SIX, 6)];
  const { html, charts } = sectionOf(rows);

  test('has a chart with a finding, and the law of each curve in a table', () => {
    expect(charts).toHaveLength(1);
    expect(charts[0]!.finding).toBe('1 of 2 curves peaks within the loads that were run, at 16 clients.');
    expect(html.text).toContain('data-chart="capacity-p"');
    expect(html.text).toMatch(/MySQL 5.7<\/th><td>0.03 \(/);
    expect(charts[0]!.data!.csv).toEqual(rows.map(({ point }) => point));
  });

  test('and says what binds', () => {
    expect(html.text.replaceAll('\u00a0', ' ')).toContain(
      'ACK round trip binds at 10 of 12 points; at 2 nothing is full.',
    );
    expect(html.text.replaceAll('\u00a0', ' ')).toContain('ACK round trip 93 % (inside LOCK_commit 97 %)');
  });

  test('wide and narrow pictures have the same data, which is in the page once', () => {
    const { wide, narrow } = charts[0]!.data!;
    expect(wide.data).toEqual(narrow.data);
  });
});

test('five loads are too few for a law, but not to say what binds', () => {
  const { html, charts } = sectionOf(curve('mysql-5.7', SIX.slice(0, 5)));
  expect(charts).toEqual([]);
  expect(html.text).toContain('ACK');
  expect(html.text).not.toContain('Universal Scalability Law');
});

test('of a curve with six loads and one with three, the first is fitted', () => {
  const rows = [...curve('mysql-5.6', SIX.slice(0, 3)), ...curve('mysql-5.7', SIX, 3)];
  expect(capacityChart(part, rows)!.curves.map(({ name }) => name)).toEqual(['MySQL 5.7']);
});

test('rows that tell nothing of either have no section at all', () => {
  expect(sectionOf([row({ clients: 4 }, {})]).html.text).toBe('');
});

test('an open loop has no number of clients that would be its load', () => {
  const rows = curve('mysql-5.7', SIX).map((one) => ({ ...one, arrival_rate: 1000 }));
  expect(capacityChart(part, rows)).toBeNull();
});
