/** Which runtime runs the points of a workload, and how often. */
import { InputError } from './input-error.js';
import type { Part, Point, RuntimeChoice, Workload } from './workload.js';

/** Interleaved, so that what the machine does meanwhile touches all points alike: A B C A B C, not A A B B C C. */
function repeated(points: readonly Point[], repetitions: number): Point[] {
  return Array.from({ length: repetitions }, (_, index) =>
    points.map((point): Point => ({ ...point, runtime: 'threads', repetition: index + 1 })),
  ).flat();
}

/** Experiments know virtual time alone. */
const isExperiment = ({ points }: Part): boolean => points.some(({ experiment }) => experiment !== undefined);

function pointsOf({ runtime, points }: Part, repetitions: number): Point[] {
  return [...(runtime === 'threads' ? [] : points), ...(runtime === 'virtual' ? [] : repeated(points, repetitions))];
}

/** Numbers all points anew. `choice` overrules what the workload says. */
export function withRuntimes(workload: Workload, choice: RuntimeChoice | undefined, repetitions: number): Workload {
  if (choice === 'threads' && workload.parts.every(isExperiment)) {
    throw new InputError(`--runtime threads: ${workload.name} runs under virtual time only; leave --runtime out`);
  }
  let index = 0;
  const parts = workload.parts.map((part) => {
    const own = { ...part, runtime: isExperiment(part) ? 'virtual' : (choice ?? part.runtime) };
    return { ...own, points: pointsOf(own, repetitions).map((point) => ({ ...point, index: index++ })) };
  });
  return { ...workload, parts };
}
