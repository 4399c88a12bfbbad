import { isAbsolute, relative } from 'node:path';
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument, type YAMLParseError } from 'yaml';
import { InputError } from './input-error.js';
import { readFailure, readInputFile } from './input-file.js';

export type Path = readonly PropertyKey[];

/** A YAML file that was read, and where in it everything stands. */
export interface YamlFile {
  /** As errors name it: short where it lies below the working directory. */
  readonly name: string;
  readonly content: unknown;
  /** Offset of the value at `path`, or of the nearest thing around it that the file has. */
  readonly offsetOf: (path: Path) => number;
  /** Offset of the key that `path` ends with. */
  readonly keyOffsetOf: (path: Path) => number;
  /** `file:line:column` of an offset. */
  readonly placeOf: (offset: number) => string;
}

export function shownPath(file: string): string {
  const below = relative(process.cwd(), file);
  return below === '' || below.startsWith('..') || isAbsolute(below) ? file : below;
}

function nodeOffset(document: Document, path: Path): number {
  for (let length = path.length; length >= 0; length--) {
    const keys = path.slice(0, length);
    const node = keys.length === 0 ? document.contents : document.getIn(keys, true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

function keyOffset(document: Document, path: Path): number {
  const parents = path.slice(0, -1);
  const parent = parents.length === 0 ? document.contents : document.getIn(parents, true);
  if (isMap(parent)) {
    for (const { key } of parent.items) {
      if (isScalar(key) && String(key.value) === path.at(-1) && key.range) return key.range[0];
    }
  }
  return nodeOffset(document, parents);
}

/** YAML's own messages quote the source over several lines; the first says what is wrong. */
const firstLine = (text: string): string => text.split('\n', 1)[0]!.replace(/:$/, '');

/** The parser's advice for several documents is to call another function. */
const complaintOf = ({ code, message }: YAMLParseError): string =>
  code === 'MULTIPLE_DOCS' ? 'a second document begins here; keep one in each file' : firstLine(message);

export function readYaml(file: string): YamlFile {
  const name = shownPath(file);
  let text: string;
  try {
    text = readInputFile(file);
  } catch (error) {
    throw new InputError(`${name}: ${readFailure(error)}`);
  }
  const lines = new LineCounter();
  const placeOf = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const broken = document.errors[0];
  if (broken) throw new InputError(`${placeOf(broken.pos[0])}: not valid YAML: ${complaintOf(broken)}`);
  let content: unknown;
  try {
    content = document.toJS();
  } catch (error) {
    throw new InputError(`${name}: not valid YAML: ${firstLine((error as Error).message)}`);
  }
  return {
    name,
    content,
    offsetOf: (path) => nodeOffset(document, path),
    keyOffsetOf: (path) => keyOffset(document, path),
    placeOf,
  };
}
