/** What all watchers of one run share. */
import type { VirtualCluster } from '../../engine/runtimes/virtual/cluster.js';
import type { VirtualFiber } from '../../engine/runtimes/virtual/kernel.js';
import type { InvariantName } from './invariants.js';
import type { Scenario } from './scenario.js';

export interface Violation {
  readonly invariant: InvariantName;
  /** µs. */
  readonly at: number;
  /** Events before it. */
  readonly event: number;
  /** Whose turn it was; empty where it was no fiber's. */
  readonly fiber: string;
  readonly detail: string;
}

export class World {
  readonly scenario: Scenario;
  readonly cluster: VirtualCluster;
  /** Number of the event under way. */
  event = 0;
  /** Whose turn it is. */
  fiber: VirtualFiber | undefined = undefined;
  /** The first; nothing later counts. */
  violation: Violation | undefined = undefined;
  /** Told of every fiber that is woken. */
  readonly onWake: ((fiber: VirtualFiber) => void)[] = [];

  constructor(scenario: Scenario, cluster: VirtualCluster) {
    this.scenario = scenario;
    this.cluster = cluster;
    const { kernel } = cluster;
    const wake = kernel.wake.bind(kernel);
    kernel.wake = (fiber) => {
      for (const listen of this.onWake) listen(fiber);
      wake(fiber);
    };
  }

  violated(invariant: InvariantName, detail: string): void {
    if (this.violation) return;
    const { kernel } = this.cluster;
    this.violation = { invariant, at: kernel.time, event: this.event, fiber: this.fiber?.name ?? '', detail };
    kernel.stop();
  }
}

/** The farthest position that `count` of these have reached; -1: none. */
export function quorumOf(positions: ArrayLike<number>, count: number): number {
  let best = -1;
  for (let i = 0; i < positions.length; i++) {
    const position = positions[i] as number;
    let reached = 0;
    for (let j = 0; j < positions.length; j++) if ((positions[j] as number) >= position) reached++;
    if (reached >= count && position > best) best = position;
  }
  return best;
}
