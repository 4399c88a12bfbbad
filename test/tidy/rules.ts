/** What keeps the house tidy: each rule takes sources and names what breaks it, with file and line. */
import { builtinModules } from 'node:module';
import { codeOnly, importsOf, ROOMS, resolveImport, roomOf, type Source } from './sources.js';

/** `notebooks → cli → results → analysis → workloads → engine`: a room imports itself and those behind it, never one before it. */
export function wrongDirections(sources: readonly Source[]): string[] {
  return sources.flatMap((source) => {
    const own = ROOMS.indexOf(roomOf(source.path) as (typeof ROOMS)[number]);
    return importsOf(source).flatMap((specifier) => {
      const target = resolveImport(source, specifier);
      if (target === undefined) return [];
      const room = ROOMS.indexOf(roomOf(target) as (typeof ROOMS)[number]);
      return room >= 0 && room <= own ? [] : [`${source.path} imports ${target}`];
    });
  });
}

/** These run in a browser too. */
const PORTABLE = /^engine\/(protocol|actors|sync|measure|runtimes\/virtual|runtimes\/live)\//;
const NODE_GLOBALS =
  /(?<![.\w])(process|Buffer|require|__dirname|__filename|global|setImmediate)\b(?=[.(])|import\.meta/;

/** Portable code that needs Node, or leans on code that may. */
export function needsNode(sources: readonly Source[]): string[] {
  const portable = sources.filter(({ path }) => PORTABLE.test(path));
  return portable.flatMap((source) => {
    const imports = importsOf(source).filter((specifier) => {
      const target = resolveImport(source, specifier);
      if (target !== undefined) return !PORTABLE.test(target);
      return specifier.startsWith('node:') || builtinModules.includes(specifier.split('/')[0]!);
    });
    const found = imports.map((specifier) => `${source.path} imports ${specifier}`);
    return [...found, ...linesWith(source, NODE_GLOBALS)];
  });
}

export const RANDOM_FILES: readonly string[] = ['engine/runtimes/virtual/random.ts'];

/** Randomness outside the one file that makes it. */
export function makesRandomness(sources: readonly Source[]): string[] {
  const others = sources.filter(({ path }) => !RANDOM_FILES.includes(path));
  return others.flatMap((source) => [
    ...importsOf(source)
      .filter((specifier) => /^(pure-rand|d3-random)(\/|$)/.test(specifier))
      .map((specifier) => `${source.path} imports ${specifier}`),
    ...linesWith(source, /Math\s*\.\s*random|\brandom(Bytes|Int|UUID|FillSync)\b|getRandomValues/),
  ]);
}

/** One of the commands, and one of the runtime whose time is the wall's. */
export const CLOCK_FILES: readonly string[] = ['cli/clock.ts', 'engine/runtimes/threads/clock.ts'];

/** A reading of the wall clock outside the files that may. `new Date(x)` of something known reads none. */
export function readsClock(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path }) => !CLOCK_FILES.includes(path))
    .flatMap((source) =>
      linesWith(source, /\bDate\s*\.\s*now\b|\bperformance\s*\.|new\s+Date\s*(\(\s*\)|(?![\s(\w]))|\bhrtime\b/),
    );
}

/** Files that no entry leads to. A quoted path to a file (a worker, a page's script) leads there as an import does. */
export function deadFiles(sources: readonly Source[], entries: readonly string[]): string[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const reached = new Set<string>();
  const follow = (path: string): void => {
    const source = byPath.get(path);
    if (!source || reached.has(path)) return;
    reached.add(path);
    for (const specifier of importsOf(source)) follow(resolveImport(source, specifier) ?? '');
    for (const [, quoted] of source.text.matchAll(/'([\w./-]+\.(?:js|mjs|css|html))'/g)) {
      const beside = `./${quoted}`.replace(/^\.\/\.\.?\//, (dots) => dots.slice(2));
      const asWritten = resolveImport(source, beside)!;
      follow(asWritten);
      follow(asWritten.replace(/\.ts$/, '.js'));
    }
  };
  for (const entry of entries) follow(entry);
  return sources.map(({ path }) => path).filter((path) => !reached.has(path));
}

export const FILE_LINES_MOST = 500;
export const FUNCTION_LINES_MOST = 70;

export function longFiles(sources: readonly Source[]): string[] {
  return sources
    .map(({ path, text }) => ({ path, lines: text.replace(/\n$/, '').split('\n').length }))
    .filter(({ lines }) => lines > FILE_LINES_MOST)
    .map(({ path, lines }) => `${path} has ${lines} lines, ${FILE_LINES_MOST} at most`);
}

/** A line that opens a function's body: `…) {`, `…): T {` or `… => {`, and is no control statement or class. */
const OPENS = /(\)|\)\s*:.*[\w>\]})'|])\s*\{$|=>\s*\{$/;
const CONTROL = /^\s*(\}\s*)?(if|for|while|switch|catch|else|do|try|class|export class|interface|with)\b/;

/** The formatter puts a function's closing brace under its first line; that is how its end is found. */
export function longFunctions(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path, text }) => {
    const lines = codeOnly(text).split('\n');
    return lines.flatMap((line, opens) => {
      // A script's outermost scope is not a function that somebody reads in one go.
      if (!OPENS.test(line) || CONTROL.test(line) || line === '(() => {') return [];
      const indent = /^\s*/.exec(line)![0];
      const begins = line.trimStart().startsWith(')') ? lines.findLastIndex(beginsAt(indent), opens) : opens;
      const length = lines.findIndex((other, index) => index > opens && other.startsWith(`${indent}}`)) - begins + 1;
      return length > FUNCTION_LINES_MOST ? [`${path}:${begins + 1} has ${length} lines`] : [];
    });

    function beginsAt(indent: string): (other: string, index: number) => boolean {
      return (other) => other.startsWith(indent) && /^[\w#]/.test(other.slice(indent.length));
    }
  });
}

export function defaultExports(sources: readonly Source[]): string[] {
  return sources.flatMap((source) => linesWith(source, /\bexport\s+default\b|\bas\s+default\b/));
}

/** A barrel passes on what others export: nobody can tell then where a thing lives. */
export function barrels(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path, text }) =>
    /(?:^|\n)\s*export\s+(?:type\s+)?(?:\*|\{[^}]*\})[^;'"]*from\s*['"]/.test(text) || /(^|\/)index\.[jt]s$/.test(path)
      ? [`${path} passes on what another file exports`]
      : [],
  );
}

function linesWith({ path, text }: Source, pattern: RegExp): string[] {
  return codeOnly(text)
    .split('\n')
    .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : []));
}
