import { EXIT_WRONG_INPUT } from './exit-code.js';

/** Where a command reads its surroundings and prints, so that `main` can be run and looked at from a test. */
export interface Io {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * A reader that has had enough (`acklab export | head`) is no error. A result that cannot be written is; a complaint that
 * cannot be written has nowhere to go, and costs no result.
 */
export function processIo(): Io {
  process.stderr.on('error', () => {});
  process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') return;
    const reason = code === 'ENOSPC' ? 'the disk is full; free some space' : message;
    process.stderr.write(`acklab: standard output: ${reason}\n`);
    // The program may be done already, and about to set another code.
    process.exit(EXIT_WRONG_INPUT);
  });
  return { stdout: process.stdout, stderr: process.stderr, env: process.env };
}

/** Cursor movement only where a person watches. */
export function isInteractive(stream: NodeJS.WriteStream, env: Io['env']): boolean {
  return stream.isTTY === true && env.TERM !== 'dumb';
}
