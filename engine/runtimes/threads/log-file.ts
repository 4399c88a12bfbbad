/** A binlog or relay log as a real file, of which another thread does the fdatasync. */
import { closeSync, openSync, writeSync } from 'node:fs';

/**
 * The file is written round and round, so that a long run does not fill the disk; twice the usual size of an InnoDB log
 * file, which is enough for a device not to hold it all in its own memory.
 */
const FILE_BYTES = 2 ** 26;

/** The operating system does not do what is asked for with a file: it is full, read-only, over quota, or broken. */
export class LogFileError extends Error {
  readonly file: string;

  constructor(file: string, error: unknown) {
    const { code, message } = error as NodeJS.ErrnoException;
    const full = code === 'ENOSPC' || code === 'EDQUOT';
    super(`real disk ${file}: ${full ? 'the disk is full; free some space, or name another folder' : message}`);
    this.file = file;
  }
}

export class LogFile {
  readonly fd: number;
  readonly #path: string;
  #buffer = new Uint8Array(2 ** 16);
  #buffered = 0;
  #offset = 0;

  constructor(path: string) {
    this.fd = openSync(path, 'w');
    this.#path = path;
  }

  append(bytes: Uint8Array, from = 0, length = bytes.length): void {
    if (this.#buffered + length > this.#buffer.length) {
      const larger = new Uint8Array(2 ** Math.ceil(Math.log2(this.#buffered + length)));
      larger.set(this.#buffer.subarray(0, this.#buffered));
      this.#buffer = larger;
    }
    this.#buffer.set(length === bytes.length ? bytes : bytes.subarray(from, from + length), this.#buffered);
    this.#buffered += length;
  }

  /** Hands what was appended to the operating system. Throws `LogFileError`. */
  write(): void {
    if (this.#buffered === 0) return;
    if (this.#offset + this.#buffered > FILE_BYTES) this.#offset = 0;
    let written = 0;
    try {
      while (written < this.#buffered) {
        written += writeSync(this.fd, this.#buffer, written, this.#buffered - written, this.#offset + written);
      }
    } catch (error) {
      throw new LogFileError(this.#path, error);
    }
    this.#offset += this.#buffered;
    this.#buffered = 0;
  }

  close(): void {
    closeSync(this.fd);
  }
}
