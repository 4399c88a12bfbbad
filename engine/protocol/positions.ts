/**
 * Binlog positions, counted in bytes over the whole binlog, across files. Inside one transaction the events divide its
 * bytes evenly; the last one takes the remainder.
 */

/** Where the first event of a fresh binlog ends: magic number, format description, previous GTIDs (MySQL 5.7). */
export const BINLOG_START = 154;

export interface TransactionShape {
  readonly events: number;
  readonly bytes: number;
  /** Bytes of every event but the last. */
  readonly eventBytes: number;
}

export function transactionShape(events: number, bytes: number): TransactionShape {
  return { events, bytes, eventBytes: Math.floor(bytes / events) };
}

/** End position of event `index` (0-based) of a transaction that begins at `start`. */
export function eventEnd(shape: TransactionShape, start: number, index: number): number {
  return index === shape.events - 1 ? start + shape.bytes : start + (index + 1) * shape.eventBytes;
}

/** Where the transaction begins whose events reach beyond `position`. */
export function transactionStartAt(shape: TransactionShape, position: number): number {
  return BINLOG_START + transactionsUpTo(shape, position) * shape.bytes;
}

/** How many transactions lie wholly before `position`. */
export function transactionsUpTo(shape: TransactionShape, position: number): number {
  return Math.floor((position - BINLOG_START) / shape.bytes);
}

/** How many events lie between two positions, both of them ends of events. */
export function eventsBetween(shape: TransactionShape, from: number, to: number): number {
  return eventsUpTo(shape, to) - eventsUpTo(shape, from);
}

/** The end of the `count`-th event behind `from`, which is the end of an event. */
export function eventEndAfter(shape: TransactionShape, from: number, count: number): number {
  const events = eventsUpTo(shape, from) + count;
  const transactions = Math.floor(events / shape.events);
  return BINLOG_START + transactions * shape.bytes + (events - transactions * shape.events) * shape.eventBytes;
}

/** Number of events that end at or before `position`, since the binlog's start. */
function eventsUpTo(shape: TransactionShape, position: number): number {
  const offset = position - BINLOG_START;
  const transactions = Math.floor(offset / shape.bytes);
  return transactions * shape.events + Math.floor((offset - transactions * shape.bytes) / shape.eventBytes);
}
