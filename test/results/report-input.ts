/** A finished run made up of synthetic rows, for the report. */

import type { SweepRow } from '../../analysis/row.js';
import { defaultSettings } from '../../engine/protocol/parameters.js';
import { shippedPredictions } from '../../results/predictions.js';
import type { ReportInput } from '../../results/report/report.js';
import type { Manifest, ManifestPart } from '../../results/store-manifest.js';
import { shippedCrossValidation } from '../../workloads/calibration-file.js';
import type { ChartRequest } from '../../workloads/workload.js';
import { sweep } from '../analysis/synthetic-rows.js';
import { someRequest } from './manifests.js';

const CHARTS: readonly ChartRequest[] = [
  {
    name: 'clients-throughput',
    subject: 'Throughput against clients',
    x: 'clients',
    y: 'tps',
    series: 'profile',
    facet: 'rtt_us',
    compare: ['mysql-5.7', 'mysql-5.6'],
  },
  {
    name: 'clients-latency',
    subject: 'Latency against clients at 1 ms',
    x: 'clients',
    y: 'latency_mean_us',
    series: 'profile',
    where: { rtt_us: 1000 },
  },
];

function part(name: string, charts: readonly ChartRequest[], rows: readonly SweepRow[]): ManifestPart {
  return {
    name,
    title: 'Number of clients',
    question: 'How many clients does it take to hide the round trip?',
    runtime: 'virtual',
    charts,
    swept: ['profile', 'rtt', 'clients'],
    settings: { replicas: 1, binlog_fsync: defaultSettings('mysql-5.7').binlog_fsync },
    points: rows.map(({ point, variant }) => ({ index: point, variant, set: {} })),
  };
}

export function reportInput(change: Partial<Manifest> = {}, warning?: string): ReportInput {
  const rows = sweep({
    profile: ['mysql-5.6', 'mysql-5.7', 'mariadb-10.11'],
    rtt_us: [200, 1000, 5000],
    clients: [1, 4, 16, 64],
  }).map((row, point) => ({ ...row, point, part: 'clients', warnings: point === 5 ? (warning ?? null) : null }));
  const manifest: Manifest = {
    format: 1,
    acklab: '0.1.0',
    node: 'v20.20.0',
    workload: { name: 'clients', title: 'Clients', description: 'How clients share a round trip.', omitted: [] },
    request: someRequest({ workloads: ['clients'], set: ['replicas=1'], seed: 42, precision: 0.02 }),
    jobs: 2,
    machine: { cpu_model: 'A processor', cores: 2, memory_bytes: 8e9, os: 'Linux 6.1' },
    status: 'complete',
    started: '2026-03-01T09:30:05.000Z',
    finished: '2026-03-01T09:30:15.000Z',
    wall_seconds: 10,
    warnings: [],
    parts: [part('clients', CHARTS, rows)],
    ...change,
  };
  return { manifest, rows, predictions: shippedPredictions(), crossValidated: shippedCrossValidation() };
}
