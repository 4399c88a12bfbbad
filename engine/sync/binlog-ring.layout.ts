/**
 * Layout of the binlog's byte ring: one writer, any number of readers.
 *
 *     control (Int32)
 *     word   0         32        64        96              (3 + n) × 32
 *            │ SAFE_END│ WAITS   │ WRITER  │ reader 0's cursor │ … │ reader n's cursor │
 *     bytes (Uint8), a power of two
 *            │ … written, some reader needs it … │ … free … │
 *
 * A position p lies at byte p modulo the capacity. SAFE_END and the cursors count bytes from the first position on, modulo
 * 2³²: as the ring is far smaller, the distance between any two of them is known all the same. Fresh memory is an empty
 * binlog.
 */
import { ISOLATION_WORDS } from './arena.js';

/** End of what readers may read (`binlog_end_pos`). Written by the writer. */
export const SAFE_END = 0;
/** 1 while the writer waits for room. */
export const WRITER_WAITS = ISOLATION_WORDS;
/** 1 once the writer's role is taken. */
export const WRITER = 2 * ISOLATION_WORDS;
/** Where reader r's cursor lies: it has read everything before. Written by that reader. */
export const cursorOf = (reader: number): number => (3 + reader) * ISOLATION_WORDS;
/** 1 once reader r's role is taken: beside its cursor, as it is written once. */
export const readerOf = (reader: number): number => cursorOf(reader) + 1;
export const controlWords = (readers: number): number => (3 + readers) * ISOLATION_WORDS;
