/** SET, and what an expression in it or in SELECT is worth. */
import { SqlError, type Warning } from '../../protocol/sql/errors.js';
import type { Assignment, Expression, Scope } from '../../protocol/sql/statements.js';
import { defaultOf, type VariableInfo, type VariableValue, variableInfo } from '../../protocol/variables.js';
import type { Cell } from './result.js';
import type { Session } from './session.js';

/** A value as SET sees it: MySQL's rules ask for its type before they ask what it is. */
export type SqlValue =
  | { readonly type: 'integer' | 'decimal'; readonly value: number; readonly text: string }
  | { readonly type: 'text'; readonly value: string; readonly text: string }
  | { readonly type: 'null'; readonly text: string };

const NULL: SqlValue = { type: 'null', text: 'NULL' };
const integer = (value: number): SqlValue => ({ type: 'integer', value, text: String(value) });
const text = (value: string): SqlValue => ({ type: 'text', value, text: value });

/** What it is worth in a SELECT; numbers are known as such by their JavaScript type. */
export function evaluate(session: Session, expression: Expression): SqlValue {
  switch (expression.kind) {
    case 'number': {
      const written = `${expression.negative ? '-' : ''}${expression.value}`;
      const type = /^-?\d+$/.test(written) ? 'integer' : 'decimal';
      return { type, value: Number(written), text: written };
    }
    case 'string':
      return text(expression.value);
    case 'null':
      return NULL;
    case 'user variable':
      return fromCell(session.userVariables.get(expression.name.toLowerCase()) ?? null);
    case 'variable':
      return variableValue(session, expression.name, expression.scope);
    case 'function':
      return functionValue(session, expression.name);
    case 'sleep':
      // Whoever executes the statement has slept.
      return integer(session.slept);
    case 'word':
      if (/^(true|false)$/i.test(expression.value)) return integer(/^true$/i.test(expression.value) ? 1 : 0);
      throw new SqlError('unknownColumn', `Unknown column '${expression.value}' in 'field list'`);
    case 'default':
      throw new Error('DEFAULT stands in SET only');
  }
}

const fromCell = (cell: Cell): SqlValue =>
  cell === null ? NULL : typeof cell === 'number' ? integer(cell) : text(cell);

export const cellOf = (value: SqlValue): Cell => (value.type === 'null' ? null : value.value);

/** `SELECT @@name`: switches of the server's own are numbers, those of acklab's fixed list texts. */
function variableValue({ server, ownValues }: Session, name: string, scope: Scope | undefined): SqlValue {
  const known = server.variable(name);
  if (known !== undefined) {
    if (scope === 'session') {
      throw new SqlError('readOnlyVariable', `Variable '${server.shownName(known)}' is a GLOBAL variable`);
    }
    const value = server.value(known);
    return typeof value === 'string' ? text(value) : integer(Number(value));
  }
  const key = name.toLowerCase();
  const fixed = server.fixed.get(key);
  if (!fixed) throw new SqlError('unknownVariable', `Unknown system variable '${name}'`);
  const value = (scope === 'global' ? undefined : ownValues.get(key)) ?? fixed.value;
  if (value === 'ON' || value === 'OFF') return integer(value === 'ON' ? 1 : 0);
  return fromCell(value);
}

/** The server's date: that of its start, and what time has passed since then. UTC, as `system_time_zone` says. */
const dateOf = ({ server }: Session): Date => new Date(server.configuration.startedAt + server.cluster.now / 1000);
const dateAndTime = (session: Session): string => dateOf(session).toISOString().slice(0, 19).replace('T', ' ');

function functionValue(session: Session, name: string): SqlValue {
  const values: Readonly<Record<string, () => Cell>> = {
    VERSION: () => session.server.fixed.get('version')?.value ?? null,
    CONNECTION_ID: () => session.id,
    USER: () => `${session.user}@${session.host.replace(/:.*/, '')}`,
    CURRENT_USER: () => `${session.user}@${session.host.replace(/:.*/, '')}`,
    DATABASE: () => session.database ?? null,
    SCHEMA: () => session.database ?? null,
    NOW: () => dateAndTime(session),
    SYSDATE: () => dateAndTime(session),
    CURRENT_TIMESTAMP: () => dateAndTime(session),
    UTC_TIMESTAMP: () => dateAndTime(session),
    CURDATE: () => dateAndTime(session).slice(0, 10),
    CURRENT_DATE: () => dateAndTime(session).slice(0, 10),
    UNIX_TIMESTAMP: () => Math.floor(dateOf(session).getTime() / 1000),
  };
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  if (!value) throw new SqlError('doesNotExist', `FUNCTION ${name} does not exist`);
  return fromCell(value());
}

/** Does one assignment of SET; the answer is what it warns of. */
export async function assign(session: Session, assignment: Assignment): Promise<Warning[]> {
  const { server } = session;
  const { name, scope, isUserVariable } = assignment;
  if (isUserVariable) {
    session.userVariables.set(name.toLowerCase(), cellOf(worth(session, assignment.value)));
    return [];
  }
  const known = server.variable(name);
  if (known === undefined) {
    assignFixed(session, assignment);
    return [];
  }
  const shown = server.shownName(known);
  if (scope !== 'global') {
    throw new SqlError('globalVariable', `Variable '${shown}' is a GLOBAL variable and should be set with SET GLOBAL`);
  }
  if (assignment.value.kind === 'default') {
    await server.set(known, defaultOf(known, server.profile));
    return [];
  }
  const given = worth(session, assignment.value);
  const value = convert(shown, variableInfo(known), given);
  await server.set(known, value);
  if (typeof value !== 'number' || given.text === String(value)) return [];
  // MySQL's format for this message has room for 32 characters of the name.
  return [
    { level: 'Warning', code: 1292, message: `Truncated incorrect ${shown.slice(0, 32)} value: '${given.text}'` },
  ];
}

/** In SET a bare word is a text: ON, AFTER_COMMIT. */
const worth = (session: Session, expression: Expression): SqlValue =>
  expression.kind === 'word' && !/^(true|false)$/i.test(expression.value)
    ? text(expression.value)
    : evaluate(session, expression);

function convert(name: string, info: VariableInfo, given: SqlValue): VariableValue {
  const wrongValue = (): never => {
    throw new SqlError('wrongValue', `Variable '${name}' can't be set to the value of '${given.text}'`);
  };
  switch (info.kind) {
    case 'switch':
      if (given.type === 'text' && /^(on|off)$/i.test(given.value)) return /^on$/i.test(given.value);
      if (given.type === 'integer' && (given.value === 0 || given.value === 1)) return given.value === 1;
      return wrongValue();
    case 'choice': {
      const found =
        given.type === 'text'
          ? info.values.find((value) => value.toLowerCase() === given.value.toLowerCase())
          : given.type === 'integer'
            ? info.values[given.value]
            : undefined;
      return found ?? wrongValue();
    }
    case 'number':
      if (given.type !== 'integer') {
        throw new SqlError('wrongType', `Incorrect argument type to variable '${name}'`);
      }
      return Math.min(info.max, Math.max(info.min, given.value));
  }
}

/** Variables that change nothing here; autocommit does. */
function assignFixed(session: Session, { name, scope, value }: Assignment): void {
  const key = name.toLowerCase() === 'transaction_isolation' ? 'tx_isolation' : name.toLowerCase();
  const fixed = session.server.fixed.get(key);
  if (!fixed) throw new SqlError('unknownVariable', `Unknown system variable '${name}'`);
  if (fixed.settable === 'never') throw new SqlError('readOnlyVariable', `Variable '${name}' is a read only variable`);
  if (fixed.settable === 'not here') {
    throw new SqlError('notSupported', `This version of MySQL doesn't yet support 'changing ${name} at run time'`);
  }
  if (key === 'sql_log_bin' && scope === 'global') {
    throw new SqlError('localVariable', `Variable '${name}' is a SESSION variable and can't be used with SET GLOBAL`);
  }
  const given = value.kind === 'default' ? fromCell(fixed.value) : worth(session, value);
  if (key === 'autocommit') {
    if (!/^(0|1|on|off)$/i.test(given.text)) {
      throw new SqlError('wrongValue', `Variable 'autocommit' can't be set to the value of '${given.text}'`);
    }
    if (scope !== 'global') session.autocommit = /^(1|on)$/i.test(given.text);
    if (scope !== 'global') session.ownValues.set(key, session.autocommit ? 'ON' : 'OFF');
    return;
  }
  const cell = cellOf(given) ?? '';
  if (scope === 'global') session.server.fixed.set(key, { ...fixed, value: cell });
  else session.ownValues.set(key, cell);
}
