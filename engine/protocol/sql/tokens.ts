/** Statements as tokens, by MySQL's rules for comments, quotes and variables. */

export type TokenKind = 'word' | 'string' | 'number' | 'symbol' | 'variable' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** As written: what error messages and column names repeat. */
  readonly text: string;
  /** Without quotes; of an unquoted word its upper-case form is what keywords are held against. */
  readonly value: string;
  readonly start: number;
}

/** Blanks and comments. The inside of a version comment is code to MySQL, so only its brackets are skipped. */
const SKIPPED = /(?:\s+|#[^\n]*|--(?=[\s]|$)[^\n]*|\/\*!\d*|\/\*(?!!)[\s\S]*?\*\/|\*\/)+/y;
const PATTERNS: readonly (readonly [TokenKind, RegExp])[] = [
  ['variable', /@@(?:[\w$]+|`[^`]+`)(?:\s*\.\s*(?:[\w$]+|`[^`]+`))*|@(?:[\w$.]+|`[^`]+`|'[^']*'|"[^"]*")?/y],
  ['string', /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"/y],
  ['number', /(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w$])/y],
  ['word', /[\w$\u0080-\uffff]+|`(?:[^`]|``)+`/y],
  ['symbol', /:=|<=|>=|<>|!=|\S/y],
];

export function tokenize(statement: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    SKIPPED.lastIndex = at;
    at += SKIPPED.exec(statement)?.[0].length ?? 0;
    if (at >= statement.length) break;
    const token = tokenAt(statement, at);
    tokens.push(token);
    at += token.text.length;
  }
  tokens.push({ kind: 'end', text: '', value: '', start: statement.length });
  return tokens;
}

function tokenAt(statement: string, start: number): Token {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = start;
    const text = pattern.exec(statement)?.[0];
    if (text !== undefined) return { kind, text, value: valueOfToken(kind, text), start };
  }
  throw new Error(`no token at ${start} of ${JSON.stringify(statement)}`);
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', '0': '\0', Z: '\x1a' };

function valueOfToken(kind: TokenKind, text: string): string {
  if (kind === 'word') return text.startsWith('`') ? text.slice(1, -1).replaceAll('``', '`') : text.toUpperCase();
  if (kind !== 'string') return text;
  const quote = text[0] as string;
  return text
    .slice(1, -1)
    .replaceAll(quote + quote, quote)
    .replaceAll(/\\([\s\S])/g, (both, next: string) => (next === '%' || next === '_' ? both : (ESCAPES[next] ?? next)));
}
