import { describe, expect, test } from 'vitest';
import { checkSettings } from '../../engine/protocol/check-settings.js';
import { defaultSettings } from '../../engine/protocol/parameters.js';
import type { ProfileName } from '../../engine/protocol/profiles.js';
import { shippedCalibrations } from '../../workloads/calibration-file.js';
import { loadWorkload, parseSetOption, resolveSettings } from '../../workloads/load.js';
import { complaint, fileWith, HEAD } from './workspace.js';

/** The defaults of a profile: what is measured of its server, over the engine's first guesses. */
const calibrated = (profile: ProfileName) => ({
  ...defaultSettings(profile),
  ...shippedCalibrations().get(profile)?.settings,
});

const load = (text: string, ...set: string[]) => loadWorkload(fileWith('my.yaml', text), set.map(parseSetOption));
const pointsOf = (text: string, ...set: string[]) => load(text, ...set).parts[0]!.points;

describe('a workload file expands', () => {
  const text = `${HEAD.replace('x: clients, y: tps', 'x: clients, y: tps, series: profile, facet: variant')}
set: { rtt: 2ms, clients: 3 }
sweep:
  profile: [mysql-5.6, mysql-5.7]
  clients: [1, 2, 4]
variants:
  - { name: near, set: { rtt: 100us } }
  - { name: as set, set: {} }
`;

  test('variants vary slowest, the last axis fastest: 2 × 2 × 3 points', () => {
    const points = pointsOf(text);
    expect(points.map(({ index, variant, settings }) => [index, variant, settings.profile, settings.clients])).toEqual([
      [0, 'near', 'mysql-5.6', 1],
      [1, 'near', 'mysql-5.6', 2],
      [2, 'near', 'mysql-5.6', 4],
      [3, 'near', 'mysql-5.7', 1],
      [4, 'near', 'mysql-5.7', 2],
      [5, 'near', 'mysql-5.7', 4],
      [6, 'as set', 'mysql-5.6', 1],
      [7, 'as set', 'mysql-5.6', 2],
      [8, 'as set', 'mysql-5.6', 4],
      [9, 'as set', 'mysql-5.7', 1],
      [10, 'as set', 'mysql-5.7', 2],
      [11, 'as set', 'mysql-5.7', 4],
    ]);
    expect(points[0]!.swept).toEqual(['profile', 'clients']);
  });

  test('variant over set over defaults; what comes from the profile follows the swept profile', () => {
    const points = pointsOf(text);
    expect(points.map(({ settings }) => settings.rtt[0]!.mean)).toEqual([
      ...Array(6).fill(100),
      ...Array(6).fill(2000),
    ]);
    expect(points[0]!.settings).toEqual({
      ...calibrated('mysql-5.6'),
      clients: 1,
      rtt: [{ kind: 'constant', mean: 100 }],
    });
    expect(points[0]!.settings.events_per_tx).toBe(4);
    expect(points[3]!.settings).toMatchObject({
      events_per_tx: 5,
      wait_point: 'AFTER_SYNC',
      binlog_reader: 'lock-free',
    });
  });

  test('--set wins over everything, and narrows an axis to its value', () => {
    const points = pointsOf(text, 'rtt=7ms', 'clients=9', 'clients=2');
    expect(points).toHaveLength(4);
    for (const { settings } of points) {
      expect(settings.rtt).toEqual([{ kind: 'constant', mean: 7000 }]);
      expect(settings.clients).toBe(2);
    }
    expect(points[0]!.swept).toEqual(['profile']);
  });
});

describe('an override chooses among variants', () => {
  const text = `${HEAD.replace('y: tps', 'y: tps, series: variant')}variants:
  - { name: old, set: { profile: mysql-5.6 } }
  - { name: new, set: { profile: mysql-5.7 } }
  - { name: far, set: { rtt: 5ms } }
`;
  const variants = (...set: string[]) => pointsOf(text, ...set).map(({ variant }) => variant);

  test('those that say otherwise than it and one of them are left out', () => {
    expect(variants('profile=mysql-5.7')).toEqual(['new', 'far']);
    expect(variants('profile=mysql-5.7', 'rtt=5ms')).toEqual(['new', 'far']);
  });

  test('all stay where none says it', () => {
    expect(variants()).toEqual(['old', 'new', 'far']);
    expect(variants('profile=mariadb-10.11')).toEqual(['old', 'new', 'far']);
    expect(variants('clients=4', 'rtt=1ms')).toEqual(['old', 'new', 'far']);
  });

  test('a sweep of all versions, run for one, draws its charts', () => {
    const { points, charts } = loadWorkload('latency', [parseSetOption('profile=mysql-5.7')]).parts[0]!;
    expect(new Set(points.map(({ variant }) => variant))).toEqual(new Set(['MySQL 5.7']));
    expect(charts.map(({ name, compare }) => [name, compare])).toEqual([
      ['latency-throughput', undefined],
      ['latency-p99', undefined],
    ]);
  });
});

test('an axis without a column of its own is told by the variant column', () => {
  const text = `${HEAD.replace('x: clients', 'x: variant')}sweep: { think: [0, exponential(1ms)], cores: [2] }\n`;
  expect(pointsOf(text).map(({ variant }) => variant)).toEqual(['think=0', 'think=exponential(1ms)']);
});

test('costs of one mean are told by the variant column, too', () => {
  const text = `${HEAD.replace('x: clients', 'x: variant')}sweep: { rtt: [1ms, exponential(1ms)] }\n`;
  expect(pointsOf(text).map(({ variant }) => variant)).toEqual(['rtt=1ms', 'rtt=exponential(1ms)']);
});

test('a list gives the number of replicas where nobody else does', () => {
  expect(resolveSettings([parseSetOption('rtt=200us/1ms/5ms')]).replicas).toBe(3);
  expect(resolveSettings([parseSetOption('rtt=1ms'), parseSetOption('replicas=3')])).toMatchObject({
    replicas: 3,
    rtt: [{ kind: 'constant', mean: 1000 }],
  });
});

test('a file of samples is looked up from the workload file', () => {
  fileWith('lan.csv', '100\n300\n');
  const [point] = pointsOf(`${HEAD}set: { rtt: empirical(lan.csv) }\n`);
  expect(point!.settings.rtt).toEqual([{ kind: 'empirical', source: 'lan.csv', samples: [100, 300], mean: 200 }]);
});

describe('skip', () => {
  const sweep = 'sweep: { profile: [mysql-5.6, mysql-5.7], wait_point: [ASYNC, AFTER_SYNC] }\n';
  const head = HEAD.replace('x: clients', 'x: profile, series: wait_point');

  test('leaves out exactly the combinations it names', () => {
    const points = pointsOf(`${head}${sweep}skip:\n  - { profile: mysql-5.6, wait_point: [AFTER_SYNC] }\n`);
    expect(points.map(({ index, settings }) => [index, settings.profile, settings.wait_point])).toEqual([
      [0, 'mysql-5.6', 'ASYNC'],
      [1, 'mysql-5.7', 'ASYNC'],
      [2, 'mysql-5.7', 'AFTER_SYNC'],
    ]);
  });

  test('nothing is left out that it does not name', () => {
    expect(complaint(() => load(`${head}${sweep}`))).toBe(
      'my.yaml:6:63: wait_point: mysql-5.6 knows AFTER_COMMIT only; AFTER_SYNC came with MySQL 5.7',
    );
  });

  test('says so when nothing is left', () => {
    expect(complaint(() => load(`${head}${sweep}skip: [{ profile: mysql-5.6 }]\n`, 'profile=mysql-5.6'))).toBe(
      'my.yaml: no point of mine is left under --set profile=mysql-5.6; its "skip" takes them all',
    );
  });
});

describe('a mistake in a file is one line with file, line, column and remedy', () => {
  test.each([
    ['set:\n  rt: 5ms\n', 'my.yaml:7:3: unknown parameter "rt"; did you mean "rtt"?'],
    ['sweeps:\n  rtt: [5ms]\n', 'my.yaml:6:1: unknown key "sweeps"; did you mean "sweep"?'],
    [
      'set:\n  rpl_semi_sync_master_timeout: 1s\n',
      'my.yaml:7:3: unknown parameter "rpl_semi_sync_master_timeout"; did you mean "timeout"?',
    ],
    ['sweep:\n  clients: [1]\n  rtt: [1ms,\n    -2ms]\n', 'my.yaml:9:5: rtt: -2ms is negative; the least is 0'],
    ['set: { timeout: 5 }\n', 'my.yaml:6:17: timeout: "5" has no unit; write 5us, 5ms or 5s'],
    [
      'set: { profile: mysql-5.8 }\n',
      'my.yaml:6:17: profile: "mysql-5.8" is none of mysql-5.6, mysql-5.7, mariadb-10.11; did you mean mysql-5.6?',
    ],
    [
      'set:\n  replicas: 2\n  wait_for_slave_count: 3\n',
      'my.yaml:8:25: wait_for_slave_count: 3 is more than the 2 semi-synchronous replicas; lower it, add replicas, or set wait_point=ASYNC',
    ],
    [
      'set:\n  profile: mysql-5.6\n  wait_point: AFTER_SYNC\n',
      'my.yaml:8:15: wait_point: mysql-5.6 knows AFTER_COMMIT only; AFTER_SYNC came with MySQL 5.7',
    ],
    [
      'set:\n  wait_points: AFTER_COMMIT\n', // The culprit, AFTER_SYNC, is a default of the profile.
      'my.yaml:7:16: wait_point: mysql-5.7 knows AFTER_COMMIT only; AFTER_SYNC came with MySQL 5.7',
    ],
    ['sweep: { rtt: [1ms, 1000us] }\n', 'my.yaml:6:21: rtt: 1ms stands twice; leave one out'],
    ['sweep: { rtt: 1ms }\n', 'my.yaml:6:15: "sweep.rtt": a list of values is wanted, such as [a, b]; '],
    ['sweep: { rtt: [] }\n', 'my.yaml:6:15: "sweep.rtt": the list is empty; give at least one value, '],
    ['sweep: [rtt]\n', 'my.yaml:6:8: "sweep" must be keys with values'],
    ['set:\n  rtt:\n', 'my.yaml:7:7: rtt: the value is missing'],
    ['set:\n  rtt: empirical(no.csv)\n', 'my.yaml:7:8: rtt: samples no.csv: there is no such file'],
    ['variants:\n  - { name: a, set: {} }\n  - { name: a, set: {} }\n', 'my.yaml:8:13: the variant "a" stands twice; '],
    ['variants:\n  - { name: a, sett: {} }\n', 'my.yaml:7:16: unknown key "sett"; did you mean "set"?'],
    [
      'sweep: { rtt: [1ms] }\nvariants:\n  - { name: a, set: { rtt: 2ms } }\n',
      'my.yaml:8:28: rtt is swept already; set it in variants or in sweep',
    ],
    ['skip: [{ profil: mysql-5.6 }]\n', 'my.yaml:6:10: unknown parameter "profil"; did you mean "profile"?'],
    ['title: again\n', 'my.yaml:6:1: not valid YAML: Map keys must be unique'],
    ['set: { rtt: [1ms\n', 'my.yaml:7:1: not valid YAML: '],
    [
      `sweep: { clients: [${[...Array(400).keys()].map((n) => n + 1)}], seed: [${[...Array(400).keys()]}] }\n`,
      'my.yaml: 160000 points in mine; sweep fewer values, 100000 points at most',
    ],
  ])('%j', (text, message) => {
    const line = complaint(() => load(HEAD + text));
    expect(line.slice(0, message.length)).toBe(message);
    expect(line).not.toContain('\n');
  });

  test.each([
    ['just a sentence', 'my.yaml:1:1: not a workload; write keys with values, beginning with "name: my-sweep"'],
    ['', 'my.yaml:1:1: not a workload'],
    ['\u0000\u0001\u0002ELF', 'my.yaml:1:1: not a workload'],
    ['title: t\n', 'my.yaml:1:1: "name" is missing'],
    ['name: A b\n', 'my.yaml:1:7: "name": a name is made of a-z'],
    ['name: [a]\n', 'my.yaml:1:7: "name" must be a text'],
  ])('%j is no workload', (text, message) => {
    expect(complaint(() => load(text)).slice(0, message.length)).toBe(message);
  });

  test('a file that cannot be read is named', () => {
    expect(complaint(() => loadWorkload('/no/such/file.yaml'))).toBe('/no/such/file.yaml: there is no such file');
    expect(complaint(() => loadWorkload('./'))).toContain('it is a directory, not a file');
  });
});

describe('a chart that could not be drawn is refused', () => {
  const withChart = (chart: string): string =>
    `name: mine\ntitle: Mine\nquestion: Why?\nsweep: { clients: [1, 2], rtt: [1ms, 2ms] }\ncharts:\n  - ${chart}\n`;

  test.each([
    ['{ name: a, subject: s, x: rtt, y: tps }', '6:31: "charts.0.x": unknown column "rtt"; did you mean "rtt_us"?'],
    ['{ name: a, subject: s, x: rtt_us, y: profile }', '6:42: "charts.0.y": unknown column "profile"; '],
    ['{ name: a, subject: s, x: rtt_us, y: tps, series: tps }', '6:55: "charts.0.series": unknown column "tps"; '],
    [
      '{ name: a, subject: s, x: rtt_us, y: tps, x_scale: lg }',
      '6:56: "charts.0.x_scale" must be one of log, linear, ordinal',
    ],
    [
      '{ name: a, subject: s, x: rtt_us, y: tps, where: { client: 1 } }',
      '6:56: unknown column "client"; did you mean "clients"?',
    ],
    [
      '{ name: a, subject: s, x: rtt_us, y: tps }',
      '6:5: chart "a" has several points at one place, which differ in clients; ' +
        'use that as series or facet, or choose one value under "where"',
    ],
    [
      '{ name: a, subject: s, x: rtt_us, y: tps, where: { clients: 3 } }',
      '6:54: unknown value of clients "3"; did you mean "1"?',
    ],
    [
      "{ name: a, subject: s, x: rtt_us, y: tps, series: clients, compare: ['1', '4'] }",
      '6:73: unknown value of clients "4"; did you mean "1"?',
    ],
    [
      "{ name: a, subject: s, x: rtt_us, y: tps, where: { clients: 1 }, compare: ['1', '2'] }",
      '6:79: "compare" names two series, but the chart has none; add "series"',
    ],
    ["{ name: a, subject: s, x: rtt_us, y: tps, compare: ['1'] }", '6:56: "charts.0.compare" '],
    ['{ name: a, subject: s, x: rtt_us, y: tps, where: { clients: 1, rtt_us: [1000, 2000] } }', undefined],
    ['{ name: a, subject: s, x: tps, y: latency_p99_us, series: rtt_us }', undefined],
  ])('%s', (chart, message) => {
    const line = complaint(() => load(withChart(chart)));
    if (message === undefined) expect(line).toBe('no complaint');
    else expect(line.slice(0, `my.yaml:${message}`.length)).toBe(`my.yaml:${message}`);
  });

  test('--set frees the columns that it fixes, and drops what it empties', () => {
    const chart = "{ name: a, subject: s, x: rtt_us, y: tps, series: clients, compare: ['1', '2'] }";
    const filtered = '{ name: b, subject: s, x: rtt_us, y: tps, where: { clients: 2 } }';
    const text = `${withChart(chart)}  - ${filtered}\n`;
    const charts = (...set: string[]) =>
      load(text, ...set).parts[0]!.charts.map(({ name, where, compare }) => ({ name, where, compare }));
    expect(charts()).toEqual([
      { name: 'a', where: undefined, compare: ['1', '2'] },
      { name: 'b', where: { clients: 2 }, compare: undefined },
    ]);
    expect(charts('clients=8')).toEqual([
      { name: 'a', where: undefined, compare: undefined },
      { name: 'b', where: undefined, compare: undefined },
    ]);
  });
});

describe('a tour', () => {
  const tour = (parts: string): string => `name: tour\ntitle: Tour\ndescription: All of it.\nparts:\n${parts}`;

  test('puts parts one after the other, made sparser, with points numbered through', () => {
    const { parts } = load(
      tour(
        '  - use: quorum\n    sweep: { clients: [16] }\n    variants: [all at 1 ms, 2 near and 3 far]\n  - use: ./own.yaml\n'.replace(
          './own.yaml',
          fileWith('own.yaml', `${HEAD}sweep: { clients: [1, 2] }\n`),
        ),
      ),
    );
    // 2 variants × 1 × 5 counts, then 2 points of the file.
    expect(parts.map(({ name, points }) => [name, points.length])).toEqual([
      ['quorum', 10],
      ['mine', 2],
    ]);
    expect(parts.flatMap(({ points }) => points.map(({ index }) => index))).toEqual([...Array(12).keys()]);
  });

  test('leaves out what overrides make impossible, and says which and why', () => {
    const { parts, omitted } = loadWorkload('default', [parseSetOption('profile=mysql-5.6')]);
    expect(parts.map(({ name }) => name)).not.toContain('quorum');
    expect(omitted?.find((line) => line.startsWith('quorum ('))).toContain('AFTER_SYNC');
    expect(loadWorkload('default').omitted).toBeUndefined();
  });

  test('of which nothing is left is refused', () => {
    expect(complaint(() => loadWorkload('default', [parseSetOption('replicas=0')]))).toMatch(
      /^nothing is left of default: /,
    );
  });

  test.each([
    ['  - use: latenci\n', 'my.yaml:5:10: unknown workload "latenci"; did you mean "latency"?'],
    ['  - use: default\n', 'my.yaml:5:10: default is made of parts itself; name those parts here instead'],
    ['  - use: latency\n  - use: latency\n', 'my.yaml:6:10: the part "latency" stands twice; leave one out'],
    [
      '  - use: latency\n    sweep: { cores: [1] }\n',
      'my.yaml:6:14: unknown axis of latency "cores"; use one of clients, ',
    ],
    ['  - use: latency\n    variants: [a]\n', 'my.yaml:6:16: unknown variant of latency "a"; '],
    [
      '  - use: latency\n    charts: [latency-p9]\n',
      'my.yaml:6:14: unknown chart of latency "latency-p9"; did you mean "latency-p99"?',
    ],
    ['  - use: replicas\n    sweep: { clients: [64] }\n', 'my.yaml:5:10: as made sparser here, '],
    ['  - latency\n', 'my.yaml:5:5: "parts.0" must be keys with values'],
    ['  - use: latency\nsweep: {}\n', 'my.yaml:6:1: unknown key "sweep"; use one of name, title, description, parts'],
  ])('%j', (parts, message) => {
    expect(complaint(() => load(tour(parts))).slice(0, message.length)).toBe(message);
  });
});

describe('--set', () => {
  test.each([
    ['rtt', '--set rtt: no value; write --set name=value, such as --set rtt=2ms'],
    ['rt=5ms', '--set rt=5ms: unknown parameter "rt"; did you mean "rtt"?'],
    ['rtt=5', '--set rtt=5: rtt: "5" has no unit; write 5us, 5ms or 5s'],
    ['rtt=', '--set rtt=: rtt: the value is missing'],
    [
      'wait_for_slave_count=2',
      '--set wait_for_slave_count=2: wait_for_slave_count: 2 is more than the 1 semi-synchronous replicas',
    ],
    ['xyzzy=1', '--set xyzzy=1: unknown parameter "xyzzy"; use one of profile, wait_point, '],
  ])('%s', (text, message) => {
    expect(complaint(() => resolveSettings([parseSetOption(text)])).slice(0, message.length)).toBe(message);
  });

  test('is blamed for what it contradicts in a file', () => {
    expect(complaint(() => loadWorkload('quorum', [parseSetOption('replicas=3')]))).toMatch(
      /^--set replicas=3: wait_for_slave_count: 4 is more than the 3 .*quorum\.yaml:\d+:\d+ sets wait_for_slave_count=4$/,
    );
  });

  test('gives settings that hold together', () => {
    expect(resolveSettings([])).toEqual(checkSettings(calibrated('mysql-5.7')));
    expect(resolveSettings([parseSetOption('profile=MYSQL-5.6')])).toEqual(calibrated('mysql-5.6'));
  });
});

test('an unknown workload is answered with the nearest', () => {
  expect(complaint(() => loadWorkload('latencies'))).toContain('unknown workload "latencies"; did you mean "latency"?');
});
