/** What the page and its workers tell each other. */
import type { PointResult } from '../../engine/measure/result.js';
import type { Settings } from '../../engine/protocol/parameters.js';
import type { CommitTrace } from '../../engine/runtimes/virtual/commit-trace.js';
import type { SimulateOptions } from '../../engine/runtimes/virtual/simulate.js';

export interface PointTask {
  readonly kind: 'point';
  readonly settings: Settings;
  readonly options: SimulateOptions;
}

export interface TraceTask {
  readonly kind: 'trace';
  readonly settings: Settings;
  readonly quantile: number;
}

/** `cancel`: whatever it is doing is no longer wanted; it answers `cancelled`, unless it is done already. */
export type Request = { readonly kind: 'task'; readonly task: PointTask | TraceTask } | { readonly kind: 'cancel' };

export type Answer =
  | { readonly kind: 'point'; readonly result: PointResult }
  | { readonly kind: 'trace'; readonly trace: CommitTrace | undefined }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly message: string };
