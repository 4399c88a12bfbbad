/** Where a command reads its surroundings and prints, so that `main` can be run and looked at from a test. */
export interface Io {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A reader that has had enough (`acklab export | head`) is no error. */
export function processIo(): Io {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  return { stdout: process.stdout, stderr: process.stderr, env: process.env };
}

/** Cursor movement only where a person watches. */
export function isInteractive(stream: NodeJS.WriteStream, env: Io['env']): boolean {
  return stream.isTTY === true && env.TERM !== 'dumb';
}
