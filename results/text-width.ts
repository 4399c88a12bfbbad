/**
 * How wide a text will be in the font that comes along, so that Vega leaves labels the room they need: without a canvas
 * it supposes four fifths of the font's size for every letter, half as much again as they take.
 */
import { createRequire } from 'node:module';
import { Resvg } from '@resvg/resvg-js';

const FONT_PACKAGE = '@expo-google-fonts/ibm-plex-sans';
const resolve = createRequire(import.meta.url).resolve;

export const FONT_FAMILY = 'IBM Plex Sans';

/** Without a font of its own resvg leaves text out silently wherever the system has none. */
export const FONT_FILES: readonly string[] = [
  resolve(`${FONT_PACKAGE}/400Regular/IBMPlexSans_400Regular.ttf`),
  resolve(`${FONT_PACKAGE}/600SemiBold/IBMPlexSans_600SemiBold.ttf`),
];

const MEASURED_AT = 200;

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

function inkWidth(text: string, weight: number): number {
  const escaped = text.replace(/[&<>]/g, (letter) => ESCAPES[letter]!);
  const font = `font-family="${FONT_FAMILY}" font-weight="${weight}" font-size="${MEASURED_AT}"`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text xml:space="preserve" ${font}>${escaped}</text></svg>`;
  const drawn = new Resvg(svg, { font: { loadSystemFonts: false, fontFiles: [...FONT_FILES] } });
  return drawn.getBBox()?.width ?? 0;
}

/** Between these two a letter is measured: what it adds is its advance; its own ink is not, least of all a space's. */
const pairWidth = { 400: inkWidth('HH', 400), 600: inkWidth('HH', 600) };

/** Advances in em, by weight and letter; kerning, at most some hundredths of an em a pair, is left out. */
const advances = new Map<string, number>();

function advance(letter: string, weight: 400 | 600): number {
  const key = `${weight}${letter}`;
  let em = advances.get(key);
  if (em === undefined) {
    em = (inkWidth(`H${letter}H`, weight) - pairWidth[weight]) / MEASURED_AT;
    advances.set(key, em);
  }
  return em;
}

/** In pixels, at `size` pixels; weights from 600 on are semi-bold. */
export function textWidth(text: string, size: number, weight: number | string | undefined): number {
  const drawn = weight === 'bold' || Number(weight) >= 600 ? 600 : 400;
  let em = 0;
  for (const letter of text) em += advance(letter, drawn);
  return em * size;
}
