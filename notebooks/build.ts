/**
 * `npm run notebooks`: makes the data with the workbench, then each notebook as one file that works from file:// with the
 * network unplugged. Its policy allows the script written into it, by its hash, and no request.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { config, observable } from '@observablehq/notebook-kit/vite';
import { build, type Plugin } from 'vite';
import { viteSingleFile } from 'vite-plugin-singlefile';
import { contentHash, paletteStyle } from '../results/report/style.js';
import { writeWhole } from '../results/store.js';
import { packageRoot } from '../workloads/package-root.js';
import { makeData } from './data.js';

const ROOM = join(packageRoot(), 'notebooks');
const BUILT = join(ROOM, 'built');
const NOTEBOOKS = ['upgrade.html', 'zones.html', 'your-numbers.html'];

/** What the notebooks use of the kit's library; it would load these, and many others, from a network when it is read. */
const PACKAGES = ['@observablehq/plot', 'htl'];
const CDN = /^https:\/\/cdn\.jsdelivr\.net\/npm\/(.+)\/\+esm$/;
const ABSENT = '\0absent';

/** Resolves what the kit would load from a network to what is installed, and what no notebook uses to nothing. */
const offline: Plugin = {
  name: 'acklab:offline',
  enforce: 'pre',
  resolveId(source, importer) {
    const name = CDN.exec(source)?.[1];
    if (name !== undefined && PACKAGES.includes(name)) return this.resolve(name, join(ROOM, 'build.ts'));
    const ofLibrary = importer?.includes('notebook-kit') && /\/stdlib\/\w+\.js$/.test(importer);
    const unused = /^\.\/(dot|duckdb|inputs|leaflet|mapboxgl|mermaid|tex|vega-lite|xlsx|zip|highlight)\.js$/;
    return name !== undefined || /^https?:/.test(source) || (ofLibrary && unused.test(source)) ? ABSENT : null;
  },
  load: (id) => (id === ABSENT ? 'export const _ = undefined;' : null),
};

/** A script that is written into a page ends where it says so itself. */
const SCRIPT = /<script\b[^>]*>([\s\S]*?)<\/script>/g;

/** The charts' library writes styles into what it draws; a style can bring no request here. */
function withPolicy(page: string): string {
  const scripts = [...page.matchAll(SCRIPT)].map((match) => contentHash(match[1]!));
  const policy = [
    "default-src 'none'",
    `script-src ${scripts.join(' ')}`,
    "style-src 'unsafe-inline'",
    'connect-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return page.replace('<head>', `<head><meta http-equiv="Content-Security-Policy" content="${policy}">`);
}

async function buildNotebook(name: string): Promise<number> {
  await build({
    ...config(),
    configFile: false,
    root: ROOM,
    logLevel: 'error',
    plugins: [
      offline,
      observable({
        template: join(ROOM, 'page.html'),
        transformTemplate: (page) => page.replace('/* palette */', paletteStyle()),
      }),
      viteSingleFile(),
    ],
    build: { outDir: BUILT, emptyOutDir: false, rolldownOptions: { input: join(ROOM, name) } },
  });
  const file = join(BUILT, name);
  const page = withPolicy(readFileSync(file, 'utf8'));
  writeWhole(file, page);
  return Buffer.byteLength(page);
}

rmSync(BUILT, { recursive: true, force: true });
mkdirSync(BUILT, { recursive: true });
const { values } = parseArgs({ options: { calibrate: { type: 'boolean', default: false } } });
await makeData(values);
for (const name of NOTEBOOKS) {
  const bytes = await buildNotebook(name);
  process.stdout.write(`notebooks/built/${name} (${(bytes / 1e6).toFixed(1)} MB)\n`);
}
