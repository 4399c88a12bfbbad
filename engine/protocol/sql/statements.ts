/** The statements that acklab understands, parsed. */

export type Scope = 'global' | 'session';

export type Expression =
  | { readonly kind: 'number' | 'string'; readonly value: string; readonly negative?: true }
  | { readonly kind: 'null' | 'default' }
  /** A bare word, such as ON or AFTER_SYNC. */
  | { readonly kind: 'word'; readonly value: string }
  | { readonly kind: 'variable'; readonly name: string; readonly scope?: Scope }
  | { readonly kind: 'user variable'; readonly name: string }
  | { readonly kind: 'function'; readonly name: string }
  /** SLEEP(seconds). */
  | { readonly kind: 'sleep'; readonly seconds: number };

export interface SelectItem {
  readonly expression: Expression;
  /** Name of the column: as written, or its alias. */
  readonly label: string;
}

export interface Assignment {
  /** Absent where neither GLOBAL nor SESSION was said. */
  readonly scope?: Scope;
  readonly name: string;
  readonly isUserVariable: boolean;
  readonly value: Expression;
}

/** Which rows of SHOW to show: names that any of these match. Absent: all. */
export interface NameFilter {
  readonly kind: 'like' | 'equal';
  readonly values: readonly string[];
}

export interface ReplicationThreads {
  readonly io: boolean;
  readonly sql: boolean;
}

export type ShowSubject =
  | 'slave status'
  | 'master status'
  | 'slave hosts'
  | 'binary logs'
  | 'warnings'
  | 'errors'
  | 'databases'
  | 'tables';

export type Statement =
  | { readonly kind: 'install plugin'; readonly name: string; readonly library: string }
  | { readonly kind: 'uninstall plugin'; readonly name: string }
  | { readonly kind: 'set'; readonly assignments: readonly Assignment[] }
  | { readonly kind: 'select'; readonly items: readonly SelectItem[] }
  | { readonly kind: 'select plugins'; readonly columns: readonly string[] | '*'; readonly filter?: NameFilter }
  | { readonly kind: 'show'; readonly what: ShowSubject }
  | { readonly kind: 'show plugins'; readonly filter?: NameFilter }
  | { readonly kind: 'show variables'; readonly scope: Scope; readonly filter?: NameFilter }
  | { readonly kind: 'show status'; readonly scope: Scope; readonly filter?: NameFilter }
  | { readonly kind: 'show processlist'; readonly full: boolean }
  | { readonly kind: 'change master'; readonly options: ReadonlyMap<string, string | number> }
  | { readonly kind: 'start slave' | 'stop slave'; readonly threads: ReplicationThreads; readonly replica: boolean }
  | { readonly kind: 'reset slave'; readonly all: boolean }
  | { readonly kind: 'reset master' | 'shutdown' }
  | { readonly kind: 'begin' }
  | { readonly kind: 'commit' }
  | { readonly kind: 'rollback' }
  | { readonly kind: 'flush'; readonly logs: boolean }
  | { readonly kind: 'kill'; readonly id: number; readonly query: boolean }
  | { readonly kind: 'use'; readonly database: string }
  /** Changes something: a transaction of its own, unless one is open. */
  | { readonly kind: 'write'; readonly verb: string; readonly implicitCommit: boolean }
  /** Accepted, and of no consequence here, such as SET NAMES. */
  | { readonly kind: 'nothing' };
