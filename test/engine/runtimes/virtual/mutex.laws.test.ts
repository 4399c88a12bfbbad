import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Script } from '../../../../engine/actors/primitives.js';
import { VirtualCondition, VirtualMutex } from '../../../../engine/runtimes/virtual/mutex.js';
import { fixed, newWorld } from './world.js';

const DISCIPLINES = ['barging', 'fifo'] as const;

/** What a fiber does again and again: pause, take the mutex, compute and sleep under it, give it back. */
const visits = fc.array(
  fc.record({
    pause: fc.integer({ min: 0, max: 20 }),
    computes: fc.integer({ min: 0, max: 20 }),
    sleeps: fc.integer({ min: 0, max: 20 }),
  }),
  { minLength: 1, maxLength: 6 },
);
const crowd = fc.array(visits, { minLength: 1, maxLength: 8 });

describe.each(DISCIPLINES)('a %s mutex', (discipline) => {
  test('is held by one at a time, and everybody gets it in the end', () => {
    fc.assert(
      fc.property(crowd, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 5 }), (fibers, cores, wake) => {
        const { kernel, host, spawn, stuck } = newWorld(cores, wake, wake);
        const mutex = new VirtualMutex(kernel, discipline);
        let [holders, turns] = [0, 0];
        fibers.forEach((list, index) => {
          spawn(`fiber ${index}`, function* (self): Script {
            for (const { pause, computes, sleeps } of list) {
              if (kernel.sleep(self, pause)) yield;
              if (mutex.acquire(self)) yield;
              holders++;
              expect(holders).toBe(1);
              if (host.use(self, computes)) yield;
              if (kernel.sleep(self, sleeps)) yield;
              expect(holders).toBe(1);
              holders--;
              turns++;
              mutex.release(self);
            }
          });
        });
        expect(stuck()).toEqual([]);
        expect(turns).toBe(fibers.reduce((sum, list) => sum + list.length, 0));
      }),
      { numRuns: 200 },
    );
  });

  test('goes together with a condition variable: what is produced is consumed once, nobody sleeps on', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 3 }),
        (consumers, pauses, cores) => {
          const { kernel, host, spawn, stuck } = newWorld(cores, 1, 1);
          const mutex = new VirtualMutex(kernel, discipline);
          const produced = new VirtualCondition(kernel, fixed(0), mutex);
          let [stock, consumed, over, inside] = [0, 0, false, 0];
          for (let c = 0; c < consumers; c++) {
            spawn(`consumer ${c}`, function* (self): Script {
              for (;;) {
                if (mutex.acquire(self)) yield;
                while (stock === 0 && !over) if (produced.wait(self)) yield;
                expect(++inside, 'the mutex is held again after a wait').toBe(1);
                if (host.use(self, 2)) yield;
                inside--;
                if (stock === 0) break;
                stock--;
                consumed++;
                mutex.release(self);
              }
              mutex.release(self);
            });
          }
          spawn('producer', function* (self): Script {
            for (const pause of pauses) {
              if (kernel.sleep(self, pause)) yield;
              if (mutex.acquire(self)) yield;
              stock++;
              if (produced.broadcast(self)) yield;
              mutex.release(self);
            }
            if (mutex.acquire(self)) yield;
            over = true;
            if (produced.broadcast(self)) yield;
            mutex.release(self);
          });
          expect(stuck()).toEqual([]);
          expect([consumed, stock]).toEqual([pauses.length, 0]);
        },
      ),
    );
  });
});

test('canary: a mutex that forgets to wake is noticed', () => {
  const { kernel, spawn, stuck } = newWorld(2);
  const mutex = new VirtualMutex(kernel, 'barging');
  mutex.release = () => {};
  for (const name of ['a', 'b']) {
    spawn(name, function* (self): Script {
      if (mutex.acquire(self)) yield;
      mutex.release(self);
    });
  }
  expect(stuck()).toEqual(['b']);
});

describe('who gets a mutex that is given back', () => {
  /** A holds it, B waits; A gives it back and wants it again at once, without blocking in between. */
  function order(discipline: 'barging' | 'fifo'): string[] {
    const { kernel, host, spawn, stuck } = newWorld(2, 1, 1);
    const mutex = new VirtualMutex(kernel, discipline);
    const taken: string[] = [];
    spawn('a', function* (self): Script {
      for (let time = 0; time < 2; time++) {
        if (mutex.acquire(self)) yield;
        taken.push('a');
        if (host.use(self, 100)) yield;
        mutex.release(self);
      }
    });
    spawn('b', function* (self): Script {
      if (kernel.sleep(self, 10)) yield;
      if (mutex.acquire(self)) yield;
      taken.push('b');
      mutex.release(self);
    });
    expect(stuck()).toEqual([]);
    return taken;
  }

  test('barging: who runs takes it before the woken waiter gets there', () => {
    expect(order('barging')).toEqual(['a', 'a', 'b']);
  });

  test('fifo: it is handed to who has waited longest', () => {
    expect(order('fifo')).toEqual(['a', 'b', 'a']);
  });

  test('fifo: in the order asked for, however many want it', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 200 }), { minLength: 2, maxLength: 12 }), (starts) => {
        const { kernel, host, spawn, stuck } = newWorld(64);
        const mutex = new VirtualMutex(kernel, 'fifo');
        const taken: number[] = [];
        for (const start of starts) {
          spawn(`from ${start}`, function* (self): Script {
            if (kernel.sleep(self, start)) yield;
            if (mutex.acquire(self)) yield;
            taken.push(start);
            if (host.use(self, 50)) yield;
            mutex.release(self);
          });
        }
        expect(stuck()).toEqual([]);
        expect(taken).toEqual([...starts].sort((a, b) => a - b));
      }),
    );
  });
});

describe('a condition variable with deadlines and positions', () => {
  // Waits begin at even instants, deadlines pass and signals come at odd ones, all different: nothing is a tie.
  const waiters = fc.array(
    fc.record({
      begins: fc.integer({ min: 0, max: 100 }).map((n) => 4 * n),
      patience: fc.option(
        fc.integer({ min: 0, max: 100 }).map((n) => 4 * n + 1),
        { nil: undefined },
      ),
      position: fc.integer({ min: 1, max: 5 }),
    }),
    { maxLength: 12 },
  );
  const signals = fc.uniqueArray(
    fc.record({
      at: fc.integer({ min: 0, max: 200 }).map((n) => 4 * n + 3),
      upTo: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constant(Number.POSITIVE_INFINITY)),
    }),
    { selector: ({ at }) => at, maxLength: 10 },
  );

  test('each waiter is resumed by the first signal that covers it, or by its deadline if that comes first', () => {
    fc.assert(
      fc.property(waiters, signals, (waits, calls) => {
        const { kernel, spawn, stuck } = newWorld(64);
        const condition = new VirtualCondition(kernel, fixed(0));
        const resumed: ({ at: number; timedOut: boolean } | undefined)[] = waits.map(() => undefined);
        waits.forEach(({ begins, patience, position }, index) => {
          spawn(`waiter ${index}`, function* (self): Script {
            if (kernel.sleep(self, begins)) yield;
            const deadline = patience === undefined ? undefined : begins + patience;
            if (condition.wait(self, deadline, position)) yield;
            resumed[index] = { at: kernel.now(), timedOut: self.timedOut };
          });
        });
        for (const { at, upTo } of calls) {
          spawn(`signal ${at}`, function* (self): Script {
            if (kernel.sleep(self, at)) yield;
            if (upTo === Number.POSITIVE_INFINITY ? condition.broadcast(self) : condition.wakeUpTo(self, upTo)) yield;
          });
        }
        stuck();
        expect(resumed).toEqual(waits.map((wait) => expectedEnd(wait, calls)));
      }),
      { numRuns: 300 },
    );
  });

  function expectedEnd(
    { begins, patience, position }: { begins: number; patience: number | undefined; position: number },
    calls: readonly { at: number; upTo: number }[],
  ): { at: number; timedOut: boolean } | undefined {
    const covering = calls.filter(({ at, upTo }) => at > begins && upTo >= position).map(({ at }) => at);
    const signal = Math.min(...covering);
    const deadline = patience === undefined ? Number.POSITIVE_INFINITY : begins + patience;
    const at = Math.min(signal, deadline);
    return at === Number.POSITIVE_INFINITY ? undefined : { at, timedOut: deadline < signal };
  }

  test('wakeOne wakes who has waited longest, and says when nobody waits', () => {
    const { kernel, spawn, stuck } = newWorld(4);
    const condition = new VirtualCondition(kernel, fixed(0));
    const woken: string[] = [];
    for (const name of ['first', 'second']) {
      spawn(name, function* (self): Script {
        if (condition.wait(self)) yield;
        woken.push(name);
      });
    }
    stuck();
    expect([condition.wakeOne(), condition.wakeOne(), condition.wakeOne()]).toEqual([true, true, false]);
    expect(stuck()).toEqual([]);
    expect(woken).toEqual(['first', 'second']);
  });

  test('who wakes others pays for each of them, on the core it holds', () => {
    const { kernel, host, spawn, stuck } = newWorld(8);
    const condition = new VirtualCondition(kernel, fixed(5));
    for (const position of [1, 2, 3]) {
      spawn(`waiter ${position}`, function* (self): Script {
        if (condition.wait(self, undefined, position)) yield;
      });
    }
    const told: number[] = [];
    spawn('caller', function* (self): Script {
      if (kernel.sleep(self, 100)) yield;
      if (condition.wakeUpTo(self, 2)) yield;
      told.push(kernel.now());
      if (condition.broadcast(self)) yield;
      told.push(kernel.now());
      // Nobody is left: nothing to pay.
      if (condition.broadcast(self)) yield;
      told.push(kernel.now());
    });
    expect(stuck()).toEqual([]);
    expect(told).toEqual([110, 115, 115]);
    expect(host.busyUntil(kernel.now())).toBe(15);
  });

  test('a deadline passes while others hold the mutex: it is timed out, and goes on only with the mutex', () => {
    const { kernel, host, spawn, stuck } = newWorld(2);
    const mutex = new VirtualMutex(kernel, 'barging');
    const condition = new VirtualCondition(kernel, fixed(0), mutex);
    let resumedAt = 0;
    spawn('waiter', function* (self): Script {
      if (mutex.acquire(self)) yield;
      if (condition.wait(self, 100)) yield;
      expect(self.timedOut).toBe(true);
      resumedAt = kernel.now();
      mutex.release(self);
    });
    spawn('holder', function* (self): Script {
      if (kernel.sleep(self, 50)) yield;
      if (mutex.acquire(self)) yield;
      if (host.use(self, 200)) yield;
      mutex.release(self);
    });
    expect(stuck()).toEqual([]);
    expect(resumedAt).toBe(250);
  });
});
