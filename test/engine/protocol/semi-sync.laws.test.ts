import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NONE, SemiSync } from '../../../engine/protocol/semi-sync.js';

const REPLICAS = 5;
const MARKS = 8;

/** Steps on positions of a small range, so that they meet. */
const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('flush' as const) }) },
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('ack' as const),
        replica: fc.integer({ min: 0, max: REPLICAS - 1 }),
        share: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('leave' as const),
        replica: fc.integer({ min: 0, max: REPLICAS - 1 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('off' as const) }) },
  ),
  { maxLength: 200 },
);

/** The naive module: sorts to find the quorum, keeps all marks in an array. */
class Oracle {
  readonly connected = new Set<number>();
  readonly ackedBy = new Map<number, number>();
  marks: number[] = [];
  committed = 0;
  acked = 0;
  on = true;
  readonly count: number;

  constructor(count: number) {
    this.count = count;
  }

  flush(end: number): void {
    this.committed = end;
    if (this.on) this.marks.push(end);
  }

  acknowledge(replica: number, position: number): void {
    this.connected.add(replica);
    this.ackedBy.set(replica, Math.max(this.ackedBy.get(replica) ?? -1, position));
    const quorum = [...this.ackedBy.values()].sort((a, b) => b - a)[this.count - 1];
    if (quorum === undefined) return;
    if (Math.min(quorum, position) >= this.committed) this.on = true;
    this.acked = Math.max(this.acked, quorum);
    this.marks = this.marks.filter((mark) => mark > this.acked);
  }

  off(): void {
    if (!this.on) return;
    this.on = false;
    this.acked = 0;
    this.marks = [];
  }

  asksForAck(end: number): boolean {
    if (!this.on) return end >= this.committed;
    return end > this.acked && this.marks.includes(end);
  }
}

test('quorum, switch and flag agree with a module that sorts and filters', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: REPLICAS }), steps, (count, sequence) => {
      const options = { enabled: true, waitForSlaveCount: count, waitNoSlave: true, timeout: 1, marks: MARKS };
      const semisync = new SemiSync({ ...options, replicas: REPLICAS });
      const oracle = new Oracle(count);
      let end = 154;
      for (const step of sequence) {
        // Never more marks than there can be sessions under way.
        if (step.kind === 'flush' && oracle.marks.length < MARKS) {
          end += 100;
          semisync.reportFlush(end);
          oracle.flush(end);
        } else if (step.kind === 'ack') {
          const position = 154 + 100 * Math.round((step.share * (end - 154)) / 100);
          if (!oracle.connected.has(step.replica)) semisync.addReplica(step.replica, position);
          else semisync.acknowledge(step.replica, position);
          oracle.acknowledge(step.replica, position);
        } else if (step.kind === 'leave' && oracle.connected.delete(step.replica)) semisync.removeReplica();
        else if (step.kind === 'off') {
          semisync.switchOff();
          oracle.off();
        }
        expect([semisync.on, semisync.acked, semisync.committed]).toEqual([oracle.on, oracle.acked, oracle.committed]);
        expect(semisync.clients).toBe(oracle.connected.size);
        for (let at = Math.max(154, end - 1200); at <= end; at += 50) {
          expect(semisync.asksForAck(at), `asksForAck(${at})`).toBe(oracle.asksForAck(at));
          expect(semisync.markAtOrAfter(at)).toBe(oracle.marks.find((mark) => mark >= at) ?? NONE);
        }
      }
    }),
    { numRuns: 200 },
  );
});

test('no sleeper is forgotten: an ACK of everything always wakes while anybody sleeps', () => {
  const waits = fc.array(fc.record({ position: fc.integer({ min: 1, max: 9 }), ack: fc.integer({ min: 0, max: 9 }) }));
  fc.assert(
    fc.property(waits, (sequence) => {
      const semisync = new SemiSync({
        enabled: true,
        waitForSlaveCount: 1,
        waitNoSlave: true,
        timeout: 1,
        replicas: 1,
        marks: 16,
      });
      semisync.addReplica(0, 0);
      for (let end = 1; end <= 10; end++) semisync.reportFlush(end);
      let sleeping: number[] = [];
      for (const { position, ack } of sequence) {
        if (position > semisync.acked) {
          semisync.rememberWaiter(position);
          sleeping.push(position);
          semisync.waitSessions = sleeping.length;
        }
        if (semisync.acknowledge(0, ack)) sleeping = sleeping.filter((each) => each > semisync.acked);
        semisync.waitSessions = sleeping.length;
      }
      if (sleeping.length > 0) expect(semisync.acknowledge(0, 10)).toBe(true);
    }),
  );
});
