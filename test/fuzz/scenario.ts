/** What a run is made of: a cluster with its settings, and what happens to it. */
import type fc from 'fast-check';
import { checkSchedule, inOrder, mostClients, type Schedule } from '../../engine/protocol/faults.js';
import { defaultSettings, PARAMETER_NAMES, type Settings } from '../../engine/protocol/parameters.js';
import { anySchedule } from '../engine/arbitrary-schedule.js';
import { anySettings } from '../engine/arbitrary-settings.js';

export interface Scenario {
  readonly settings: Settings;
  readonly schedule: Schedule;
}

/** The load lasts as long, µs: time for a few reconnections, at 15 round trips each, on a line that is not too long. */
export const DURATION_US = 40_000;

export const anyScenario: fc.Arbitrary<Scenario> = anySettings.chain((settings) =>
  anySchedule(settings, DURATION_US).map((schedule) => ({ settings, schedule: checkSchedule(settings, schedule) })),
);

export const connectionsOf = ({ settings, schedule }: Scenario): number => mostClients(settings, schedule);

/** Is the parameter what the settings say, throughout? */
export const staysAsSet = ({ schedule }: Scenario, parameter: string): boolean =>
  !schedule.some(({ event }) => event.kind === 'set' && event.parameter === parameter);

/** The scenario in lines: what differs from the profile's defaults, and the events in order. */
export function describeScenario({ settings, schedule }: Scenario): string[] {
  const defaults = defaultSettings(settings.profile);
  const differing = PARAMETER_NAMES.filter((name) => JSON.stringify(settings[name]) !== JSON.stringify(defaults[name]));
  return [
    `profile ${settings.profile}`,
    ...differing.map((name) => `${name} = ${JSON.stringify(settings[name])}`),
    ...inOrder(schedule).map(({ at, event }) => `at ${at} µs: ${JSON.stringify(event)}`),
  ];
}
