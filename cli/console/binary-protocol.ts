/** What prepared statements are answered with: the binary protocol. */
import type { Cell, Column } from '../../engine/runtimes/live/result.js';

/** The answer to COM_STMT_PREPARE. What its result has for columns is known when it is executed, as for SHOW in MySQL. */
export function preparedOk(id: number, parameters: number): Buffer {
  const body = Buffer.alloc(12);
  body.writeUInt32LE(id, 1);
  body.writeUInt16LE(parameters, 7);
  return body;
}

/** `def`, no schema and table, named `?`; behind the names binary, no length, VAR_STRING. */
export const PARAMETER_DEFINITION = Buffer.concat([
  Buffer.from('\x03def\0\0\0\x01?\0\x0c', 'latin1'),
  Buffer.from([63, 0, 0, 0, 0, 0, 253, 128, 0, 0, 0, 0]),
]);

/** Before the values: 0, and a bit for each NULL, of which the first two are not used. */
export function binaryRow(row: readonly Cell[], columns: readonly Column[]): Buffer {
  const head = Buffer.alloc(1 + ((columns.length + 9) >> 3));
  const values = columns.map((column, index) => {
    const cell = row[index] ?? null;
    if (cell !== null) return encode(cell, column);
    const bit = index + 2;
    head[1 + (bit >> 3)] = (head[1 + (bit >> 3)] as number) | (1 << (bit & 7));
    return Buffer.alloc(0);
  });
  return Buffer.concat([head, ...values]);
}

function encode(cell: string | number, { type }: Column): Buffer {
  if (type === 'bigint') {
    const buffer = Buffer.alloc(8);
    buffer.writeBigInt64LE(BigInt(Math.trunc(Number(cell))));
    return buffer;
  }
  if (type === 'int') {
    const buffer = Buffer.alloc(4);
    buffer.writeInt32LE(Math.trunc(Number(cell)));
    return buffer;
  }
  const text = Buffer.from(String(cell));
  return Buffer.concat([lengthOf(text), text]);
}

/** MySQL's length-encoded integer. */
function lengthOf({ length }: Buffer): Buffer {
  if (length < 251) return Buffer.from([length]);
  const buffer = Buffer.alloc(length < 2 ** 16 ? 3 : 4);
  buffer[0] = length < 2 ** 16 ? 0xfc : 0xfd;
  buffer.writeUIntLE(length, 1, buffer.length - 1);
  return buffer;
}
