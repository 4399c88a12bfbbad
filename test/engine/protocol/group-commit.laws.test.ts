import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSessions, type Group, NOBODY, StageQueue, SyncPeriod } from '../../../engine/protocol/group-commit.js';

const SESSIONS = 12;

/** What may be done to a pair of stages: a session enters the first, a leader takes the first into the second, or takes the second. */
type Step = 'enter' | 'carry' | 'finish';

test('two stages against arrays: order kept, sizes right, exactly the first into an empty queue leads', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom<Step>('enter', 'enter', 'carry', 'finish')), (steps) => {
      const sessions = createSessions(SESSIONS);
      const [flush, sync] = [new StageQueue(sessions), new StageQueue(sessions)];
      let [flushOracle, syncOracle]: [number[], number[]] = [[], []];
      const idle = Array.from({ length: SESSIONS }, (_, session) => session);
      const group: Group = { first: NOBODY, last: NOBODY, size: 0 };
      for (const step of steps) {
        if (step === 'enter') {
          const session = idle.shift();
          if (session === undefined) continue;
          expect(flush.enter(session)).toBe(flushOracle.length === 0);
          flushOracle.push(session);
        } else if (step === 'carry' && flushOracle.length > 0) {
          flush.takeInto(group);
          expect(members(group, sessions.next)).toEqual(flushOracle);
          expect(sync.enterGroup(group.first, group.last, group.size)).toBe(syncOracle.length === 0);
          syncOracle = [...syncOracle, ...flushOracle];
          flushOracle = [];
        } else if (step === 'finish' && syncOracle.length > 0) {
          sync.takeInto(group);
          expect(members(group, sessions.next)).toEqual(syncOracle);
          idle.push(...syncOracle);
          syncOracle = [];
        }
        expect([flush.size, sync.size]).toEqual([flushOracle.length, syncOracle.length]);
      }
    }),
  );
});

function members(group: Group, next: Int32Array): number[] {
  const chain: number[] = [];
  for (let session = group.first; session !== NOBODY; session = next[session]!) chain.push(session);
  expect(chain.length).toBe(group.size);
  expect(chain.at(-1)).toBe(group.last);
  return chain;
}

test('sync_binlog: fsynced never for 0, every group for 1, every N-th for N; held back are those, and for 0 all', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 1, max: 100 }), (period, groups) => {
      const sync = new SyncPeriod(period);
      for (let group = 1; group <= groups; group++) {
        const due = period > 0 && group % period === 0;
        expect(sync.holdsBackNext()).toBe(due || period === 0);
        expect(sync.countGroup()).toBe(due);
      }
    }),
  );
});
