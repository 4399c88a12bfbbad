/** The sources of the package, and what each of them refers to. */
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Source {
  /** From the package's root, with `/`. */
  readonly path: string;
  readonly text: string;
}

export const ROOMS = ['engine', 'workloads', 'analysis', 'results', 'cli', 'notebooks'] as const;

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CODE = new Set(['.ts', '.mjs', '.js', '.css']);

export function readSources(folder: string): Source[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory()) return readSources(path);
    return CODE.has(extname(entry.name)) ? [{ path, text: readFileSync(join(ROOT, path), 'utf8') }] : [];
  });
}

/** Pages that are no run's output: the notebooks and what they are set into. Their cells import as any source does. */
export const readPages = (): Source[] =>
  readdirSync(join(ROOT, 'notebooks'))
    .filter((name) => name.endsWith('.html'))
    .map((name) => ({ path: `notebooks/${name}`, text: readFileSync(join(ROOT, 'notebooks', name), 'utf8') }));

/** What a file imports, statically or not: as written. */
export function importsOf({ text }: Source): string[] {
  const pattern =
    /(?:^|\n)\s*(?:import|export)\b[^'";]*?from\s*'([^']+)'|(?:^|\n)\s*import\s*'([^']+)'|\bimport\(\s*'([^']+)'/g;
  return [...text.matchAll(pattern)].map((match) => (match[1] ?? match[2] ?? match[3])!);
}

/** The file of the package that an import leads to, as its source is called; undefined for packages. */
export function resolveImport({ path }: Source, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  return posix.join(posix.dirname(path), specifier).replace(/\.js$/, '.ts');
}

export const roomOf = (path: string): string => path.split('/')[0]!;

/** Code without what stands in comments and strings, each blanked, so that lines and columns stay. */
export function codeOnly(text: string): string {
  const blank = (match: string): string => match.replace(/[^\n]/g, ' ');
  return text.replace(/\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|(?<![:'"`\\])\/\/[^\n]*/g, blank);
}
