/** The reference page of variables, counters and plugins, made from their tables. */
import { COUNTER_NAMES, counterInfo, hasCounter } from '../engine/protocol/counters.js';
import { hasBuiltInSemiSync, PLUGIN_ROLES, PLUGINS } from '../engine/protocol/plugins.js';
import { PROFILE_NAMES, PROFILES, type ProfileName } from '../engine/protocol/profiles.js';
import {
  defaultOf,
  hasVariable,
  type Provider,
  RENAMING_RELEASE,
  VARIABLE_NAMES,
  type VariableName,
  variableInfo,
  variableText,
} from '../engine/protocol/variables.js';

const SECTIONS: readonly { readonly provider: Provider; readonly title: string }[] = [
  { provider: 'source plugin', title: 'Of the source plugin' },
  { provider: 'replica plugin', title: 'Of the replica plugin' },
  { provider: 'server', title: 'Of the server' },
];

/** The page as Markdown. */
export function variablePage(): string {
  const parts = [
    INTRODUCTION,
    ...SECTIONS.flatMap(({ provider, title }) => [`### ${title}`, variablesTable(provider)]),
    '## What setting a variable does at once',
    table(['variable', 'effect on the running server'], [...VARIABLE_NAMES].map(effectRow)),
    '## Counters',
    '`SHOW GLOBAL STATUS` lists them where the plugin is loaded. Times are µs.',
    countersTable(),
    '## Plugins',
    pluginsTable(),
    PLUGIN_NOTE,
    '## How many rows to expect',
    "Rows of `SHOW GLOBAL VARIABLES LIKE '%rpl_semi%'` and of `SHOW GLOBAL STATUS LIKE '%semi%'`:",
    rowsTable(),
  ];
  return `${parts.join('\n\n')}\n`;
}

const INTRODUCTION = `# Variables, counters and plugins

Made from the tables in \`engine/protocol\` by \`npm run reference\`: what \`acklab console\` shows and accepts, what a
\`my.cnf\` may set, and which parameter of an experiment means the same.

## Variables

All are GLOBAL, and dynamic in MySQL. \`SET GLOBAL\` and \`my.cnf\` take both spellings, that of MySQL 5.x and that of ${RENAMING_RELEASE};
\`SHOW VARIABLES\` lists the one whose plugin was installed. A parameter sets the same in an experiment:

\`\`\`sh
node dist/cli/main.js run --set timeout=1s --set replicas=2 --set wait_for_slave_count=2
\`\`\``;

const PLUGIN_NOTE = `A source cannot uninstall its plugin while semi-sync replicas are connected, a replica not while its I/O thread
acknowledges.`;

function variablesTable(provider: Provider): string {
  const names = VARIABLE_NAMES.filter((name) => variableInfo(name).provider === provider);
  return table(
    ['variable', `since ${RENAMING_RELEASE}`, 'default', 'values', 'versions', 'parameter', 'meaning'],
    names.map((name) => {
      const info = variableInfo(name);
      const since = info.renamed === undefined ? 'the same' : code(info.renamed);
      const parameter = info.parameter === undefined ? '' : code(info.parameter);
      return [code(name), since, defaultsText(name), valuesText(name), versionsText(name), parameter, info.about];
    }),
  );
}

function defaultsText(name: VariableName): string {
  const having = PROFILE_NAMES.filter((profile) => hasVariable(profile, name));
  const values = having.map((profile) => variableText(defaultOf(name, profile)));
  if (new Set(values).size === 1) return values[0] as string;
  return having.map((profile, index) => `${values[index]} (${PROFILES[profile].title})`).join(', ');
}

function valuesText(name: VariableName): string {
  const info = variableInfo(name);
  if (info.kind === 'switch') return 'ON, OFF';
  if (info.kind === 'choice') return info.values.join(', ');
  return `${info.min}…${info.max}${info.unit === undefined ? '' : ` ${info.unit}`}`;
}

function versionsText(name: VariableName): string {
  const having = PROFILE_NAMES.filter((profile) => hasVariable(profile, name));
  return having.length === PROFILE_NAMES.length ? 'all' : having.map((profile) => PROFILES[profile].title).join(', ');
}

const effectRow = (name: VariableName): string[] => [code(name), variableInfo(name).onSet];

function countersTable(): string {
  const rows = COUNTER_NAMES.map((name) => {
    const { renamed, provider, profiles, about } = counterInfo(name);
    const versions = profiles?.map((profile) => PROFILES[profile].title).join(', ') ?? 'all';
    return [code(name), renamed === undefined ? 'the same' : code(renamed), provider, versions, about];
  });
  return table(['counter', `since ${RENAMING_RELEASE}`, 'brought by', 'versions', 'meaning'], rows);
}

function pluginsTable(): string {
  const rows = PLUGIN_ROLES.flatMap((role) => {
    const { name, library, renamed } = PLUGINS[role];
    return [
      [role, code(name), code(library), '5.x spellings'],
      [role, code(renamed.name), code(renamed.library), `spellings since ${RENAMING_RELEASE}`],
    ];
  });
  return table(['role', 'plugin', 'library (SONAME)', 'lists its variables and counters in'], rows);
}

function rowsTable(): string {
  const variables = (profile: ProfileName, providers: readonly Provider[]): number =>
    VARIABLE_NAMES.filter((name) => providers.includes(variableInfo(name).provider) && hasVariable(profile, name))
      .length;
  const counters = (profile: ProfileName, providers: readonly Provider[]): number =>
    COUNTER_NAMES.filter((name) => providers.includes(counterInfo(name).provider) && hasCounter(name, profile)).length;
  const rows = PROFILE_NAMES.flatMap((profile) => {
    const both = hasBuiltInSemiSync(profile) ? 'built in' : 'both plugins';
    const all: string[] = [
      PROFILES[profile].title,
      both,
      String(variables(profile, PLUGIN_ROLES)),
      String(counters(profile, PLUGIN_ROLES)),
    ];
    if (hasBuiltInSemiSync(profile)) return [all];
    return [
      ...PLUGIN_ROLES.map((role) => [
        PROFILES[profile].title,
        `${role} alone`,
        String(variables(profile, [role])),
        String(counters(profile, [role])),
      ]),
      all,
    ];
  });
  return table(['version', 'installed', 'variables', 'counters'], rows);
}

const code = (text: string): string => `\`${text}\``;

/** Columns as wide as their widest cell, as formatters of Markdown want them. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(3, title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[], filler: string): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] as number, filler)).join(' | ')} |`;
  return [
    line(head, ' '),
    line(
      head.map(() => ''),
      '-',
    ),
    ...rows.map((row) => line(row, ' ')),
  ].join('\n');
}
