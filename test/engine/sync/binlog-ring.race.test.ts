/**
 * Allowed: every reader reads every byte, each with the value that belongs to its position; the writer, held back by the
 * slowest reader, goes on as soon as there is room; a second writer, or a second one in a reader's role, throws.
 */
import { describe, expect, test } from 'vitest';
import { Arena } from '../../../engine/sync/arena.js';
import { BinlogReader, BinlogWriter, takeBinlogMemory } from '../../../engine/sync/binlog-ring.js';
import { canary, NAP } from './race/canary.js';
import { FACTOR, type Race, race } from './race/race.js';

const BYTES = 4_000_000 * FACTOR;
const START = 4;
const parts = ['writer', 'reader', 'reader'];
const two: Race = { scenario: 'binlog', parts, rounds: 2_000_000, options: { counted: 0, read: 700 } };
/** Reads all there is at once: nobody reads on later who would make up for a writer that was not woken. */
const one: Race = { ...two, parts: ['writer', 'reader'], options: { counted: 0, read: 2 ** 15 } };

test.each([
  ['from 0', 0],
  ['over 2³¹', 2 ** 31 - 100_000],
  ['over 2³²', 2 ** 32 - 100_000],
])('two readers read what is written, bytes counted %s', async (_, counted) => {
  const tallies = await race({ ...two, rounds: BYTES, options: { counted, read: 700 } });
  for (const { end } of tallies) expect(end).toBe(START + counted + BYTES);
});

const file = 'binlog-ring.js';
const wrong = /reader.*byte \d+ is/;

canary(
  'a reader goes on before it has copied',
  [
    {
      file,
      line: 'const from = this.cursor & (ring.length - 1);',
      by: `const from = this.cursor & (ring.length - 1);
        Atomics.store(this.#memory.control, this.#cursorWord, (this.cursor + length - this.#memory.start) | 0);
        ${NAP}`,
    },
  ],
  two,
  /reader.*byte \d+ is|bytes to read/,
);

canary(
  'published before the bytes are written',
  [
    {
      file,
      line: 'const at = this.end & (ring.length - 1);',
      by: `const at = this.end & (ring.length - 1); this.publish(this.end + from.length); ${NAP}`,
    },
  ],
  two,
  wrong,
);

canary(
  'the fastest reader counts, not the slowest',
  [
    { file, line: 'let behind = 0;', by: 'let behind = 2 ** 31;' },
    {
      file,
      line: 'behind = Math.max(behind, (this.end - start - Atomics.load(control, cursorOf(reader))) | 0);',
      by: 'behind = Math.min(behind, (this.end - start - Atomics.load(control, cursorOf(reader))) | 0);',
    },
  ],
  two,
  /reader.*byte \d+ is|bytes to read/,
);

canary(
  'the writer says that it waits after it has looked',
  [
    { file, line: 'Atomics.store(this.#memory.control, WRITER_WAITS, 1);', by: '' },
    {
      file,
      line: 'return this.hasRoom(bytes);',
      by: `const room = this.hasRoom(bytes); ${NAP} Atomics.store(this.#memory.control, WRITER_WAITS, 1); return room;`,
    },
  ],
  one,
  /nobody has got on.*writer.*room in the binlog/,
);

canary(
  'a reader looks whether the writer waits before it goes on',
  [
    {
      file,
      line: 'this.cursor += bytes;',
      by: `const waits = Atomics.load(this.#memory.control, WRITER_WAITS); ${NAP} this.cursor += bytes;`,
    },
    {
      file,
      line: 'return (Atomics.load(this.#memory.control, WRITER_WAITS) === 1 &&',
      by: 'return (waits === 1 &&',
    },
  ],
  one,
  /nobody has got on.*writer.*room in the binlog/,
);

describe('misuse fails', () => {
  const memory = () => takeBinlogMemory(new Arena(), 64, 2, START);

  test('a second writer', () => {
    const binlog = memory();
    new BinlogWriter(binlog);
    expect(() => new BinlogWriter(binlog)).toThrow(/writer.*taken already/);
  });

  test('a second reader in the same role; another role is free', () => {
    const binlog = memory();
    new BinlogReader(binlog, 1);
    expect(() => new BinlogReader(binlog, 1)).toThrow(/reader 1 .*taken already/);
    expect(new BinlogReader(binlog, 0).cursor).toBe(START);
  });

  test('bytes over what a reader has not read', () => {
    const writer = new BinlogWriter(memory());
    writer.append(new Uint8Array(40));
    expect(writer.hasRoom(25)).toBe(false);
    expect(() => writer.append(new Uint8Array(25))).toThrow(/25 bytes would overwrite/);
  });

  test('waiting for room that there can never be', () => {
    expect(() => new BinlogWriter(memory()).hasRoomOrSays(65)).toThrow(/65 bytes can never/);
  });
});
