/** The transcripts of real servers, statement by statement: the same output, but for identifiers, times and versions. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatRows } from '../../../../cli/console/format.js';
import { splitStatements } from '../../../../cli/console/prompt.js';
import { BINLOG_START } from '../../../../engine/protocol/positions.js';
import type { ProfileName } from '../../../../engine/protocol/profiles.js';
import { SqlError } from '../../../../engine/protocol/sql/errors.js';
import { execute } from '../../../../engine/runtimes/live/execute.js';
import type { Outcome } from '../../../../engine/runtimes/live/result.js';
import { World } from './world.js';

interface Step {
  readonly prompt: 'master' | 'slave';
  readonly statement: string;
  readonly output: string;
}

/** Statements with what was shown, and the remarks between them. */
function stepsOf(transcript: string): (Step | string)[] {
  const [statements] = transcript.split('# error log of the master');
  return (statements as string).split(/\n(?=(?:master|slave)> |# )/).map((block) => {
    const match = /^(master|slave)> ([^\n]*)\n?([\s\S]*)$/.exec(block);
    return match
      ? { prompt: match[1] as Step['prompt'], statement: match[2] as string, output: match[3] as string }
      : block.trim();
  });
}

/** Fields that tell of the SQL thread, which stopped there for want of a table, or of the files it reads. */
const SQL_THREAD_FIELDS =
  /^ *(Relay_Log_File|Relay_Log_Pos|Slave_SQL_Running|Slave_SQL_Running_State|Last_Errno|Last_Error|Exec_Master_Log_Pos|Relay_Log_Space|Seconds_Behind_Master|Last_SQL_\w+):.*$/gm;
/** Rows whose value is a time. */
const TIMES = /^(\| Rpl_semi_sync_master_(?:net|tx)_(?:avg_)?wait_time +\|) +[1-9]\d* +\|$/gm;

/** What may differ is blotted out; blanks and rules, whose length follows from what may differ, are shortened. */
function comparable(output: string, statement: string): string {
  let text = output
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID')
    .replaceAll(TIMES, '$1 time |')
    .replaceAll(SQL_THREAD_FIELDS, '$1');
  if (/PROCESSLIST/.test(statement)) {
    text = text
      .replaceAll(/^\| +\d+ (\|(?:[^|]*\|){4}) +\d+ \|/gm, '| id $1 time |')
      .replaceAll(/127\.0\.0\.1:\d+/g, 'host:port');
  }
  return text
    .replaceAll(/-{2,}/g, '--')
    .replaceAll(/[ \t]+/g, ' ')
    .replaceAll(/^ | $/gm, '')
    .trim();
}

const POSITION_COLUMNS = ['Position', 'File_size', 'Read_Master_Log_Pos'];

/** As the mysql client shows it in batch mode. */
async function shown(world: World, { prompt, statement }: Step, offset: number): Promise<string> {
  const server = prompt === 'master' ? world.source : world.replica();
  const session = world.connect(server);
  const parts: string[] = [];
  for (const { text, vertical } of splitStatements(statement).statements) {
    const ours = text.replace(/MASTER_LOG_POS=(\d+)/, (_, position) => `MASTER_LOG_POS=${Number(position) - offset}`);
    try {
      const outcome = await world.finish(execute(world.servers, session, ours));
      if (outcome.kind === 'rows' && outcome.rows.length > 0)
        parts.push(formatRows(shifted(outcome, offset), vertical));
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      const { code, sqlState, message } = error;
      parts.push(`--------------\n${text}\n--------------\n\nERROR ${code} (${sqlState}) at line 1: ${message}\n`);
    }
  }
  session.end();
  return parts.join('');
}

/** Before the transcript began, the source's binlog held what made its tables. */
function shifted(outcome: Outcome & { kind: 'rows' }, offset: number): typeof outcome {
  const isPosition = outcome.columns.map(({ name }) => POSITION_COLUMNS.includes(name));
  const rows = outcome.rows.map((row) =>
    row.map((cell, column) => (isPosition[column] ? Number(cell) + offset : cell)),
  );
  return { ...outcome, rows };
}

/** Replays a transcript; the answer is what differs, and how long the INSERT waited that timed out. */
async function replay(profile: ProfileName, bytesPerTransaction: number, begin: number, transcript: string) {
  const world = new World({ profile, bytes_per_tx: bytesPerTransaction }, { skipSlaveStart: true });
  const { cluster } = world.servers;
  const insert = async (times: number): Promise<void> => {
    for (let n = 0; n < times; n++) await world.run('insert into test2.t(v) values(1)');
  };
  const differences: { statement: string; ours: string; theirs: string }[] = [];
  let stuck: Promise<number> | undefined;
  let waited = 0;
  const seen = new Map<string, number>();
  const steps = stepsOf(transcript);
  for (const step of steps) {
    if (typeof step === 'string') {
      expect(step).toBe('# that INSERT returned 1.0 s after it began');
      waited = await world.finish(stuck as Promise<number>);
      continue;
    }
    const key = `${step.prompt}> ${step.statement}`;
    const times = (seen.get(key) ?? 0) + 1;
    seen.set(key, times);
    // What other clients did in between: seven transactions, one that timed out, three more.
    if (
      key === "master> SHOW GLOBAL STATUS LIKE '%semi%';" &&
      seen.has('master> SHOW BINARY LOGS;') &&
      !stuck &&
      !seen.has('seven')
    ) {
      seen.set('seven', 1);
      await insert(7);
    }
    if (key === 'master> SHOW PROCESSLIST;' && times === 2) {
      const session = world.connect();
      const began = cluster.now;
      stuck = execute(world.servers, session, 'insert into test2.t(v) values(2)').then(() => {
        session.end();
        return cluster.now - began;
      });
      world.pass(0.5);
    }
    if (key.includes('master_no%')) await insert(3);
    const ours = comparable(await shown(world, step, begin - BINLOG_START), step.statement);
    const theirs = comparable(step.output, step.statement);
    if (ours !== theirs) differences.push({ statement: key, ours, theirs });
    // While the INSERT waits its second, the administrator is quick; else he takes his time.
    if (!stuck || waited > 0) world.pass(1);
  }
  return { differences, waited, steps: steps.length };
}

const transcriptOf = (release: string): string =>
  readFileSync(join(import.meta.dirname, 'transcripts', `console-${release}.txt`), 'utf8');

test.each([
  // A transaction was 254 bytes in 5.7, 189 in 5.6, and the replica was told to begin at 955 and 641.
  ['mysql-5.7', '5.7', 254, 955],
  ['mysql-5.6', '5.6', 189, 641],
] as const)('the transcript of %s is shown again', async (profile, release, bytes, begin) => {
  const transcript = transcriptOf(release);
  const { differences, waited, steps } = await replay(profile, bytes, begin, transcript);
  expect(differences).toEqual([]);
  // Every statement, and the remark between them.
  expect(steps).toBe((transcript.match(/^(?:master|slave)> /gm)?.length ?? 0) + 1);
  expect(waited / 1e6).toBeCloseTo(1, 1);
});

test('canary: another counter, message or row is noticed, and so is another server', async () => {
  const transcript = transcriptOf('5.7')
    .replace('master_no_tx                 | 1 ', 'master_no_tx                 | 2 ')
    .replace("Unknown system variable 'rpl_semi_sync_master_nope'", 'Unknown variable')
    .replace('| rpl_semi_sync_slave_trace_level           | 32         |\n', '');
  const { differences } = await replay('mysql-5.7', 254, 955, transcript);
  expect(differences.map(({ statement }) => statement)).toEqual([
    "master> SHOW GLOBAL VARIABLES LIKE '%rpl_semi%';",
    'master> SELECT @@global.rpl_semi_sync_master_nope;',
    "master> SHOW GLOBAL STATUS LIKE '%semi%';",
  ]);
  expect((await replay('mysql-5.6', 254, 955, transcriptOf('5.7'))).differences.length).toBeGreaterThan(10);
});
