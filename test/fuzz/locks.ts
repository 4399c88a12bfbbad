/** Watches the source's mutexes: who holds which. */
import type { VirtualFiber } from '../../engine/runtimes/virtual/kernel.js';
import type { VirtualMutex } from '../../engine/runtimes/virtual/mutex.js';
import type { World } from './world.js';

const MUTEXES = ['lockLog', 'lockSync', 'lockAfterBinlogSync', 'lockCommit', 'lockBinlog'] as const;

export type Holders = Readonly<Record<(typeof MUTEXES)[number], { holder: VirtualFiber | undefined }>>;

export function watchLocks(world: World): Holders {
  const { source } = world.cluster;
  const holders = MUTEXES.map((name) => [name, watchMutex(world, name, source[name] as VirtualMutex)]);
  return Object.fromEntries(holders) as Holders;
}

function watchMutex(world: World, name: string, mutex: VirtualMutex): { holder: VirtualFiber | undefined } {
  const state: { holder: VirtualFiber | undefined } = { holder: undefined };
  let releasing = false;
  const took = (fiber: VirtualFiber): void => {
    const { holder } = state;
    if (holder) world.violated('mutual exclusion', `${fiber.name} takes ${name}, which ${holder.name} holds`);
    state.holder = fiber;
  };
  const [acquire, takeOrQueue, release] = [
    mutex.acquire.bind(mutex),
    mutex.takeOrQueue.bind(mutex),
    mutex.release.bind(mutex),
  ];
  mutex.acquire = (self) => {
    const parked = acquire(self);
    if (!parked) took(self as VirtualFiber);
    return parked;
  };
  mutex.takeOrQueue = (fiber) => {
    const has = takeOrQueue(fiber);
    if (has) took(fiber);
    return has;
  };
  mutex.release = (self) => {
    const fiber = self as VirtualFiber;
    if (state.holder !== fiber) {
      world.violated('mutual exclusion', `${fiber.name} lets go of ${name}, held by ${state.holder?.name ?? 'nobody'}`);
    }
    state.holder = undefined;
    releasing = true;
    release(self);
    releasing = false;
  };
  // First in, first out, it is handed over: the heir holds it before its turn comes.
  world.onWake.push((fiber) => {
    if (releasing && fiber.needs === undefined) took(fiber);
  });
  return state;
}
