/** The sweep as a workload file. */
import { stringify } from 'yaml';
import { PARAMETERS } from '../../engine/protocol/parameters.js';
import type { Setting } from '../../workloads/setting.js';
import type { SweepSource } from '../../workloads/workload-file.js';

/** Counts without quotation marks, as a person would write them. */
function plain({ name, text }: Setting): string | number {
  const { kind } = PARAMETERS[name];
  const isNumber = (kind === 'count' || kind === 'number' || kind === 'bytes') && Number.isFinite(Number(text));
  return isNumber ? Number(text) : text;
}

const keyed = (settings: readonly Setting[]): Record<string, string | number> =>
  Object.fromEntries(settings.map((setting) => [setting.name, plain(setting)]));

export interface WorkloadTextOptions {
  readonly acklab: string;
  readonly precision: number;
}

export function workloadText(source: SweepSource, { acklab, precision }: WorkloadTextOptions): string {
  const { name, title, question, set, axes, variants, charts } = source;
  const content = {
    name,
    title,
    question,
    ...(set.length > 0 ? { set: keyed(set) } : {}),
    sweep: Object.fromEntries(axes.map((axis) => [axis.name, axis.values.map(plain)])),
    variants: variants.map((variant) => ({ name: variant.name, set: keyed(variant.set) })),
    charts: charts.map(({ request }) => request),
  };
  const heading = `# Made by the explorer of acklab ${acklab}. The same numbers, to the byte:\n#   acklab sweep ${name}.yaml --precision ${precision}\n`;
  return heading + stringify(content, { lineWidth: 0, flowCollectionPadding: false });
}
