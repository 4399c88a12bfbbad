/**
 * Prepared statements of one connection: their texts, and what of a COM_STMT_EXECUTE goes where a `?` stands. They are
 * executed as text with the values in place; results go back in the binary protocol.
 */
import { SqlError } from '../../engine/protocol/sql/errors.js';
import { parseStatement } from '../../engine/protocol/sql/parse.js';
import { tokenize } from '../../engine/protocol/sql/tokens.js';

/** MySQL's default of max_prepared_stmt_count; there it is counted over all connections. */
const MOST = 16382;
/** Of one connection's texts and long data together: a client may not fill the memory with what it prepares. */
const MOST_BYTES = 64 * 2 ** 20;

interface Prepared {
  readonly id: number;
  /** What stands before, between and behind the question marks. */
  readonly parts: readonly string[];
  /** Types that came with the last execution; later ones may leave them out. */
  types: readonly number[];
  /** COM_STMT_SEND_LONG_DATA. Index: parameter. */
  longData: (Buffer | undefined)[];
}

export class PreparedStatements {
  readonly #dialect: 'MySQL' | 'MariaDB';
  readonly #statements = new Map<number, Prepared>();
  #last = 0;
  #bytes = 0;

  constructor(dialect: 'MySQL' | 'MariaDB') {
    this.#dialect = dialect;
  }

  /** Throws `SqlError` for what MySQL would not prepare. */
  prepare(text: string): { readonly id: number; readonly parameters: number } {
    if (this.#statements.size >= MOST) {
      throw new SqlError(
        'tooManyStatements',
        `Can't create more than max_prepared_stmt_count statements (current value: ${MOST})`,
      );
    }
    const parts = splitAtParameters(text);
    this.#check(parts);
    this.#takeBytes(text.length);
    const id = ++this.#last;
    this.#statements.set(id, { id, parts, types: [], longData: [] });
    return { id, parameters: parts.length - 1 };
  }

  #check(parts: readonly string[]): void {
    // With parameters only their values tell whether it is right.
    if (parts.length > 1) return;
    const { kind } = parseStatement(parts[0] as string, this.#dialect);
    if (kind === 'use' || kind === 'begin' || kind === 'rollback') {
      throw new SqlError('notPreparable', 'This command is not supported in the prepared statement protocol yet');
    }
  }

  #takeBytes(bytes: number): void {
    if (this.#bytes + bytes > MOST_BYTES) throw new SqlError('outOfMemory', 'Out of memory; too much is prepared');
    this.#bytes += bytes;
  }

  close(id: number): void {
    const statement = this.#statements.get(id);
    if (!statement) return;
    this.#forget(statement);
    this.#bytes -= statement.parts.join('?').length;
    this.#statements.delete(id);
  }

  clear(): void {
    this.#statements.clear();
    this.#bytes = 0;
  }

  /** COM_STMT_RESET: long data is forgotten. */
  reset(id: number): void {
    this.#forget(this.#find(id, 'mysqld_stmt_reset'));
  }

  #forget(statement: Prepared): void {
    for (const data of statement.longData) this.#bytes -= data?.length ?? 0;
    statement.longData = [];
  }

  /** COM_STMT_SEND_LONG_DATA, which has no answer: what is wrong shows when the statement is executed. */
  appendLongData(body: Buffer): void {
    if (body.length < 6) return;
    const statement = this.#statements.get(body.readUInt32LE(0));
    const parameter = body.readUInt16LE(4);
    if (!statement || parameter >= statement.parts.length - 1) return;
    const data = Buffer.concat([statement.longData[parameter] ?? Buffer.alloc(0), body.subarray(6)]);
    this.#takeBytes(body.length - 6);
    statement.longData[parameter] = data;
  }

  #find(id: number, by: string): Prepared {
    // MariaDB's clients say -1 for the one prepared last.
    const statement = this.#statements.get(id === 0xffffffff ? this.#last : id);
    if (!statement) {
      throw new SqlError('unknownStatement', `Unknown prepared statement handler (${id}) given to ${by}`);
    }
    return statement;
  }

  /** The body of COM_STMT_EXECUTE: the statement's text with its values in place. */
  bind(body: Buffer): string {
    const wrong = (): never => {
      throw new SqlError('wrongArguments', 'Incorrect arguments to mysqld_stmt_execute');
    };
    if (body.length < 9) wrong();
    const statement = this.#find(body.readUInt32LE(0), 'mysqld_stmt_execute');
    const count = statement.parts.length - 1;
    if (count === 0) return statement.parts[0] as string;
    try {
      const values = this.#values(statement, count, body);
      return statement.parts.map((part, index) => (index === 0 ? part : `${values[index - 1]}${part}`)).join('');
    } catch (error) {
      // It ends before its values do.
      if (error instanceof RangeError) return wrong();
      throw error;
    }
  }

  #values(statement: Prepared, count: number, body: Buffer): string[] {
    const nulls = 9;
    let at = nulls + ((count + 7) >> 3);
    if (body.readUInt8(at++) === 1) {
      const from = at;
      statement.types = Array.from({ length: count }, (_, index) => body.readUInt16LE(from + 2 * index));
      at += 2 * count;
    }
    const { types, longData } = statement;
    if (types.length !== count) throw new RangeError('no types');
    const reader = new ValueReader(body, at);
    return types.map((type, index) => {
      const isNull = ((body[nulls + (index >> 3)] as number) >> (index & 7)) & 1;
      const long = longData[index];
      if (long) return quoted(long.toString('utf8'));
      return isNull ? 'NULL' : reader.next(type);
    });
  }
}

function splitAtParameters(text: string): string[] {
  const parts: string[] = [];
  let from = 0;
  for (const token of tokenize(text)) {
    if (token.kind !== 'symbol' || token.text !== '?') continue;
    parts.push(text.slice(from, token.start));
    from = token.start + 1;
  }
  return [...parts, text.slice(from)];
}

const ESCAPED: Readonly<Record<string, string>> = { '\\': '\\\\', "'": "\\'", '\0': '\\0', '\n': '\\n', '\x1a': '\\Z' };
// biome-ignore lint/suspicious/noControlCharactersInRegex: MySQL escapes these two.
const quoted = (text: string): string => `'${text.replaceAll(/[\\'\0\n\x1a]/g, (char) => ESCAPED[char] as string)}'`;

const UNSIGNED = 0x8000;
const two = (value: number): string => String(value).padStart(2, '0');

/** Values of the binary protocol, as literals. Throws `RangeError` behind the end. */
class ValueReader {
  readonly #body: Buffer;
  #at: number;

  constructor(body: Buffer, at: number) {
    this.#body = body;
    this.#at = at;
  }

  next(typeWord: number): string {
    const unsigned = (typeWord & UNSIGNED) !== 0;
    const type = typeWord & 0xff;
    switch (type) {
      case 1:
        return this.#integer(1, unsigned);
      case 2:
      case 13:
        return this.#integer(2, unsigned);
      case 3:
      case 9:
        return this.#integer(4, unsigned);
      case 4:
        return String(this.#body.readFloatLE(this.#skip(4)));
      case 5:
        return String(this.#body.readDoubleLE(this.#skip(8)));
      case 6:
        return 'NULL';
      case 8: {
        const at = this.#skip(8);
        return String(unsigned ? this.#body.readBigUInt64LE(at) : this.#body.readBigInt64LE(at));
      }
      case 7:
      case 10:
      case 12:
        return this.#date();
      case 11:
        return this.#time();
      case 0:
      case 246:
        // A decimal travels as its digits.
        return this.#text().replaceAll(/[^-+.\deE]/g, '') || '0';
      default:
        return quoted(this.#text());
    }
  }

  #skip(bytes: number): number {
    const at = this.#at;
    if (at + bytes > this.#body.length) throw new RangeError('behind the end');
    this.#at += bytes;
    return at;
  }

  #integer(bytes: 1 | 2 | 4, unsigned: boolean): string {
    const at = this.#skip(bytes);
    return String(unsigned ? this.#body.readUIntLE(at, bytes) : this.#body.readIntLE(at, bytes));
  }

  /** Behind its length: one byte, or 0xfc, 0xfd, 0xfe and 2, 3, 8 bytes. */
  #text(): string {
    const first = this.#body.readUInt8(this.#skip(1));
    const size = { 252: 2, 253: 3, 254: 6 }[first];
    const length = size === undefined ? first : this.#body.readUIntLE(this.#skip(size), size);
    if (first === 254) this.#skip(2);
    const at = this.#skip(length);
    return this.#body.toString('utf8', at, at + length);
  }

  #date(): string {
    const length = this.#body.readUInt8(this.#skip(1));
    const at = this.#skip(length);
    if (length === 0) return "'0000-00-00'";
    const body = this.#body;
    const day = `${String(body.readUInt16LE(at)).padStart(4, '0')}-${two(body.readUInt8(at + 2))}-${two(body.readUInt8(at + 3))}`;
    if (length < 7) return `'${day}'`;
    const micros = length < 11 ? '' : `.${String(body.readUInt32LE(at + 7)).padStart(6, '0')}`;
    return `'${day} ${[4, 5, 6].map((each) => two(body.readUInt8(at + each))).join(':')}${micros}'`;
  }

  #time(): string {
    const length = this.#body.readUInt8(this.#skip(1));
    const at = this.#skip(length);
    if (length < 8) return "'00:00:00'";
    const body = this.#body;
    const hours = 24 * body.readUInt32LE(at + 1) + body.readUInt8(at + 5);
    return `'${body.readUInt8(at) === 1 ? '-' : ''}${two(hours)}:${two(body.readUInt8(at + 6))}:${two(body.readUInt8(at + 7))}'`;
  }
}
