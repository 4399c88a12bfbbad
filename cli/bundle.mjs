/**
 * Puts the explorer page's scripts into one file, `dist/results/explorer/bundle.json`: what the page runs, what its
 * workers run, whose code is in it, and a digest of every compiled file it was made from, so that a bundle older than the
 * code is noticed. Runs after the compiler, as the last step of the build.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
/** As compiled, from here. */
const SCRIPTS = { page: '../results/explorer/page/main.js', worker: '../results/explorer/page/worker.js' };
const BUNDLE = join(ROOT, 'dist', 'results', 'explorer', 'bundle.json');
/** csv-stringify needs Node's Buffer, unless it is asked for its build for browsers. */
const BROWSER_BUILDS = { 'csv-stringify/sync': join(ROOT, 'node_modules/csv-stringify/dist/esm/sync.js') };

async function bundled(input) {
  const { output } = await build({
    input,
    platform: 'browser',
    resolve: { alias: BROWSER_BUILDS },
    // A module of Node's in the page would be an error there, found by the first reader.
    onLog(level, log) {
      if (level === 'warn') throw new Error(log.message);
    },
    output: { format: 'iife', minify: true },
    write: false,
  });
  const [{ code, moduleIds }] = output;
  if (/<\/script|<!--/i.test(code)) throw new Error(`${input} cannot stand inside a script element`);
  return { code: code.trim(), files: moduleIds.filter((id) => existsSync(id)) };
}

const sha256 = (file) => createHash('sha256').update(readFileSync(file)).digest('hex');
const pathOf = (file) => relative(ROOT, file).replaceAll('\\', '/');

/** The package that a file below node_modules belongs to, with its licence as it ships it. */
function licenceOf(name) {
  const folder = join(ROOT, 'node_modules', name);
  const file = ['LICENSE', 'LICENSE.md', 'LICENCE', 'LICENSE.txt'].map((each) => join(folder, each)).find(existsSync);
  if (file === undefined) throw new Error(`${name} has no licence file to put into the page`);
  return { name, licence: readFileSync(file, 'utf8').trim() };
}

const packageOf = (path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];

const scripts = {};
const files = new Set();
for (const [name, input] of Object.entries(SCRIPTS)) {
  const { code, files: used } = await bundled(join(ROOT, 'dist', 'cli', input));
  scripts[name] = code;
  for (const file of used) files.add(file);
}
const paths = [...files].map(pathOf).sort();
const packages = [...new Set(paths.map(packageOf).filter((name) => name !== undefined))];
const own = paths.filter((path) => path.startsWith('dist/'));
const bundle = {
  ...scripts,
  licences: packages.map(licenceOf),
  madeFrom: Object.fromEntries(own.map((path) => [path, sha256(join(ROOT, path))])),
};
writeFileSync(`${BUNDLE}.new`, `${JSON.stringify(bundle)}\n`);
renameSync(`${BUNDLE}.new`, BUNDLE);
