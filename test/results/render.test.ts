import { Resvg } from '@resvg/resvg-js';
import { describe, expect, it } from 'vitest';
import { chartSpec } from '../../analysis/chart-spec.js';
import { renderPng, renderSvg } from '../../results/render.js';
import { FONT_FILES, textWidth } from '../../results/text-width.js';
import { sweep } from '../analysis/synthetic-rows.js';

/** Pixels darker than half grey, of an SVG drawn with these fonts on white. */
function ink(svg: string, fontFiles: readonly string[]): number {
  const { pixels } = new Resvg(svg, {
    background: '#fff',
    font: { loadSystemFonts: false, fontFiles: [...fontFiles] },
  }).render();
  let dark = 0;
  for (let at = 0; at < pixels.length; at += 4) if (pixels[at]! + pixels[at + 1]! + pixels[at + 2]! < 384) dark++;
  return dark;
}

const request = { name: 'chart', subject: 'Throughput', x: 'clients', y: 'tps', series: 'profile' };
const rows = sweep({ profile: ['mysql-5.6', 'mysql-5.7'], clients: [1, 4, 16] });

describe('pictures', () => {
  it('hold text, drawn in the font that comes along', async () => {
    const svg = await renderSvg(chartSpec(request, rows));
    expect(svg).toContain('MySQL 5.7');
    const onlyText = svg.replaceAll(/<(path|rect|line|circle)[^>]*\/>/g, '');
    expect(ink(onlyText, FONT_FILES)).toBeGreaterThan(2000);
    // The canary: without fonts the same text leaves nothing behind, and no error either.
    expect(ink(onlyText, [])).toBe(0);
  });

  it('are PNG of the width asked for, or twice the width of the SVG', async () => {
    const svg = await renderSvg(chartSpec(request, rows));
    const [signature, width] = [(png: Buffer) => png.subarray(1, 4).toString(), (png: Buffer) => png.readUInt32BE(16)];
    const svgWidth = Number(/width="(\d+)"/.exec(svg)![1]);
    expect(signature(renderPng(svg))).toBe('PNG');
    expect(width(renderPng(svg))).toBe(2 * svgWidth);
    expect(width(renderPng(svg, 500))).toBe(500);
  });

  it('are the same bytes twice', async () => {
    const [a, b] = await Promise.all([renderSvg(chartSpec(request, rows)), renderSvg(chartSpec(request, rows))]);
    expect(a).toBe(b);
  });

  it('have no empty margin behind the labels', async () => {
    // What Vega supposes a letter to take, 0.8 em, would leave a third of a label's length of white.
    const svg = await renderSvg(chartSpec(request, rows));
    const width = Number(/width="(\d+)"/.exec(svg)![1]);
    const content = new Resvg(svg.replace(/<rect width="\d+" height="\d+" fill="#ffffff"\/>/, ''), {
      font: { loadSystemFonts: false, fontFiles: [...FONT_FILES] },
    }).innerBBox()!;
    const right = width - (content.x + content.width);
    expect(right).toBeGreaterThan(8);
    expect(right).toBeLessThan(24);
  });
});

it('texts are as wide as the font says', () => {
  // IBM Plex Sans: 1,000 units per em; a digit is 600 wide in both weights, an "i" 270 in regular.
  expect(textWidth('2026', 10, 'normal')).toBeCloseTo(24, 1);
  expect(textWidth('2026', 10, 600)).toBeCloseTo(24, 1);
  expect(textWidth(' ', 10, undefined)).toBeGreaterThan(2);
  expect(textWidth('iii', 10, 'normal')).toBeLessThan(textWidth('WWW', 10, 'normal') / 2);
  expect(textWidth('<&>', 10, 'normal')).toBeGreaterThan(15);
});
