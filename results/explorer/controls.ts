/** What the explorer lets one turn, and in which steps. Whatever lies between them can be typed. */
import { PARAMETER_NAMES, PARAMETERS, type ParameterName } from '../../engine/protocol/parameters.js';

export interface Slider {
  readonly name: ParameterName;
  readonly label: string;
  /** As `--set` takes them, from left to right. */
  readonly steps: readonly string[];
}

export interface ControlGroup {
  readonly title: string;
  readonly sliders: readonly Slider[];
  /** Others that belong here, each a choice or a field. */
  readonly fields?: readonly ParameterName[];
}

const FSYNCS = ['0', '20us', '50us', '100us', '200us', '500us', '1ms', '2ms', '5ms', '10ms'];
const COUNTS = ['1', '2', '4', '8', '16', '32', '64', '128', '256', '512'];

export const CONTROL_GROUPS: readonly ControlGroup[] = [
  {
    title: 'Network and replicas',
    sliders: [
      {
        name: 'rtt',
        label: 'Round trip',
        steps: ['0', '50us', '100us', '200us', '500us', '1ms', '2ms', '5ms', '10ms', '20ms', '50ms', '100ms'],
      },
      { name: 'replicas', label: 'Replicas', steps: ['1', '2', '3', '4', '5', '6', '8', '12', '16'] },
      { name: 'wait_for_slave_count', label: 'ACKs waited for', steps: ['1', '2', '3', '4', '5'] },
      {
        name: 'bandwidth',
        label: 'Bandwidth',
        steps: ['1Mbps', '2Mbps', '5Mbps', '10Mbps', '20Mbps', '50Mbps', '100Mbps', '1Gbps', '10Gbps', 'unlimited'],
      },
    ],
  },
  {
    title: 'Storage',
    sliders: [
      { name: 'binlog_fsync', label: 'Binlog fsync', steps: FSYNCS },
      { name: 'redo_fsync', label: 'Redo fsync', steps: FSYNCS },
      { name: 'relay_fsync', label: 'Relay log fsync', steps: FSYNCS },
      { name: 'sync_binlog', label: 'sync_binlog', steps: ['0', '1', '2', '5', '10', '100', '1000'] },
      { name: 'sync_relay_log', label: 'sync_relay_log', steps: ['0', '1', '2', '5', '10', '100', '1000', '10000'] },
    ],
  },
  {
    title: 'Load',
    sliders: [
      { name: 'clients', label: 'Clients', steps: COUNTS },
      { name: 'think', label: 'Think time', steps: ['0', '1ms', '2ms', '5ms', '10ms', '20ms', '50ms', '100ms'] },
      {
        name: 'arrival_rate',
        label: 'Arrivals per second',
        steps: ['0', '50', '100', '200', '500', '1000', '2000', '5000', '10000', '20000'],
      },
      { name: 'events_per_tx', label: 'Events per transaction', steps: ['2', '4', '5', '6', '8', '12', '20', '40'] },
      {
        name: 'bytes_per_tx',
        label: 'Bytes per transaction',
        steps: ['200', '480', '1000', '2000', '5000', '10000', '50000', '200000', '1000000'],
      },
    ],
  },
  {
    title: 'Group commit and waiting',
    fields: ['order_commits', 'wait_no_slave'],
    sliders: [
      {
        name: 'group_commit_delay',
        label: 'Group commit delay',
        steps: ['0', '20us', '50us', '100us', '200us', '500us', '1ms', '2ms', '5ms'],
      },
      { name: 'group_commit_count', label: 'Group commit count', steps: ['0', '2', '4', '8', '16', '32', '64'] },
      { name: 'timeout', label: 'Semi-sync time-out', steps: ['1ms', '10ms', '100ms', '1s', '10s', '60s'] },
    ],
  },
  {
    title: 'Machines',
    fields: ['hosts'],
    sliders: [
      { name: 'cores', label: "Cores of the source's host", steps: ['1', '2', '4', '8', '16', '32', '64', '128'] },
      { name: 'seed', label: 'Seed', steps: ['42', '1', '2', '3', '4', '5', '6', '7', '8', '9'] },
    ],
  },
];

export const SLIDERS = CONTROL_GROUPS.flatMap(({ sliders }) => sliders);

/** All that has no slider, but for what the curves themselves say. */
export const FIELDS: readonly ParameterName[] = PARAMETER_NAMES.filter(
  (name) => !SLIDERS.some((slider) => slider.name === name) && name !== 'profile' && name !== 'wait_point',
);

/** Fields that belong to no group. */
export const OTHER_FIELDS: readonly ParameterName[] = FIELDS.filter(
  (name) => !CONTROL_GROUPS.some(({ fields }) => fields?.includes(name)),
);

/** What a field can be set to by choosing. Nothing is left to choose where any text may stand. */
export function choicesOf(name: ParameterName): readonly string[] | undefined {
  const { kind, values, perReplica } = PARAMETERS[name];
  if (perReplica) return undefined;
  return kind === 'switch' ? ['ON', 'OFF'] : kind === 'choice' ? values : undefined;
}

/** What the curves can be drawn along, and at which values unless others are given. */
export const AXES: Readonly<Partial<Record<ParameterName, readonly string[]>>> = {
  clients: ['1', '2', '4', '8', '16', '32', '64', '128'],
  rtt: ['100us', '200us', '500us', '1ms', '2ms', '5ms', '10ms', '20ms'],
  replicas: ['1', '2', '3', '4', '5', '6', '7', '8'],
  binlog_fsync: ['20us', '50us', '100us', '200us', '500us', '1ms', '2ms', '5ms'],
  relay_fsync: ['20us', '50us', '100us', '200us', '500us', '1ms', '2ms', '5ms'],
  arrival_rate: ['100', '200', '400', '800', '1600', '3200', '6400', '12800'],
  think: ['1ms', '2ms', '5ms', '10ms', '20ms', '50ms', '100ms', '200ms'],
  bytes_per_tx: ['200', '500', '1000', '2000', '5000', '10000', '20000', '50000'],
  group_commit_delay: ['20us', '50us', '100us', '200us', '500us', '1ms', '2ms', '5ms'],
  cores: ['1', '2', '4', '8', '16', '32', '64', '128'],
};
export const AXIS_NAMES = Object.keys(AXES) as readonly ParameterName[];

/** What the second chart can show. */
export const MEASURES_SHOWN = [
  'latency_mean_us',
  'latency_p50_us',
  'latency_p95_us',
  'latency_p99_us',
  'ack_wait_mean_us',
  'group_size_mean',
  'host_cpu_busy',
] as const;
export type MeasureShown = (typeof MEASURES_SHOWN)[number];
