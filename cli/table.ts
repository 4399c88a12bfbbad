import Table from 'cli-table3';

type Cell = string | number | null;

/** Columns padded with spaces, numbers to the right: readable in a terminal, in a log and in a mail. */
export function plainTable(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const none = Object.fromEntries(
    ['top', 'bottom', 'left', 'right', 'mid'].flatMap((side) =>
      ['', '-mid', '-left', '-right'].map((suffix) => [`${side}${suffix}`, '']),
    ),
  );
  const table = new Table({
    head: [...head],
    colAligns: head.map((_, column) => (rows.every((row) => isNumeric(row[column])) ? 'right' : 'left')),
    chars: { ...none, middle: '  ' },
    // cli-table3 colours its head and borders of its own accord, terminal or not.
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...rows.map((row) => row.map((cell) => (cell === null ? '' : String(cell)))));
  return `${trimLines(table.toString())}\n`;
}

/** As the mysql client prints a result. */
export function mysqlTable(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const corners = ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'];
  const chars = Object.fromEntries(corners.map((name) => [name, name === 'top' || name === 'bottom' ? '-' : '+']));
  const table = new Table({
    head: [...head],
    chars: { ...chars, left: '|', right: '|', middle: '|', mid: '', 'left-mid': '', 'right-mid': '', 'mid-mid': '' },
    style: { head: [], border: [] },
  });
  table.push(...rows.map((row) => row.map((cell) => String(cell))));
  const lines = table.toString().split('\n');
  const rule = lines[0] ?? '';
  // cli-table3 has a rule between all rows or none; MySQL has one below the head.
  return `${[...lines.slice(0, 2), rule, ...lines.slice(2)].join('\n')}\n`;
}

const isNumeric = (cell: Cell | undefined): boolean =>
  cell === null || cell === '' || typeof cell === 'number' || /^[-+]?[\d,.]+( (%|tx\/s|µs|ms|s))?$/.test(cell ?? '');

const trimLines = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
