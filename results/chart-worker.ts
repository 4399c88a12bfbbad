import type { TopLevelSpec } from 'vega-lite';
import { renderPng, renderSvg } from './render.js';

export interface ChartPictures {
  readonly svg: string;
  readonly png: Uint8Array;
}

/** Runs in a worker thread: laying out text and drawing it takes some tenths of a second per chart. */
export async function drawChart(spec: TopLevelSpec): Promise<ChartPictures> {
  const svg = await renderSvg(spec);
  return { svg, png: renderPng(svg) };
}
