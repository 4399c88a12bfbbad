/** What every page that works from file:// has: a policy that lets nothing in, the palette's colours, licences. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../workloads/package-root.js';
import { Html, html } from './html.js';
import { contentHash, paletteStyle } from './style.js';

/** A file by its path from the report's folder. */
export const asset = (path: string): string => readFileSync(join(packageRoot(), 'results/report', path), 'utf8');

/** The palette as custom properties, by the reader's scheme, and the style sheets named. */
export const styleSheet = (...paths: readonly string[]): string => paletteStyle() + paths.map(asset).join('');

/** Allows these scripts and this style by their hashes, `more` besides, and nothing else: no request, no eval. */
export function policy(scripts: readonly string[], style: string, more: readonly string[] = []): string {
  return [
    "default-src 'none'",
    `script-src ${scripts.map(contentHash).join(' ')}`,
    `style-src ${contentHash(style)}`,
    ...more,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

export interface Licensed {
  readonly name: string;
  readonly licence: string;
}

export function licences(libraries: readonly Licensed[]): Html {
  const texts = libraries.map(({ name, licence }) => html`<h3>${name}</h3>\n<pre>${licence}</pre>\n`);
  return html`<details class="licences"><summary>Licences of the libraries in this page</summary>\n${texts}</details>\n`;
}

/** Scripts stand in the page as they are. */
export const inlineScript = (script: string): Html => new Html(`<script>${script}</script>\n`);
