/** The look that the report and other pages of one file share: the palette as custom properties, and who may run. */
import { createHash } from 'node:crypto';
import { PALETTE } from '../../analysis/palette.js';

function colours(theme: 'light' | 'dark'): string {
  return Object.entries(PALETTE)
    .map(([name, pair]) => `--${name}:${pair[theme]}`)
    .join(';');
}

/** Every colour of the palette as `--name`, by the reader's scheme; on paper always light. */
export const paletteStyle = (): string =>
  `:root{${colours('light')}}\n@media screen and (prefers-color-scheme:dark){:root{${colours('dark')}}}\n`;

/** What a content security policy calls an inline script or style that it allows. */
export const contentHash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
