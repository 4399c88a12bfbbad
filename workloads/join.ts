import { InputError } from './input-error.js';
import type { Workload } from './workload.js';

/** Several workloads as one, points numbered through; a part or chart whose name is taken gets its workload's in front. */
export function joinWorkloads(workloads: readonly Workload[]): Workload {
  const [first] = workloads;
  const twice = workloads.find(({ name }, index) => workloads.findIndex((other) => other.name === name) < index);
  if (twice) throw new InputError(`the workload "${twice.name}" is given twice; name it once`);
  if (first !== undefined && workloads.length === 1) return first;
  const partNames = new Set<string>();
  const chartNames = new Set<string>();
  let points = 0;
  const parts = workloads.flatMap((workload) =>
    workload.parts.map((part) => {
      const name = claim(part.name, workload.name, partNames);
      const charts = part.charts.map((chart) => ({ ...chart, name: claim(chart.name, workload.name, chartNames) }));
      return { ...part, name, charts, points: part.points.map((point) => ({ ...point, part: name, index: points++ })) };
    }),
  );
  const omitted = workloads.flatMap((workload) => workload.omitted ?? []);
  return {
    name: workloads.map(({ name }) => name).join('+'),
    title: workloads.map(({ title }) => title).join(' · '),
    description: workloads.map(({ description }) => description).join(' '),
    parts,
    ...(omitted.length > 0 ? { omitted } : {}),
  };
}

function claim(name: string, workload: string, taken: Set<string>): string {
  let free = name;
  for (let n = 1; taken.has(free); n++) free = n === 1 ? `${workload}-${name}` : `${workload}-${name}-${n}`;
  taken.add(free);
  return free;
}
