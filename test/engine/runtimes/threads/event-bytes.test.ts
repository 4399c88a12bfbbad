import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { BINLOG_START, transactionShape } from '../../../../engine/protocol/positions.js';
import { EventChecker, TransactionBytes } from '../../../../engine/runtimes/threads/event-bytes.js';

/** CRC-32 bit by bit (ISO 3309, polynomial 0xEDB88320 reflected), so as not to check zlib with zlib. */
function crcOf(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

test('the checksum is the one that everybody knows', () => {
  const check = new TextEncoder().encode('123456789');
  expect(crcOf(check)).toBe(0xcbf43926);
  expect(crc32(check)).toBe(0xcbf43926);
});

test('one event, byte by byte', () => {
  // 30 bytes: 19 of header, 7 of payload (session 5, from byte 19 on: 24, 25, …), 4 of checksum.
  const transaction = new TransactionBytes(transactionShape(1, 30), 5);
  transaction.place(0x01020304);
  const header = [0, 0, 0, 0, 16, 1, 0, 0, 0, 30, 0, 0, 0, 0x22, 0x03, 0x02, 0x01, 0, 0];
  const payload = [24, 25, 26, 27, 28, 29, 30];
  expect([...transaction.bytes.subarray(0, 26)]).toEqual([...header, ...payload]);
  const view = new DataView(transaction.bytes.buffer);
  expect(view.getUint32(26, true)).toBe(crcOf(transaction.bytes.subarray(0, 26)));
});

test.each([
  [4, [2, 19, 30, 16]],
  [5, [34, 2, 19, 30, 16]],
  [1, [16]],
  [7, [2, 19, 30, 30, 30, 30, 16]],
])('%i events are those of an INSERT, and each says where it ends', (events, types) => {
  const shape = transactionShape(events, 480);
  const transaction = new TransactionBytes(shape, 0);
  transaction.place(BINLOG_START);
  const view = new DataView(transaction.bytes.buffer);
  const seen: number[] = [];
  let at = 0;
  while (at < 480) {
    seen.push(view.getUint8(at + 4));
    const size = view.getUint32(at + 9, true);
    at += size;
    expect(view.getUint32(at - size + 13, true)).toBe(BINLOG_START + at);
    expect(view.getUint32(at - 4, true)).toBe(crcOf(transaction.bytes.subarray(at - size, at - 4)));
  }
  expect(at).toBe(480);
  expect(seen).toEqual(types);
});

test('positions beyond 4 GiB keep their low 32 bits', () => {
  const transaction = new TransactionBytes(transactionShape(1, 30), 0);
  transaction.place(2 ** 32 + 100);
  expect(new DataView(transaction.bytes.buffer).getUint32(13, true)).toBe(130);
  new EventChecker(transaction.bytes).check(0, 30, 2 ** 32 + 130);
});

test('every single byte that changes is noticed, and so is an event that should lie elsewhere', () => {
  const transaction = new TransactionBytes(transactionShape(1, 64), 9);
  transaction.place(1000);
  // Behind other bytes, in a part of a buffer.
  const bytes = new Uint8Array(100).subarray(7);
  bytes.set(transaction.bytes, 3);
  const checker = new EventChecker(bytes);
  checker.check(3, 64, 1064);
  expect(() => checker.check(3, 64, 1128)).toThrow('ends at 1128: its header says 64 bytes, end 1064');
  for (let at = 3; at < 67; at++) {
    bytes[at] = bytes[at]! ^ 0x10;
    expect(() => checker.check(3, 64, 1064), `byte ${at}`).toThrow(/^binlog event of 64 bytes that ends at 1064: its /);
    bytes[at] = bytes[at]! ^ 0x10;
  }
});
