/** Variants that change a parameter relative to what a point would have without them. */
import { type Distribution, PARAMETERS, PER_REPLICA, type Settings } from '../engine/protocol/parameters.js';
import { InputError } from './input-error.js';
import type { Shift } from './workload-file.js';

const SCALED: readonly string[] = ['cost', 'time', 'number', 'bytes', 'bandwidth'];
const ADDED: readonly string[] = ['count'];

/** Throws `InputError` for a parameter that has no multiples, or cannot be counted on. */
export function checkShift({ name, factor, more, place }: Shift): void {
  const { kind } = PARAMETERS[name];
  if (more === 0 && !SCALED.includes(kind)) {
    throw new InputError(`${place}: ${name} has no multiples; give its values under "set" or "sweep"`);
  }
  if (more !== 0 && !ADDED.includes(kind)) {
    throw new InputError(`${place}: ${name} is not a count, so nothing can be added; use "scale"`);
  }
  if (!(factor > 0)) throw new InputError(`${place}: ${name} times ${factor}; a factor above 0 is wanted, such as 0.9`);
  if (!Number.isInteger(more)) throw new InputError(`${place}: ${name} and ${more} more; a whole number is wanted`);
}

/** One number, distribution, or list of them for all replicas. */
function scaled(value: unknown, factor: number): unknown {
  if (Array.isArray(value)) return value.map((one) => scaled(one, factor));
  if (typeof value === 'number') return value * factor;
  const cost = value as Distribution;
  if (cost.kind === 'empirical') {
    // The file holds other samples than these: the name says so.
    const source = `${cost.source} × ${factor}`;
    return { ...cost, source, mean: cost.mean * factor, samples: cost.samples.map((sample) => sample * factor) };
  }
  return { ...cost, mean: cost.mean * factor };
}

/** Another replica is like the first one, where each has values of its own. */
function withReplicas(settings: Settings, replicas: number): Settings {
  const lists = PER_REPLICA.map((name) => {
    const list: readonly unknown[] = settings[name];
    const more = Array.from({ length: Math.max(0, replicas - settings.replicas) }, () => list[0]);
    return [name, list.length === 1 ? list : [...list, ...more].slice(0, Math.max(1, replicas))] as const;
  });
  return { ...settings, ...Object.fromEntries(lists), replicas };
}

export function shifted(settings: Settings, shifts: readonly Shift[]): Settings {
  let now = settings;
  for (const { name, factor, more } of shifts) {
    const value = now[name];
    if (name === 'replicas') now = withReplicas(now, now.replicas + more);
    else now = Object.assign({}, now, { [name]: more === 0 ? scaled(value, factor) : (value as number) + more });
  }
  return now;
}
