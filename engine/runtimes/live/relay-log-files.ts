/** A replica's relay log as files: each start of its I/O thread begins one, and what is executed is purged. */
export interface RelayLogPosition {
  readonly file: string;
  readonly position: number;
}

interface File {
  readonly number: number;
  /** Where it begins, in the engine's bytes of the binlog. */
  readonly start: number;
}

export class RelayLogFiles {
  readonly #base: string;
  /** What stands in each before the first event that the source sent. */
  readonly #head: number;
  #files: File[];

  constructor(base: string, head: number, start: number) {
    this.#base = base;
    this.#head = head;
    this.#files = [{ number: 1, start }];
  }

  /** The I/O thread starts, or FLUSH LOGS: what comes from now on goes into a new file. */
  rotate(end: number): void {
    this.#files.push({ number: (this.#files.at(-1) as File).number + 1, start: end });
  }

  /** CHANGE MASTER TO, RESET SLAVE: one empty file, the first. */
  reset(end: number): void {
    this.#files = [{ number: 1, start: end }];
  }

  /** Another source position: nothing of what is there is executed any more. */
  move(end: number): void {
    this.#files = [{ number: (this.#files.at(-1) as File).number, start: end }];
  }

  /** Where the SQL thread is that has executed everything before. */
  locate(executed: number): RelayLogPosition {
    const next = this.#files.findIndex(({ start }) => start > executed);
    const index = Math.max(0, (next < 0 ? this.#files.length : next) - 1);
    const { number, start } = this.#files[index] as File;
    return { file: `${this.#base}.${String(number).padStart(6, '0')}`, position: this.#head + executed - start };
  }

  /** Relay_Log_Space: the files that are not purged yet. */
  space(executed: number, end: number): number {
    const next = this.#files.findIndex(({ start }) => start > executed);
    this.#files.splice(0, Math.max(0, (next < 0 ? this.#files.length : next) - 1));
    return this.#files.length * this.#head + end - (this.#files[0] as File).start;
  }
}
