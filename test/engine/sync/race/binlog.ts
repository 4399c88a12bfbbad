/**
 * One writer, several readers, a ring much smaller than what is written. A byte's value follows from its position, so
 * that whoever reads one knows whether it is the right one.
 */
import type { BinlogMemory } from '../../../../engine/sync/binlog-ring.js';
import { Host, type Script } from './host.js';
import type { Stage, Tally } from './stage.js';

const CAPACITY = 4096;
const EVENT_BYTES_MOST = 300;
/** MySQL's first position, behind the magic number of the file. */
const START = 4;
/** Of Knuth's multiplicative hash: bytes that lie a ring's length apart differ. */
const byteAt = (position: number): number => Math.imul(position, 0x9e3779b1) >>> 24;

/**
 * `counted`: bytes that the control words have counted at first; `read`: bytes that are read at once, at most. Fiber 0 writes, fiber r + 1 is reader r.
 */
function begin(stage: Stage) {
  const { binlogRing, binlogLayout, condition } = stage.engine;
  const readers = stage.players - 1;
  const memory: BinlogMemory = binlogRing.takeBinlogMemory(stage.arena, CAPACITY, readers, START);
  const host = new Host(stage, stage.players);
  const room = new condition.SharedCondition(stage.arena, host.table, host);
  const newEvents = new condition.SharedCondition(stage.arena, host.table, host);
  const counted = stage.option('counted');
  if (stage.player === 0) {
    memory.control[binlogLayout.SAFE_END] = counted;
    for (let reader = 0; reader < readers; reader++) memory.control[binlogLayout.cursorOf(reader)] = counted;
  }
  stage.begin();
  return { memory, host, room, newEvents, end: START + counted + stage.rounds, layout: binlogLayout };
}

export function writer(stage: Stage): Tally {
  const { memory, host, room, newEvents, end, layout } = begin(stage);
  const binlog = new stage.engine.binlogRing.BinlogWriter(memory);
  const tally = { events: 0, waits: 0, end: 0 };

  function* waitForRoom(bytes: number): Script {
    while (!binlog.hasRoomOrSays(bytes)) {
      if (!room.queueWhile(memory.control, layout.WRITER_WAITS, 1, 0)) continue;
      tally.waits++;
      yield 'room in the binlog';
    }
  }

  function publish(): void {
    binlog.publish(binlog.end);
    newEvents.wakeUpTo(0);
  }

  function* write(): Script {
    while (binlog.end < end) {
      const event = new Uint8Array(Math.min(1 + stage.below(EVENT_BYTES_MOST), end - binlog.end));
      for (let i = 0; i < event.length; i++) event[i] = byteAt(binlog.end + i);
      if (!binlog.hasRoom(event.length)) {
        publish();
        // The reader may be done with all of it before the writer says that it waits, or after.
        if (stage.below(8) === 0) stage.dawdle(50_000);
        yield* waitForRoom(event.length);
      }
      binlog.append(event);
      tally.events++;
      if (stage.below(4) === 0) publish();
      stage.round(tally.events);
    }
    publish();
    tally.end = binlog.end;
  }

  host.spawn(0, write());
  host.run();
  return tally;
}

/** Allowed: every byte from the first position to the last, each with the value that belongs there. */
export function reader(stage: Stage): Tally {
  const { memory, host, room, newEvents, end, layout } = begin(stage);
  const binlog = new stage.engine.binlogRing.BinlogReader(memory, stage.player - 1);
  const readMost = stage.option('read');
  const into = new Uint8Array(readMost + 8);
  const tally = { reads: 0, waits: 0, end: 0 };

  function* read(): Script {
    while (binlog.cursor < end) {
      const seen = binlog.safeEndWord;
      const available = binlog.safeEndOf(seen) - binlog.cursor;
      if (available < 0 || available > CAPACITY) throw new Error(`${available} bytes to read at ${binlog.cursor}`);
      if (available === 0) {
        if (!newEvents.queueWhile(memory.control, layout.SAFE_END, seen, stage.player)) continue;
        tally.waits++;
        yield `events after ${binlog.cursor}`;
        continue;
      }
      const length = Math.min(available, 1 + stage.below(readMost));
      binlog.copyTo(into, 8, length);
      for (let i = 0; i < length; i++) {
        const expected = byteAt(binlog.cursor + i);
        if (into[8 + i] !== expected) throw new Error(`byte ${binlog.cursor + i} is ${into[8 + i]}, not ${expected}`);
      }
      if (binlog.advance(length)) room.wakeOne();
      tally.reads++;
      stage.round(tally.reads);
      // One reader is the slowest for some time, then another.
      if ((tally.reads >> 8) % stage.players === stage.player) stage.dawdle(2000);
    }
    tally.end = binlog.cursor;
  }

  host.spawn(stage.player, read());
  host.run();
  return tally;
}
