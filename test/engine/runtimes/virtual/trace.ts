/** What happened in a run, event by event, and where two runs part. */
import type { Settings } from '../../../../engine/protocol/parameters.js';
import { createVirtualCluster } from '../../../../engine/runtimes/virtual/cluster.js';

export interface Trace {
  readonly times: number[];
  /** Whose turn it was; empty where it was no fiber's. */
  readonly fibers: string[];
}

export function traceOf(settings: Settings, answers: number): Trace {
  const trace: Trace = { times: [], fibers: [] };
  let answered = 0;
  const { kernel } = createVirtualCluster(settings, () => {
    if (++answered === answers) kernel.stop();
  });
  kernel.trace = (time, fiber) => {
    trace.times.push(time);
    trace.fibers.push(fiber?.name ?? '');
  };
  kernel.run();
  return trace;
}

/** The first event at which the two differ, in words; undefined when they are the same. */
export function firstDivergence(a: Trace, b: Trace): string | undefined {
  const length = Math.max(a.times.length, b.times.length);
  for (let i = 0; i < length; i++) {
    if (a.times[i] === b.times[i] && a.fibers[i] === b.fibers[i]) continue;
    return `event ${i} of ${length}: ${describeEvent(a, i)} against ${describeEvent(b, i)}`;
  }
  return undefined;
}

function describeEvent({ times, fibers }: Trace, i: number): string {
  return i < times.length ? `${times[i]} µs, ${fibers[i] || 'an arrival or the end of an fsync'}` : 'the end';
}
