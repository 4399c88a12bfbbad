/**
 * MySQL's option files (my.cnf): groups, comments, quotes, escapes, !include and !includedir, as mysqld reads them. No
 * package on npm keeps repeated keys, include directives and lines.
 */
import { readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { shownPath } from './document.js';
import { InputError } from './input-error.js';
import { readFailure, readLegacyFile } from './input-file.js';

/** One line of a group. */
export interface FileOption {
  readonly group: string;
  /** With `_` for `-`, and without `loose_`. */
  readonly name: string;
  /** Absent where the line has no `=`. */
  readonly value?: string;
  /** Was it written with `loose-`: a server that does not know it goes on without it? */
  readonly loose: boolean;
  /** `file:line` */
  readonly place: string;
}

/** As deep as mysqld follows !include. */
const INCLUDES_DEEPEST = 10;

/** Every option of the file and of those it includes, in the order in which mysqld sees them: later ones win. */
export function readOptionFile(file: string): FileOption[] {
  return readFile(resolve(file), shownPath(resolve(file)), []);
}

function readFile(file: string, blame: string, including: readonly string[]): FileOption[] {
  let text: string;
  try {
    text = readLegacyFile(file);
  } catch (error) {
    const what = including.length === 0 ? '' : ` ${shownPath(file)}:`;
    throw new InputError(`${blame}:${what} ${readFailure(error)}`);
  }
  const options: FileOption[] = [];
  const chain = [...including, file];
  let group: string | undefined;
  text.split(/\r?\n/).forEach((raw, index) => {
    const place = `${shownPath(file)}:${index + 1}`;
    const line = raw.trim();
    if (line === '' || line.startsWith('#') || line.startsWith(';')) return;
    if (line.startsWith('!')) options.push(...included(line, file, place, chain));
    else if (line.startsWith('[')) group = groupOf(line, place);
    else if (group === undefined) {
      throw new InputError(`${place}: "${line}" stands before any group; put [mysqld] above it`);
    } else options.push(optionOf(line, group, place));
  });
  return options;
}

function included(line: string, file: string, place: string, chain: readonly string[]): FileOption[] {
  const directive = /^!(include|includedir)\s+(\S.*)$/.exec(line);
  if (!directive) throw new InputError(`${place}: "${line}" is no directive; use !include FILE or !includedir DIR`);
  const target = resolve(dirname(file), directive[2] as string);
  if (chain.length >= INCLUDES_DEEPEST) {
    const circle = chain.includes(target) ? '; it includes itself' : '';
    throw new InputError(`${place}: files are included ${INCLUDES_DEEPEST} deep${circle}; take this line out`);
  }
  if (directive[1] === 'include') return readFile(target, place, chain);
  return configurationFiles(target, place).flatMap((name) => readFile(join(target, name), place, chain));
}

/** Those that mysqld reads in a directory. MySQL promises no order, MariaDB sorts, and Debian's numbers count on it. */
function configurationFiles(folder: string, place: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.cnf'))
      .sort();
  } catch (error) {
    throw new InputError(`${place}: ${shownPath(folder)}: ${readFailure(error)}`);
  }
}

function groupOf(line: string, place: string): string {
  const match = /^\[([^\]]*)\]\s*(?:[#;].*)?$/.exec(line);
  if (!match) throw new InputError(`${place}: "${line}" is no group; write [mysqld]`);
  return (match[1] as string).trim();
}

function optionOf(line: string, group: string, place: string): FileOption {
  const written = withoutComment(line);
  const equals = written.indexOf('=');
  const key = (equals < 0 ? written : written.slice(0, equals)).trim().replace(/^--/, '').replaceAll('-', '_');
  if (key === '') throw new InputError(`${place}: there is no name in front of "="; write name=value`);
  const loose = key.startsWith('loose_');
  const name = loose ? key.slice('loose_'.length) : key;
  const option = { group, name, loose, place };
  return equals < 0 ? option : { ...option, value: unquoted(written.slice(equals + 1).trim()) };
}

/** A `#` begins a comment, unless quotes or a backslash protect it. */
function withoutComment(line: string): string {
  let quote = '';
  for (let index = 0; index < line.length; index++) {
    const character = line[index] as string;
    if (character === '\\') index++;
    else if (quote !== '') {
      if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '#') return line.slice(0, index).trimEnd();
  }
  return line;
}

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', t: '\t', n: '\n', r: '\r', '\\': '\\', s: ' ' };

/** Without the quotes around it; a backslash before anything that needs none stays. */
function unquoted(text: string): string {
  const quoted = /^(["'])(.*)\1$/s.exec(text);
  return (quoted ? (quoted[2] as string) : text).replaceAll(/\\(.)/gs, (both, next: string) => ESCAPES[next] ?? both);
}
