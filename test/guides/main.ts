/** Plays the guides, draws their pictures and the README's of the model anew, and says where a guide quotes what is not printed any more. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { modelCharts, modelSpec } from '../../analysis/model-chart.js';
import { drawChart } from '../../results/chart-worker.js';
import { shippedPredictions } from '../../results/predictions.js';
import { packageRoot } from '../../workloads/package-root.js';
import { differenceOf, drawnPicture, furnish, picturesOf, play, sessionsOf } from './sessions.js';

const root = packageRoot();
const guides = join(root, 'docs/guides');

for (const name of readdirSync(guides).filter((file) => file.endsWith('.md'))) {
  const folder = mkdtempSync(join(tmpdir(), 'acklab-guides-'));
  furnish(folder, root);
  const markdown = readFileSync(join(guides, name), 'utf8');
  for (const { command, expected } of sessionsOf(markdown)) {
    const output = await play(folder, command);
    const difference = differenceOf(expected, output);
    if (difference !== undefined) console.log(`docs/guides/${name}: ${command}\n${difference}, in:\n${output}`);
  }
  for (const picture of picturesOf(markdown))
    writeFileSync(join(guides, 'images', picture), drawnPicture(folder, markdown, picture));
  rmSync(folder, { recursive: true });
}

const rows = shippedPredictions();
const [throughput] = modelCharts(rows);
const { png } = await drawChart(modelSpec(throughput!, rows));
writeFileSync(join(root, 'docs/images', `${throughput!.name}.png`), png);
