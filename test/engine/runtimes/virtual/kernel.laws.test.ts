import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Script } from '../../../../engine/actors/primitives.js';
import { VirtualDisk } from '../../../../engine/runtimes/virtual/disk.js';
import { fixed, newWorld, scripted } from './world.js';

interface Burst {
  readonly ready: number;
  readonly from: number;
  readonly to: number;
}

/** Each fiber: a list of [pause, pieces of work]; what it computes between two pauses is one burst on one core. */
const plans = fc.array(
  fc.array(
    fc.tuple(
      fc.integer({ min: 1, max: 30 }),
      fc.array(fc.integer({ min: 0, max: 10 }), { minLength: 1, maxLength: 3 }),
    ),
    { minLength: 1, maxLength: 5 },
  ),
  { minLength: 1, maxLength: 8 },
);

function burstsOf(plan: readonly (readonly [number, readonly number[]])[][], cores: number): Burst[] {
  const { kernel, host, spawn, stuck } = newWorld(cores);
  const bursts: Burst[] = [];
  let running = 0;
  plan.forEach((steps, index) => {
    spawn(`fiber ${index}`, function* (self): Script {
      for (const [pause, work] of steps) {
        const ready = kernel.now() + pause;
        if (kernel.sleep(self, pause)) yield;
        const from = kernel.now();
        running++;
        expect(running).toBeLessThanOrEqual(cores);
        for (const cost of work) if (host.use(self, cost)) yield;
        running--;
        bursts.push({ ready, from, to: kernel.now() });
        expect(kernel.now() - from, 'nobody else gets the core between two pieces of work').toBe(
          work.reduce((sum, cost) => sum + cost, 0),
        );
      }
    });
  });
  expect(stuck()).toEqual([]);
  const work = plan.flat().reduce((sum, [, pieces]) => sum + pieces.reduce((total, cost) => total + cost, 0), 0);
  expect(host.busyUntil(kernel.now())).toBe(work);
  return bursts;
}

describe('the cores of a host', () => {
  test('never run more fibers than there are, keep a fiber until it blocks, and account for all work', () => {
    fc.assert(fc.property(plans, fc.integer({ min: 1, max: 4 }), (plan, cores) => void burstsOf(plan, cores)));
  });

  test('are not idle while a fiber is ready', () => {
    fc.assert(
      fc.property(plans, fc.integer({ min: 1, max: 3 }), (plan, cores) => {
        const bursts = burstsOf(plan, cores);
        const boundaries = bursts.flatMap(({ from, to }) => [from, to]);
        for (const { ready, from } of bursts) {
          for (const at of boundaries.filter((boundary) => boundary >= ready && boundary < from)) {
            const active = bursts.filter((burst) => burst.from <= at && at < burst.to).length;
            expect(active, `at ${at}, where one was ready from ${ready} and ran from ${from}`).toBe(cores);
          }
        }
      }),
    );
  });

  test('a wake-up costs the core its switch, and an idle core its waking besides', () => {
    // Idle: 15 to wake the core, 3 to switch. Busy: 3 to switch.
    const { kernel, host, spawn, stuck } = newWorld(1, 3, 15);
    const began: number[] = [];
    for (const name of ['first', 'second']) {
      spawn(name, function* (self): Script {
        began.push(kernel.now());
        if (host.use(self, 10)) yield;
      });
    }
    expect(stuck()).toEqual([]);
    expect(began).toEqual([18, 31]);
    // The waking of an idle core is not work: 2 × (3 + 10).
    expect(host.busyUntil(kernel.now())).toBe(26);
  });

  test('entering another host gives up this one’s core', () => {
    const here = newWorld(1);
    const { kernel, host } = here;
    const log: string[] = [];
    const there = newWorld(1).host;
    here.spawn('traveller', function* (self): Script {
      if (host.use(self, 10)) yield;
      if (host.enter(self)) yield;
      log.push(`back ${kernel.now()}`);
    });
    here.spawn('resident', function* (self): Script {
      log.push(`resident ${kernel.now()}`);
      if (host.use(self, 50)) yield;
    });
    expect(here.stuck()).toEqual([]);
    // Behind the resident, who was ready before it.
    expect(log).toEqual(['resident 10', 'back 60']);
    expect(there.busyUntil(60)).toBe(0);
  });
});

describe('the clock', () => {
  test('sleeping nothing does not wait', () => {
    const { kernel, spawn, stuck } = newWorld();
    spawn('sleeper', function* (self): Script {
      expect([kernel.sleep(self, 0), kernel.sleep(self, -1)]).toEqual([false, false]);
    });
    expect(stuck()).toEqual([]);
  });

  test('a run ends at the time it is given, goes on from there, and says when nothing is left', () => {
    const { kernel, spawn } = newWorld();
    const woken: number[] = [];
    spawn('sleeper', function* (self): Script {
      for (;;) {
        if (kernel.sleep(self, 40)) yield;
        woken.push(kernel.now());
        if (woken.length === 4) return;
      }
    });
    expect([kernel.run(100), kernel.time]).toEqual([true, 100]);
    expect(woken).toEqual([40, 80]);
    expect(kernel.run()).toBe(false);
    expect(woken).toEqual([40, 80, 120, 160]);
  });

  test('time never goes back, with or without a trace', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const { kernel, host, spawn } = newWorld(2, 1, 2);
        let last = 0;
        kernel.trace = (time) => {
          expect(time).toBeGreaterThanOrEqual(last);
          last = time;
        };
        plan.forEach((steps, index) => {
          spawn(`fiber ${index}`, function* (self): Script {
            for (const [pause, work] of steps) {
              if (kernel.sleep(self, pause)) yield;
              for (const cost of work) if (host.use(self, cost)) yield;
              expect(kernel.now()).toBeGreaterThanOrEqual(last);
            }
          });
        });
        kernel.run();
      }),
    );
  });
});

describe('a disk', () => {
  test('serves one fsync at a time, in the order asked for, each for its cost and overhead', () => {
    const { kernel, spawn, stuck } = newWorld();
    const disk = new VirtualDisk(kernel, scripted([100, 50, 70]), fixed(10), false);
    const done: string[] = [];
    for (const [name, at] of [
      ['a', 0],
      ['b', 20],
      ['c', 40],
      ['d', 1000],
    ] as const) {
      spawn(name, function* (self): Script {
        if (kernel.sleep(self, at)) yield;
        if (disk.fsync(self)) yield;
        done.push(`${name} ${kernel.now()}`);
      });
    }
    expect(stuck()).toEqual([]);
    // 0 + 110, + 60, + 80; the fourth begins when it is asked for.
    expect(done).toEqual(['a 110', 'b 170', 'c 250', 'd 1080']);
    expect(disk.busyUntil(kernel.time)).toBe(330);
  });

  test('that costs nothing never waits, overhead included', () => {
    const { kernel, spawn, stuck } = newWorld();
    const disk = new VirtualDisk(kernel, fixed(0), fixed(40), true);
    spawn('a', function* (self): Script {
      expect(disk.fsync(self)).toBe(false);
    });
    expect(stuck()).toEqual([]);
    expect(kernel.now()).toBe(0);
  });
});
