/** The primitives as the players of a race use them: the compiled ones, or a copy of them that is broken on purpose. */
import type * as arena from '../../../../engine/sync/arena.js';
import type * as binlogRing from '../../../../engine/sync/binlog-ring.js';
import type * as binlogLayout from '../../../../engine/sync/binlog-ring.layout.js';
import type * as condition from '../../../../engine/sync/condition.js';
import type * as latch from '../../../../engine/sync/latch.js';
import type * as mpscRing from '../../../../engine/sync/mpsc-ring.js';
import type * as mpscLayout from '../../../../engine/sync/mpsc-ring.layout.js';
import type * as mutex from '../../../../engine/sync/mutex.js';
import type * as role from '../../../../engine/sync/role.js';
import type * as spscRing from '../../../../engine/sync/spsc-ring.js';
import type * as spscLayout from '../../../../engine/sync/spsc-ring.layout.js';
import type * as waitQueue from '../../../../engine/sync/wait-queue.js';
import type * as wakeRing from '../../../../engine/sync/wake-ring.js';

/** `root`: URL of a folder of compiled primitives, with a `/` at its end. */
export async function loadEngine(root: string) {
  const load = (file: string): Promise<unknown> => import(new URL(file, root).href);
  return {
    arena: (await load('arena.js')) as typeof arena,
    binlogRing: (await load('binlog-ring.js')) as typeof binlogRing,
    binlogLayout: (await load('binlog-ring.layout.js')) as typeof binlogLayout,
    condition: (await load('condition.js')) as typeof condition,
    latch: (await load('latch.js')) as typeof latch,
    mpscRing: (await load('mpsc-ring.js')) as typeof mpscRing,
    mpscLayout: (await load('mpsc-ring.layout.js')) as typeof mpscLayout,
    mutex: (await load('mutex.js')) as typeof mutex,
    role: (await load('role.js')) as typeof role,
    spscRing: (await load('spsc-ring.js')) as typeof spscRing,
    spscLayout: (await load('spsc-ring.layout.js')) as typeof spscLayout,
    waitQueue: (await load('wait-queue.js')) as typeof waitQueue,
    wakeRing: (await load('wake-ring.js')) as typeof wakeRing,
  };
}

export type Engine = Awaited<ReturnType<typeof loadEngine>>;
