/**
 * Colours, point shapes and dashes of the charts. A profile or wait point looks the same in every chart; nobody has to
 * tell two series apart by colour alone. `test/analysis/palette.test.ts` holds the colours to WCAG contrast and to
 * distances as seen with protanopia, deuteranopia and tritanopia.
 */
import { WAIT_POINTS } from '../engine/protocol/parameters.js';
import { PROFILE_NAMES, PROFILES } from '../engine/protocol/profiles.js';

/** `css` writes `var(--name)` instead of a colour: the report page then follows the reader's scheme without redrawing. */
export type Theme = 'light' | 'dark' | 'css';

interface Pair {
  readonly light: string;
  readonly dark: string;
}

/** Series colours: at least 4.5:1 on their theme's background, because line labels are written in them too. */
export const HUES = {
  blue: { light: '#0b62b8', dark: '#5eaaf5' },
  vermillion: { light: '#c23c06', dark: '#ff8d54' },
  magenta: { light: '#8c2a8c', dark: '#e59be2' },
  grey: { light: '#59636e', dark: '#a9b4c0' },
  green: { light: '#12804a', dark: '#42c088' },
  ochre: { light: '#8f6200', dark: '#e8bd4a' },
  teal: { light: '#0a7784', dark: '#46c2d2' },
  brown: { light: '#7a4a2b', dark: '#d3a27f' },
  violet: { light: '#5b4bc4', dark: '#a99df8' },
} as const satisfies Record<string, Pair>;

/** For numbered series (1, 2, 4 … replicas): few is light and warm, many is dark and cool; the reverse on dark. */
export const RAMP = {
  few: { light: '#6d8f10', dark: '#f3e05a' },
  some: { light: '#23876a', dark: '#8bd46a' },
  several: { light: '#1d6d86', dark: '#3fbf9d' },
  many: { light: '#3d4f90', dark: '#55a0c8' },
  most: { light: '#3b1258', dark: '#9d8ae0' },
} as const satisfies Record<string, Pair>;

/** What is not data: text, axes, grid lines, background. */
export const SURFACES = {
  text: { light: '#1b232c', dark: '#e6ebf1' },
  muted: { light: '#55606c', dark: '#a3afbc' },
  rule: { light: '#a8b1bb', dark: '#566270' },
  grid: { light: '#e4e8ec', dark: '#29323c' },
  background: { light: '#ffffff', dark: '#12171d' },
} as const satisfies Record<string, Pair>;

export const PALETTE: Readonly<Record<string, Pair>> = { ...HUES, ...RAMP, ...SURFACES };

type ColourName = keyof typeof HUES | keyof typeof RAMP | keyof typeof SURFACES;

export function colour(name: ColourName, theme: Theme): string {
  return theme === 'css' ? `var(--${name})` : PALETTE[name]![theme];
}

/** How one series looks. `dash` is empty for a solid line. */
export interface SeriesStyle {
  readonly colour: ColourName;
  readonly shape: 'circle' | 'square' | 'triangle-up' | 'diamond' | 'cross' | 'triangle-down';
  readonly dash: readonly number[];
}

const SOLID: readonly number[] = [];
const LONG: readonly number[] = [7, 3];
const DOTS: readonly number[] = [2, 3];
const DASH_DOT: readonly number[] = [8, 3, 2, 3];

const FIXED: Readonly<Record<string, SeriesStyle>> = {
  'mysql-5.6': { colour: 'vermillion', shape: 'square', dash: LONG },
  'mysql-5.7': { colour: 'blue', shape: 'circle', dash: SOLID },
  'mariadb-10.11': { colour: 'magenta', shape: 'diamond', dash: DASH_DOT },
  ASYNC: { colour: 'grey', shape: 'cross', dash: DOTS },
  AFTER_SYNC: { colour: 'green', shape: 'circle', dash: SOLID },
  AFTER_COMMIT: { colour: 'ochre', shape: 'triangle-up', dash: LONG },
};

/** Anything else, by its place among the series; the profiles' own colours are not among them. */
const SLOTS: readonly SeriesStyle[] = [
  { colour: 'teal', shape: 'circle', dash: SOLID },
  { colour: 'ochre', shape: 'square', dash: LONG },
  { colour: 'violet', shape: 'triangle-up', dash: DASH_DOT },
  { colour: 'grey', shape: 'diamond', dash: DOTS },
  { colour: 'brown', shape: 'cross', dash: LONG },
  { colour: 'green', shape: 'triangle-down', dash: DOTS },
];

const RAMP_NAMES = Object.keys(RAMP) as readonly (keyof typeof RAMP)[];
const SHAPES = ['circle', 'square', 'triangle-up', 'diamond', 'cross', 'triangle-down'] as const;
const DASHES = [SOLID, LONG, DASH_DOT, DOTS] as const;

/** The style of a profile or wait point, wherever it appears; a variant named as a profile's title is that profile. */
export function fixedStyle(value: string): SeriesStyle | undefined {
  return FIXED[value] ?? FIXED[PROFILE_NAMES.find((name) => PROFILES[name].title === value) ?? ''];
}

export function slotStyle(index: number): SeriesStyle {
  return SLOTS[index % SLOTS.length]!;
}

/** The style of the `index`-th of `count` numbered series, spread over the ramp. */
export function rampStyle(index: number, count: number): SeriesStyle {
  const step = count < 2 ? RAMP_NAMES.length - 1 : Math.round((index * (RAMP_NAMES.length - 1)) / (count - 1));
  return {
    colour: RAMP_NAMES[step]!,
    shape: SHAPES[index % SHAPES.length]!,
    dash: DASHES[(count - 1 - index) % DASHES.length]!,
  };
}

/** Names whose looks are fixed, in the order in which charts list them. */
export const FIXED_ORDER: readonly string[] = [...PROFILE_NAMES, ...WAIT_POINTS];

/** The shapes as SVG paths, in a box of 12 by 12 around its middle. */
export const SHAPE_PATHS: Readonly<Record<SeriesStyle['shape'], string>> = {
  circle: 'M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0Z',
  square: 'M-4.5-4.5h9v9h-9Z',
  'triangle-up': 'M0-5.5L5.5 4.5h-11Z',
  diamond: 'M0-6L5 0L0 6L-5 0Z',
  cross: 'M-1.8-5.4h3.6v3.6h3.6v3.6h-3.6v3.6h-3.6v-3.6h-3.6v-3.6h3.6Z',
  'triangle-down': 'M0 5.5L5.5-4.5h-11Z',
};
