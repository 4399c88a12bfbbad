/** The numbers of all curves, for those who do not see the pictures and those who want more digits. */
import { intervalText } from '../../../analysis/chart-caption.js';
import { capital, columnInfo, quantityText, valueText } from '../../../analysis/chart-columns.js';
import type { SweepRow } from '../../../analysis/row.js';
import { element } from './element.js';
import type { View } from './study.js';

const DIGITS = 5;

const heading = (column: string): string => capital(columnInfo(column).noun);

function cells(row: SweepRow, column: keyof SweepRow): HTMLElement[] {
  const value = row[column];
  const { interval } = columnInfo(column);
  const number = element(
    'td',
    { class: 'number' },
    typeof value === 'number' ? quantityText(column, value, DIGITS) : '–',
  );
  if (interval === undefined) return [number];
  const [low, high] = interval.map((bound) => row[bound]);
  const known = typeof low === 'number' && typeof high === 'number';
  return [number, element('td', { class: 'number' }, known ? intervalText(column, low, high) : 'unknown')];
}

export function fillTable(table: HTMLTableElement, view: View): void {
  const { charts } = view.part;
  const x = charts[0]!.x as keyof SweepRow;
  const columns = charts.map(({ y }) => y as keyof SweepRow);
  const heads = columns.flatMap((column) => [
    heading(column),
    ...(columnInfo(column).interval === undefined ? [] : ['95 % interval']),
  ]);
  const warned = view.rows.some(({ warnings }) => warnings !== null);
  const head = ['Curve', heading(x), ...heads, ...(warned ? ['Warning'] : [])].map((text) =>
    element('th', { scope: 'col' }, text),
  );
  const rows = view.rows.map((row) => {
    const place = valueText(x, row[x] as string | number);
    return element(
      'tr',
      view.settled.has(row.point) ? {} : { class: 'sketch' },
      element('th', { scope: 'row' }, row.variant),
      element('td', { class: 'number' }, place),
      ...columns.flatMap((column) => cells(row, column)),
      ...(warned ? [element('td', {}, view.settled.has(row.point) ? (row.warnings ?? '') : '')] : []),
    );
  });
  table.replaceChildren(
    element('caption', { class: 'unseen' }, 'The numbers of all curves'),
    element('thead', {}, element('tr', {}, ...head)),
    element('tbody', {}, ...rows),
  );
}
