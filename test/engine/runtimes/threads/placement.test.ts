import { expect, test } from 'vitest';
import {
  defaultPlacement,
  PlacementError,
  parsePlacement,
  placementText,
  planFibers,
  ROLES,
} from '../../../../engine/runtimes/threads/placement.js';
import { withDefaults } from '../../settings.js';

test.each([
  [1, 3, 'clients+readers+acks+replicas'],
  [2, 3, 'clients/readers+acks+replicas'],
  [3, 3, 'clients/readers+acks/replicas'],
  [4, 3, 'clients/readers/acks/replicas'],
  [8, 3, 'clients/readers/acks/replicas/readers/replicas/readers/replicas'],
  [64, 1, 'clients/readers/acks/replicas'],
])('%i cores, %i replicas: %s', (cores, replicas, text) => {
  const placement = defaultPlacement(cores, replicas);
  expect(placementText(placement)).toBe(text);
  expect(placement.length).toBeLessThanOrEqual(Math.max(cores, 1));
  expect(parsePlacement(text)).toEqual(placement);
});

test('spaces do not matter', () => {
  expect(parsePlacement(' clients / readers + acks / replicas ')).toEqual([
    ['clients'],
    ['readers', 'acks'],
    ['replicas'],
  ]);
});

test.each([
  ['clients/readers/replicas', 'nobody hosts the acks; name every one of clients, readers, acks, replicas'],
  ['clients/clients+readers+acks+replicas', "the clients are one worker's"],
  ['clients+acks/readers+acks+replicas', "the acks are one worker's"],
  ['clients/reader+acks+replicas', '"reader" is none of clients, readers, acks, replicas'],
  ['', '"" is none of'],
  ['clients//readers+acks+replicas', '"" is none of'],
])('%j: %s', (text, message) => {
  expect(() => parsePlacement(text)).toThrow(PlacementError);
  expect(() => parsePlacement(text)).toThrow(message);
  expect(() => parsePlacement(text)).toThrow(`placement ${text}: `);
});

test('every fiber has one number, one name, and a worker that hosts its role; divided roles are dealt out', () => {
  const placement = parsePlacement('clients/readers/acks/replicas/readers+replicas');
  const plan = planFibers(withDefaults('mysql-5.7', { clients: 3, replicas: 4 }), placement);
  expect(plan.names).toHaveLength(3 + 1 + 1 + 2 * 4 + 1 + 4);
  expect(new Set(plan.names).size).toBe(plan.names.length);
  expect([0, 1, 2, 3].map((index) => plan.owners[plan.reader(index)])).toEqual([1, 4, 1, 4]);
  expect([0, 1, 2, 3].map((index) => plan.owners[plan.replica(index)])).toEqual([3, 4, 3, 4]);
  expect(plan.owners[plan.client(2)]).toBe(0);
  expect(plan.owners[plan.arrivals]).toBe(0);
  expect(plan.owners[plan.ackReceiver]).toBe(2);
  expect(plan.names[plan.replica(3)]).toBe('replica 3 I/O thread');
  expect(ROLES).toHaveLength(4);
});
