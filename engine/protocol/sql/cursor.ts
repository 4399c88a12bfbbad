/** A cursor over the tokens of a statement, and what several statements have in common. */
import { SqlError } from './errors.js';
import type { NameFilter } from './statements.js';
import { type Token, tokenize } from './tokens.js';

export type Dialect = 'MySQL' | 'MariaDB';

/** As much of the statement as MySQL repeats behind `near`. */
const NEAR_LENGTH = 80;

/** A cursor over the tokens; what is not there is a syntax error at the token that stands there instead. */
export class Cursor {
  readonly #text: string;
  readonly dialect: Dialect;
  readonly #tokens: readonly Token[];
  #index = 0;

  constructor(text: string, dialect: Dialect) {
    this.#text = text;
    this.dialect = dialect;
    this.#tokens = tokenize(text);
  }

  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#index + ahead, this.#tokens.length - 1)] as Token;
  }

  next(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.#index++;
    return token;
  }

  /** Takes the words if they stand here, in this order. */
  accept(...words: readonly string[]): boolean {
    if (!this.sees(...words)) return false;
    this.#index += words.length;
    return true;
  }

  sees(...words: readonly string[]): boolean {
    return words.every((word, ahead) => {
      const token = this.peek(ahead);
      return (token.kind === 'word' && !token.text.startsWith('`') && token.value === word) || token.text === word;
    });
  }

  /** Takes one of the words. */
  acceptOne(words: readonly string[]): string | undefined {
    return words.find((word) => this.accept(word));
  }

  expect(...words: readonly string[]): void {
    for (const word of words) if (!this.accept(word)) this.fail();
  }

  /** A name, with or without backticks, as written. */
  expectName(): string {
    const token = this.peek();
    if (token.kind !== 'word') this.fail();
    this.next();
    return token.text.startsWith('`') ? token.value : token.text;
  }

  expectString(): string {
    if (this.peek().kind !== 'string') this.fail();
    return this.next().value;
  }

  expectEnd(): void {
    if (this.peek().kind !== 'end') this.fail();
  }

  skipToEnd(): void {
    this.#index = this.#tokens.length - 1;
  }

  /** The text between two tokens, as written. */
  textBetween(first: Token, last: Token): string {
    return this.#text.slice(first.start, last.start).trimEnd();
  }

  /** MySQL's cursor stops here. */
  fail(token = this.peek()): never {
    const line = this.#text.slice(0, token.start).split('\n').length;
    const near = this.#text.slice(token.start).replace(/;\s*$/, '').slice(0, NEAR_LENGTH);
    throw new SqlError(
      'syntax',
      `You have an error in your SQL syntax; check the manual that corresponds to your ${this.dialect} server version for the right syntax to use near '${near}' at line ${line}`,
    );
  }

  /** Valid to MySQL, and beyond what acklab emulates. */
  unsupported(what: string): never {
    throw new SqlError('notSupported', `This version of ${this.dialect} doesn't yet support '${what}'`);
  }
}

/** `LIKE 'x'`, or `WHERE name = 'x'`, `WHERE name LIKE 'x'`, `WHERE name IN ('x', 'y')`. */
export function nameFilter(cursor: Cursor, column: string): NameFilter | undefined {
  if (cursor.accept('LIKE')) return { kind: 'like', values: [cursor.expectString()] };
  if (!cursor.accept('WHERE')) return undefined;
  if (cursor.expectName().toUpperCase() !== column) cursor.unsupported('WHERE on another column');
  if (cursor.accept('LIKE')) return { kind: 'like', values: [cursor.expectString()] };
  if (cursor.accept('=')) return { kind: 'equal', values: [cursor.expectString()] };
  cursor.expect('IN', '(');
  const values: string[] = [];
  do values.push(cursor.expectString());
  while (cursor.accept(','));
  cursor.expect(')');
  return { kind: 'equal', values };
}
