/** Reads a file that a user named: a workload, samples, measured rows. */
import { closeSync, openSync, readSync } from 'node:fs';

/** A million samples with their units take a third of this; what never ends (`/dev/zero`, say) must not fill memory. */
const MAX_BYTES = 32 * 2 ** 20;

const CHUNK_BYTES = 2 ** 16;

/** Throws what `readFailure` puts in words. */
export function readInputFile(path: string): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(readBounded(path));
}

/** Of files that are older than UTF-8 everywhere: what is none, in a comment say, is replaced. */
export function readLegacyFile(path: string): string {
  return new TextDecoder('utf-8').decode(readBounded(path));
}

function readBounded(path: string): Uint8Array {
  const file = openSync(path, 'r');
  try {
    const chunks: Uint8Array[] = [];
    for (let total = 0; ; ) {
      const chunk = new Uint8Array(CHUNK_BYTES);
      const count = readSync(file, chunk);
      if (count === 0) return Buffer.concat(chunks);
      chunks.push(chunk.subarray(0, count));
      total += count;
      if (total > MAX_BYTES) throw Object.assign(new Error(`more than ${MAX_BYTES} bytes`), { code: 'EFBIG' });
    }
  } finally {
    closeSync(file);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a directory, not a file',
  EACCES: 'it may not be read; check its permissions',
  ELOOP: 'its symbolic links lead in a circle',
  EFBIG: `it is larger than ${MAX_BYTES / 2 ** 20} MiB; is this the right file?`,
  ERR_ENCODING_INVALID_ENCODED_DATA: 'it is not UTF-8 text; is this the right file?',
};

/** Why a file could not be read, in words. */
export function readFailure(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? String(error);
  return REASONS[code] ?? `it cannot be read (${code})`;
}
