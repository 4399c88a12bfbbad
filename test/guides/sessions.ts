/**
 * Documents that are run: blocks of `console` hold commands behind `$ ` and below each what it prints. `…` on a line of
 * its own stands for lines that are left out, at the end of one for its rest.
 */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Session {
  readonly command: string;
  readonly expected: readonly string[];
}

const blocksOf = (markdown: string): string[] =>
  [...markdown.matchAll(/^```console\n(.*?)^```/gms)].map((match) => match[1] as string);

export const sessionsOf = (markdown: string): Session[] =>
  blocksOf(markdown).flatMap((block) =>
    block
      .replaceAll('\\\n', ' ')
      .split(/^\$ /m)
      .slice(1)
      .map((text) => {
        const [command = '', ...expected] = text.trimEnd().split('\n');
        return { command, expected };
      }),
  );

const LEFT_OUT = '…';

const isLine = (expected: string, line: string | undefined): boolean =>
  expected.endsWith(LEFT_OUT) ? line?.startsWith(expected.slice(0, -1)) === true : line === expected;

/** The first expected line that is not where it belongs, and what stands there; undefined where all is as expected. */
export function differenceOf(expected: readonly string[], output: string): string | undefined {
  const actual = output.trimEnd().split('\n');
  let at = 0;
  let anywhere = false;
  for (const line of expected) {
    if (line === LEFT_OUT) {
      anywhere = true;
      continue;
    }
    const found = anywhere ? actual.findIndex((one, index) => index >= at && isLine(line, one)) : at;
    if (found < 0 || !isLine(line, actual[found])) {
      return `expected ${JSON.stringify(line)}, found ${anywhere ? 'it nowhere' : JSON.stringify(actual[at] ?? 'the end')}`;
    }
    at = found + 1;
    anywhere = false;
  }
  return anywhere || at === actual.length ? undefined : `expected the end, found ${JSON.stringify(actual[at])}`;
}

const NUMBER = /\d[\d,]*(?:\.\d+)?/g;
const plain = (text: string): string => text.replaceAll(/(?<=\d),(?=\d)/g, '');
const numbersIn = (text: string): string[] =>
  (plain(text).match(NUMBER) ?? []).map((number) => number.replace(/,$/, ''));

/** Figures in bold are quotations from a block: those that no block has. */
export function unfoundFigures(markdown: string): string[] {
  const known = new Set(sessionsOf(markdown).flatMap(({ expected }) => expected.flatMap(numbersIn)));
  const prose = markdown.replaceAll(/^```.*?^```/gms, '');
  const bold = [...prose.matchAll(/\*\*(.+?)\*\*/gs)].map((match) => match[1] as string);
  return bold.flatMap(numbersIn).filter((number) => !known.has(number));
}

/** Names of the pictures that a document shows and its commands make: charts of their runs. */
export const picturesOf = (markdown: string): string[] =>
  [...markdown.matchAll(/!\[[^\]]*\]\(images\/([\w.-]+\.svg)\)/g)].map((match) => match[1] as string);

/** Numbers that Vega gives to clipping paths say in which order a process drew them, and nothing else. */
export function comparableDrawing(svg: string): string {
  const names = new Map<string, string>();
  return svg.replaceAll(/\b(?:clip|gradient_)\d+\b/g, (name) => {
    if (!names.has(name)) names.set(name, `id${names.size}`);
    return names.get(name) as string;
  });
}

/** The chart of that name in one of the runs that a document's commands have left in a folder. */
export function drawnPicture(folder: string, markdown: string, name: string): string {
  const runs = sessionsOf(markdown).flatMap(({ command }) => /--out (\S+)/.exec(command)?.[1] ?? []);
  const made = runs.map((run) => join(folder, run, 'charts', name)).find(existsSync);
  if (made === undefined) throw new Error(`none of ${runs.join(', ')} in ${folder} has drawn ${name}`);
  return readFileSync(made, 'utf8');
}

/** What commands need of a checkout, in a folder of its own, where they leave their results. */
export function furnish(folder: string, root: string): void {
  for (const name of ['dist', 'docs', 'workloads', 'node_modules', 'notebooks'])
    symlinkSync(join(root, name), join(folder, name));
}

/** What a command prints. */
export async function play(folder: string, command: string): Promise<string> {
  const { stdout } = await run('bash', ['-c', `set -eu; ${command}`], { cwd: folder, maxBuffer: 1 << 26 });
  return stdout;
}
