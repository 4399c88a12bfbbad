import { describe, expect, test } from 'vitest';
import { type PlanRequest, planQuestion } from '../../results/plan-question.js';
import { InputError } from '../../workloads/input-error.js';
import { parseSetOption } from '../../workloads/load.js';

type Change = Omit<Partial<PlanRequest>, 'given'> & { readonly set?: readonly string[] };

const questionOf = ({ set = [], ...changes }: Change) =>
  planQuestion({
    given: set.map(parseSetOption),
    calibrations: [],
    predictions: null,
    targets: [{ quantity: 'tps', bound: 1000 }],
    lose: null,
    stall: null,
    may: [],
    keep: [],
    changes: 3,
    precision: 0.02,
    ...changes,
  });

const names = (change: Change): string[] =>
  questionOf(change).dimensions.flatMap((own) => own.slice(0, 1).map(({ settings }) => settings[0]!.name));

describe('what may change', () => {
  test('settings, distances, disks and the version, unless it is said', () => {
    const set = ['profile=mysql-5.6', 'binlog_fsync=1ms'];
    const settings = ['wait_point', 'wait_for_slave_count', 'sync_relay_log'];
    expect(names({ set })).toEqual([...settings, 'rtt', 'profile']);
    expect(names({ set, keep: ['profile', 'sync_relay_log'] })).toEqual([...settings.slice(0, 2), 'rtt']);
    expect(names({ set, may: ['profile'] })).toEqual(['profile']);
  });

  test('disks and distances that the user names are facts, unless they may change', () => {
    const set = ['rtt=1ms', 'redo_fsync=1ms'];
    expect(names({ set })).toEqual(['wait_point', 'wait_for_slave_count', 'sync_relay_log']);
    expect(names({ set, may: ['rtt', 'binlog_fsync'] })).toEqual(['rtt', 'binlog_fsync']);
  });

  test('nothing is proposed that nobody measured: no round trip of 100 µs', () => {
    const { dimensions } = questionOf({});
    const texts = dimensions.flat().flatMap(({ settings }) => settings.map(({ name, text }) => `${name}=${text}`));
    expect(texts).toContain('rtt=200us');
    expect(texts).not.toContain('rtt=100us');
  });

  test('every set of replicas that may acknowledge', () => {
    const { dimensions } = questionOf({ set: ['rtt=200us/1ms/5ms'], may: ['semisync'] });
    const texts = dimensions.flat().map(({ settings }) => settings[0]!.text);
    expect(texts).toHaveLength(7);
    expect(texts.slice(0, 2)).toEqual(['ON/ON/ON', 'OFF/ON/ON']);
  });

  test('values of distributions keep their commas', () => {
    const { dimensions } = questionOf({ may: ['rtt=lognormal(1ms, 0.4),500us'] });
    expect(dimensions.flat().map(({ settings }) => settings[0]!.text)).toEqual(['lognormal(1ms, 0.4)', '500us']);
  });
});

test('clients: the powers of two that were measured, or the number that is set', () => {
  expect(questionOf({}).clients).toEqual([1, 2, 4, 8, 16, 32, 64]);
  expect(questionOf({ set: ['clients=48'] }).clients).toEqual([48]);
});

test('what --lose asks for is required, and no part of what may change', () => {
  const question = questionOf({ set: ['profile=mysql-5.6'], lose: 'nothing' });
  expect(question.required.map(({ name, text }) => `${name}=${text}`)).toEqual([
    'profile=mysql-5.7',
    'sync_relay_log=1',
    'timeout=4294967.295s',
  ]);
  const changing = question.dimensions.flat().map(({ settings }) => settings[0]!.name);
  expect(changing).not.toContain('sync_relay_log');
  expect(changing).not.toContain('profile');
});

describe('what is wrong is said in one line', () => {
  test.each<[Change, RegExp]>([
    [{ may: ['wait_pont'] }, /--may wait_pont: unknown parameter "wait_pont"; did you mean "wait_point"\?/],
    [{ may: ['cores'] }, /--may cores: no values are proposed for cores; give some: --may cores=VALUE/],
    [{ may: ['rtt=5'] }, /--may rtt=5: rtt: "5" has no unit/],
    [{ may: ['timeout'] }, /--may timeout: .* --stall 2s/],
    [{ may: ['clients=1,2'] }, /--may clients=1,2: any number of clients is tried/],
    [{ may: ['cpu_ack=1us'] }, /cpu_ack is what a plan has to cope with.*use --set/],
    [{ may: ['rtt=1ms', 'rtt=2ms'] }, /rtt stands twice; give all of its values at once/],
    [{ may: ['rtt'], keep: ['rtt'] }, /rtt is to be kept, or is needed by --lose; leave one out/],
    [{ keep: ['sync_relay_log'], lose: 'nothing' }, /--lose nothing needs sync_relay_log=1; leave one/],
    [{ stall: 2e6, lose: 'nothing' }, /--stall 2s: .*commits wait until replicas answer.*leave one out/],
    [{ predictions: 'nowhere.csv' }, /nowhere\.csv: there is no such file/],
    [{ may: ['semisync'], set: ['replicas=9'] }, /9 replicas make 511 sets; give those to try/],
    [{ targets: [] }, /no target/],
  ])('%j', (change, message) => {
    const ask = () => questionOf(change);
    expect(ask).toThrow(InputError);
    expect(ask).toThrow(message);
    expect(ask).not.toThrow(/\n/);
  });
});
