/**
 * Simulates what the reader asks for: first a sketch of few commits, then every point as exactly as `acklab sweep` does.
 * While things are being changed only sketches are made, each from beginning to end: the curves follow the hand.
 */
import { type SweepRow, sweepRow } from '../../../analysis/row.js';
import type { Observation } from '../../../engine/measure/observation.js';
import type { Part, Point } from '../../../workloads/workload.js';
import { sketchOptions } from '../sketch.js';
import type { Crew } from './crew.js';

/** What is known of the curves by now. */
export interface View {
  readonly part: Part;
  readonly rows: readonly SweepRow[];
  /** Points that are as exact as they are to be. */
  readonly settled: ReadonlySet<number>;
}

/** After so long a sketch is given up for a newer one; before, it is brought to its end, or nothing would ever be drawn. */
const PATIENCE_MS = 1000;
/** What is kept so that going back costs nothing. */
const MOST_KEPT = 5000;

const keyOf = ({ settings }: Point): string => JSON.stringify(settings);

export class Study {
  readonly #crew: Crew;
  readonly #precision: number;
  readonly #onView: (view: View) => void;
  readonly #settled = new Map<string, Observation>();
  readonly #sketched = new Map<string, Observation>();
  #wanted: Part | undefined;
  #shown: Part | undefined;
  #sketching = false;
  /** The sketch under way takes longer than somebody who drags would wait for. */
  #slow = false;

  constructor(crew: Crew, precision: number, onView: (view: View) => void) {
    this.#crew = crew;
    this.#precision = precision;
    this.#onView = onView;
  }

  async show(part: Part): Promise<void> {
    this.#wanted = part;
    if (this.#slow) this.#crew.drop('sketch');
    if (this.#sketching) return;
    this.#sketching = true;
    try {
      while (this.#wanted !== undefined) {
        const next: Part = this.#wanted;
        this.#wanted = undefined;
        await this.#sketch(next);
      }
    } finally {
      this.#sketching = false;
    }
    await this.#settle();
  }

  /** There is nothing to show: whatever is under way is not wanted. */
  clear(): void {
    this.#wanted = undefined;
    this.#shown = undefined;
    this.#crew.drop('settle');
  }

  async #sketch(part: Part): Promise<void> {
    this.#crew.drop('settle');
    this.#shown = part;
    const missing = part.points.filter((point) => !this.#known(point));
    // The longest first, so that no worker is left with one at the end.
    missing.sort((a, b) => b.settings.clients - a.settings.clients);
    const tasks = missing.map(({ settings }) => ({
      kind: 'point' as const,
      settings,
      options: sketchOptions(settings),
    }));
    const timer = setTimeout(() => {
      this.#slow = true;
      if (this.#wanted !== undefined) this.#crew.drop('sketch');
    }, PATIENCE_MS);
    const results = await this.#crew.points(tasks, 'sketch');
    clearTimeout(timer);
    this.#slow = false;
    for (const [index, result] of results?.entries() ?? []) {
      this.#keep(this.#sketched, missing[index]!, result.observation);
    }
    this.#tell();
  }

  async #settle(): Promise<void> {
    const part = this.#shown;
    const missing = part?.points.filter((point) => !this.#settled.has(keyOf(point))) ?? [];
    const tasks = missing.map(({ settings }) => ({
      kind: 'point' as const,
      settings,
      options: { precision: this.#precision },
    }));
    await this.#crew.points(tasks, 'settle', (index, { observation }) => {
      this.#keep(this.#settled, missing[index]!, observation);
      if (this.#shown === part && !this.#sketching) this.#tell();
    });
  }

  #known(point: Point): Observation | undefined {
    const key = keyOf(point);
    return this.#settled.get(key) ?? this.#sketched.get(key);
  }

  #keep(kept: Map<string, Observation>, point: Point, observation: Observation): void {
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(keyOf(point), observation);
  }

  #tell(): void {
    const part = this.#shown;
    if (part === undefined) return;
    const rows = part.points.flatMap((point) => {
      const observation = this.#known(point);
      return observation === undefined ? [] : [sweepRow(point, observation)];
    });
    if (rows.length < part.points.length) return;
    const settled = part.points.filter((point) => this.#settled.has(keyOf(point))).map(({ index }) => index);
    this.#onView({ part, rows, settled: new Set(settled) });
  }
}
