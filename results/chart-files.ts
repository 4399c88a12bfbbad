/** A chart as files: its specification, and the pictures of it. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TopLevelSpec } from 'vega-lite';
import type { ChartPictures } from './chart-worker.js';
import { storageError, writeWhole } from './store.js';

/** Makes the folder if need be. Throws `InputError` where it cannot be made. */
export function makeChartFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw storageError(folder, error);
  }
}

export function writeChartFiles(folder: string, name: string, spec: TopLevelSpec, { svg, png }: ChartPictures): void {
  writeWhole(join(folder, `${name}.vl.json`), `${JSON.stringify(spec, null, 1)}\n`);
  writeWhole(join(folder, `${name}.svg`), svg);
  writeWhole(join(folder, `${name}.png`), png);
}

/** Draws one chart here and now; many are drawn by workers. */
export async function drawInto(folder: string, name: string, spec: TopLevelSpec): Promise<void> {
  makeChartFolder(folder);
  // Half of what a command takes to start, were it loaded by those that draw nothing.
  const { drawChart } = await import('./chart-worker.js');
  writeChartFiles(folder, name, spec, await drawChart(spec));
}
