import type { Workload } from './workload.js';

/** Several workloads as one, points numbered through; a part or chart whose name is taken gets its workload's in front. */
export function joinWorkloads(workloads: readonly Workload[]): Workload {
  const [first] = workloads;
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
  return {
    name: workloads.map(({ name }) => name).join('+'),
    title: workloads.map(({ title }) => title).join(' · '),
    description: workloads.map(({ description }) => description).join(' '),
    parts,
  };
}

function claim(name: string, workload: string, taken: Set<string>): string {
  let free = name;
  for (let n = 1; taken.has(free); n++) free = n === 1 ? `${workload}-${name}` : `${workload}-${name}-${n}`;
  taken.add(free);
  return free;
}
