import { describe, expect, test } from 'vitest';
import { checkSettings, SettingsError } from '../../../engine/protocol/check-settings.js';
import { defaultSettings, PARAMETER_NAMES, PARAMETERS, type Settings } from '../../../engine/protocol/parameters.js';
import { CHOICE_VALUES, PROFILE_NAMES, PROFILES } from '../../../engine/protocol/profiles.js';
import { constant, withDefaults } from '../settings.js';

describe('the table of parameters', () => {
  test.each(PROFILE_NAMES)('%s has a default for every parameter, and no other', (profile) => {
    expect(Object.keys(defaultSettings(profile)).sort()).toEqual([...PARAMETER_NAMES].sort());
    expect(checkSettings(defaultSettings(profile))).toEqual(defaultSettings(profile));
  });

  test('what a profile brings along is marked as such, and its choices are known values', () => {
    for (const profile of PROFILE_NAMES) {
      const { choices, defaults } = PROFILES[profile];
      for (const name of [...Object.keys(choices), ...Object.keys(defaults)]) {
        expect(PARAMETERS[name as keyof Settings].fromProfile, name).toBe(true);
      }
      for (const [name, values] of Object.entries(CHOICE_VALUES)) {
        expect(values, `${profile} ${name}`).toContain(choices[name as keyof typeof choices]);
      }
    }
  });
});

describe('contradictions are refused, and the parameter to blame is named', () => {
  const blamed = (settings: Settings): string => {
    try {
      checkSettings(settings);
    } catch (error) {
      expect(error).toBeInstanceOf(SettingsError);
      return (error as SettingsError).parameter;
    }
    return 'nothing';
  };

  test.each<[string, Partial<Settings>, string]>([
    ['as many round trips as replicas', { replicas: 3, rtt: [constant(1), constant(2), constant(3)] }, 'nothing'],
    ['two round trips for three replicas', { replicas: 3, rtt: [constant(1), constant(2)] }, 'rtt'],
    ['two bandwidths for three replicas', { replicas: 3, bandwidth: [1, 2] }, 'bandwidth'],
    ['two relay fsyncs for three replicas', { replicas: 3, relay_fsync: [constant(1), constant(2)] }, 'relay_fsync'],
    ['two switches for three replicas', { replicas: 3, semisync: [true, false] }, 'semisync'],
    ['more ACKs than replicas', { replicas: 2, wait_for_slave_count: 3 }, 'wait_for_slave_count'],
    [
      'more ACKs than semi-sync replicas',
      { replicas: 2, semisync: [true, false], wait_for_slave_count: 2 },
      'wait_for_slave_count',
    ],
    ['asynchronous replicas need no quorum', { replicas: 0, wait_point: 'ASYNC' }, 'nothing'],
    ['AFTER_SYNC where it is unknown', { wait_points: 'AFTER_COMMIT' }, 'wait_point'],
    [
      'a count where the first ACK counts',
      { replicas: 2, wait_for_slave_count: 2, ack_quorum: 'first' },
      'wait_for_slave_count',
    ],
    ['events that do not fit', { events_per_tx: 21, bytes_per_tx: 480 }, 'bytes_per_tx'],
    ['events that just fit', { events_per_tx: 20, bytes_per_tx: 460 }, 'nothing'],
  ])('%s', (_, overrides, parameter) => {
    expect(blamed(withDefaults('mysql-5.7', overrides))).toBe(parameter);
  });

  test('5.6 with AFTER_SYNC names the version', () => {
    expect(() => checkSettings(withDefaults('mysql-5.6', { wait_point: 'AFTER_SYNC' }))).toThrow(
      'mysql-5.6 knows AFTER_COMMIT only',
    );
  });
});
