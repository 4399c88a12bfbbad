/** Does this browser compute what the command line does? Logarithms may differ in their last bit, so it is tried. */
import { sweepRow } from '../../../analysis/row.js';
import { csvRows } from '../../csv.js';
import type { PageData } from '../page-data.js';
import type { Crew } from './crew.js';

export async function provesEqual(crew: Crew, { proofs, precision, acklab }: PageData): Promise<string> {
  const tasks = proofs.map(({ settings, maxCommits }) => ({
    kind: 'point' as const,
    settings,
    options: { precision, maxCommits },
  }));
  const results = await crew.points(tasks, 'proof');
  const lines = results?.map(({ observation }, index) => {
    const point = { index, part: 'proof', variant: '', repetition: null };
    return csvRows([sweepRow(point, observation)]);
  });
  const equal = lines?.every((line, index) => line === proofs[index]!.line);
  return equal
    ? `This browser computes what the command line of acklab ${acklab} does, to the byte: tried on ${proofs.length} experiments. “acklab sweep explored.yaml” makes the numbers below again.`
    : `This browser's arithmetic differs from that of the command line of acklab ${acklab} in its last digits, and small differences grow: “acklab sweep explored.yaml” makes numbers that agree with these within their intervals, not to the byte.`;
}
