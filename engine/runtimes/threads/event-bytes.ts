/**
 * Binlog events as bytes (MySQL internals manual, "Binary Log Event": version 4 header, CRC32 checksum at the end).
 *
 *     0          4     5          9           13        17     19            size-4
 *     │timestamp │type │server id │event size │log pos  │flags │ payload …   │ CRC32 │      little endian
 *
 * `log pos` is the end of the event in the binlog, of which the header has room for the low 32 bits.
 */
import { crc32 } from 'node:zlib';
import { eventEnd, type TransactionShape } from '../../protocol/positions.js';

const HEADER_BYTES = 19;
const CHECKSUM_BYTES = 4;
const TYPE = 4;
const SERVER_ID = 5;
const EVENT_SIZE = 9;
const LOG_POS = 13;

const QUERY_EVENT = 2;
const XID_EVENT = 16;
const TABLE_MAP_EVENT = 19;
const WRITE_ROWS_EVENT = 30;
const ANONYMOUS_GTID_EVENT = 34;

/** One single-row INSERT: BEGIN, then rows, then Xid; with a fifth event, MySQL 5.7's Anonymous_gtid comes in front. */
function eventType(index: number, events: number): number {
  if (index === events - 1) return XID_EVENT;
  const types = [QUERY_EVENT, TABLE_MAP_EVENT, WRITE_ROWS_EVENT];
  if (events === 5) types.unshift(ANONYMOUS_GTID_EVENT);
  return types[Math.min(index, types.length - 1)] as number;
}

/** A session's binlog cache: the events of its transaction, complete but for where they will lie. */
export class TransactionBytes {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #shape: TransactionShape;
  /** Each event without its checksum: what the checksum is of. */
  readonly #checked: readonly Uint8Array[];

  constructor(shape: TransactionShape, session: number) {
    this.#shape = shape;
    this.bytes = new Uint8Array(shape.bytes);
    this.#view = new DataView(this.bytes.buffer);
    const checked: Uint8Array[] = [];
    for (let index = 0; index < shape.events; index++) {
      const start = index * shape.eventBytes;
      const end = eventEnd(shape, 0, index);
      for (let at = start + HEADER_BYTES; at < end - CHECKSUM_BYTES; at++) this.bytes[at] = session + at;
      this.bytes[start + TYPE] = eventType(index, shape.events);
      this.#view.setUint32(start + SERVER_ID, 1, true);
      this.#view.setUint32(start + EVENT_SIZE, end - start, true);
      checked.push(this.bytes.subarray(start, end - CHECKSUM_BYTES));
    }
    this.#checked = checked;
  }

  /** Where the transaction begins is known now: fills in each event's end, and its checksum (as MySQL does, at flush). */
  place(position: number): void {
    const shape = this.#shape;
    for (let index = 0; index < shape.events; index++) {
      const end = eventEnd(shape, 0, index);
      this.#view.setUint32(index * shape.eventBytes + LOG_POS, position + end, true);
      this.#view.setUint32(end - CHECKSUM_BYTES, crc32(this.#checked[index] as Uint8Array), true);
    }
  }
}

/** Checks events one by one, as a replica that verifies checksums does. */
export class EventChecker {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  /** `bytes`: where the events lie that are to be checked. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Throws when the `size` bytes from `at` on are not the event that ends at `end`: overwritten, torn, or out of order. */
  check(at: number, size: number, end: number): void {
    const saidSize = this.#view.getUint32(at + EVENT_SIZE, true);
    const saidEnd = this.#view.getUint32(at + LOG_POS, true);
    if (saidSize !== size || saidEnd !== end >>> 0) {
      throw new Error(
        `binlog event of ${size} bytes that ends at ${end}: its header says ${saidSize} bytes, end ${saidEnd}`,
      );
    }
    const checksumAt = at + size - CHECKSUM_BYTES;
    if (crc32(this.#bytes.subarray(at, checksumAt)) !== this.#view.getUint32(checksumAt, true)) {
      throw new Error(`binlog event of ${size} bytes that ends at ${end}: its checksum does not fit its bytes`);
    }
  }
}
