/** Statements typed or piped in, without a client: an interactive prompt that goes from server to server. */
import { createInterface } from 'node:readline';
import { SqlError } from '../../engine/protocol/sql/errors.js';
import { execute } from '../../engine/runtimes/live/execute.js';
import type { LiveServer } from '../../engine/runtimes/live/server.js';
import type { LiveServers } from '../../engine/runtimes/live/servers.js';
import { Session } from '../../engine/runtimes/live/session.js';
import type { Io } from '../io.js';
import { formatError, formatOutcome } from './format.js';
import type { Pace } from './pace.js';

export interface TypedStatement {
  readonly text: string;
  /** Ended by `\G`: a paragraph for each row. */
  readonly vertical: boolean;
}

/**
 * Takes complete statements off the front of what has been typed: each ends with `;`, `\g` or `\G` outside quotes and
 * comments. What is left waits for its end.
 */
export function splitStatements(typed: string): {
  readonly statements: readonly TypedStatement[];
  readonly rest: string;
} {
  const statements: TypedStatement[] = [];
  const parts =
    /'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"|`[^`]*`|--[ \t][^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/|\\[gG]|;|[\s\S]/g;
  let text = '';
  for (const [part] of typed.matchAll(parts)) {
    if (part !== ';' && part !== '\\g' && part !== '\\G') text += part;
    else {
      if (text.trim() !== '') statements.push({ text: text.trim(), vertical: part === '\\G' });
      text = '';
    }
  }
  return { statements, rest: text };
}

const nameOf = (server: LiveServer): string => (server.isSource ? 'source' : `replica ${server.number}`);

const HELP = `Statements end with ; or \\G. Besides those of MySQL there are:
  source, replica 1, …   go to that server
  wait 2                 let two seconds pass
  help, exit
`;

export class Prompt {
  readonly #servers: LiveServers;
  readonly #pace: Pace;
  readonly #io: Io;
  readonly #sessions: readonly Session[];
  #current: Session;
  #typed = '';
  #busy = false;
  /** Ends `wait`. */
  #endWait: (() => void) | undefined;

  constructor(servers: LiveServers, pace: Pace, io: Io) {
    this.#servers = servers;
    this.#pace = pace;
    this.#io = io;
    this.#sessions = servers.all.map((server) => new Session(server, 'root', 'localhost', () => {}));
    this.#current = this.#sessions[0] as Session;
  }

  /** Reads until the end of the input, or `exit`. */
  async run(input: NodeJS.ReadStream, signal: AbortSignal): Promise<void> {
    const isTerminal = input.isTTY === true && this.#io.stdout.isTTY === true;
    const lines = createInterface({
      input,
      terminal: isTerminal,
      signal,
      ...(isTerminal ? { output: this.#io.stdout } : {}),
    });
    const ask = (): void => {
      if (!isTerminal) return;
      lines.setPrompt(this.#typed.trim() === '' ? `${nameOf(this.#current.server)}> ` : '    -> ');
      lines.prompt();
    };
    lines.on('SIGINT', () => {
      if (this.#busy) {
        this.#io.stdout.write(this.#interrupt() ? '^C\n' : '^C (a commit goes on until it has its answer)\n');
        return;
      }
      const isTyping = this.#typed !== '' || lines.line !== '';
      this.#typed = '';
      lines.write(null, { ctrl: true, name: 'e' });
      lines.write(null, { ctrl: true, name: 'u' });
      this.#io.stdout.write(isTyping ? '^C\n' : '^C (exit, or Ctrl-D, ends the console)\n');
      ask();
    });
    ask();
    for await (const line of lines) {
      this.#busy = true;
      const goesOn = await this.#take(line);
      this.#busy = false;
      if (!goesOn || signal.aborted) break;
      ask();
    }
    lines.close();
    if (this.#typed.trim() !== '' && !isTerminal) await this.#take(';');
  }

  /** Ends what can be ended; `false`: nothing of what is under way. */
  #interrupt(): boolean {
    const end = this.#endWait ?? this.#current.wake;
    end?.();
    return end !== undefined;
  }

  /** `false`: that was the end. */
  async #take(line: string): Promise<boolean> {
    if (this.#typed.trim() === '') {
      const command = line.trim().replace(/;$/, '').toLowerCase();
      if (command === 'exit' || command === 'quit' || command === '\\q') return false;
      if (await this.#command(command)) return true;
    }
    const { statements, rest } = splitStatements(`${this.#typed}${line}\n`);
    for (const statement of statements) {
      if (!(await this.#command(statement.text.toLowerCase()))) await this.#execute(statement);
    }
    const isCommand = statements.length > 0 && (await this.#command(rest.trim().toLowerCase()));
    this.#typed = isCommand || rest.trim() === '' ? '' : rest;
    return true;
  }

  async #command(command: string): Promise<boolean> {
    if (command === 'help' || command === '\\h' || command === '?') {
      this.#io.stdout.write(HELP);
      return true;
    }
    const wait = /^wait (\d+(?:\.\d+)?)$/.exec(command);
    if (wait) {
      const ended = new Promise<void>((resolve) => {
        this.#endWait = resolve;
      });
      await this.#pace.during(() => Promise.race([this.#servers.cluster.wait(Number(wait[1]) * 1e6), ended]));
      this.#endWait = undefined;
      return true;
    }
    const target = this.#sessions.find(
      ({ server }) => nameOf(server) === command || (server.number === 1 && command === 'replica'),
    );
    if (target) this.#current = target;
    else if (/^replica \d+$/.test(command)) {
      this.#io.stdout.write(
        `There is no ${command}; there are ${this.#sessions.map(({ server }) => nameOf(server)).join(', ')}.\n`,
      );
    } else return false;
    return true;
  }

  async #execute({ text, vertical }: TypedStatement): Promise<void> {
    const { server } = this.#current;
    if (server.down) {
      this.#io.stdout.write(`ERROR 2006 (HY000): MySQL server has gone away\n`);
      return;
    }
    let began = 0;
    try {
      const outcome = await this.#pace.during(() => {
        began = server.cluster.now;
        return execute(this.#servers, this.#current, text);
      });
      if (/^use\s/i.test(text)) this.#io.stdout.write('Database changed\n');
      else this.#io.stdout.write(formatOutcome(outcome, vertical, (server.cluster.now - began) / 1e6));
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      this.#io.stdout.write(formatError(error));
    }
  }
}
