/** Opens CSV in LibreOffice, and reads what it made of each cell. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { SaxesParser } from 'saxes';

export const LIBREOFFICE = ['/usr/bin/soffice', '/usr/bin/libreoffice', '/usr/bin/localc'].find((path) =>
  existsSync(path),
);

/** As the spreadsheet holds it: a number where it will calculate with it. */
export type SheetCell = number | string | null;

/**
 * As its import dialogue proposes: commas, double quotes, UTF-8 (76), from line 1, no guessing at dates. Converts to flat
 * OpenDocument, which keeps the type of every cell; in a profile of its own, and all at once, as starting takes longest.
 */
export async function openInSpreadsheet(files: readonly string[]): Promise<SheetCell[][][]> {
  const folder = mkdtempSync(join(tmpdir(), 'acklab-spreadsheet-'));
  try {
    const options = [
      `-env:UserInstallation=file://${folder}/profile`,
      '--headless',
      '--infilter=CSV:44,34,76,1,,0,false,false',
      '--convert-to',
      'fods',
    ];
    await promisify(execFile)(LIBREOFFICE!, [...options, '--outdir', folder, ...files], { timeout: 120_000 });
    return files.map((file) => cellsOf(readFileSync(join(folder, basename(file).replace(/\.csv$/, '.fods')), 'utf8')));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Equal neighbours, cells and whole rows, are written once with a count. */
function cellsOf(document: string): SheetCell[][] {
  const parser = new SaxesParser();
  const rows: SheetCell[][] = [];
  let row: SheetCell[] = [];
  let rowCount = 1;
  let cell: { value: SheetCell; count: number; text: string } | undefined;
  parser.on('opentag', ({ name, attributes }) => {
    if (name === 'table:table-row') {
      row = [];
      rowCount = Number(attributes['table:number-rows-repeated'] ?? 1);
    } else if (name === 'table:table-cell') {
      const number = attributes['office:value'];
      const isNumber = attributes['office:value-type'] === 'float';
      const count = Number(attributes['table:number-columns-repeated'] ?? 1);
      cell = { value: isNumber ? Number(number) : null, count, text: '' };
      // A date, a percentage or a currency is not what was written.
      const type = attributes['office:value-type'] ?? 'string';
      if (type !== 'float' && type !== 'string') cell.text = `${type}: `;
    }
  });
  parser.on('text', (text) => {
    if (cell !== undefined) cell.text += text;
  });
  parser.on('closetag', ({ name }) => {
    if (name === 'table:table-cell' && cell !== undefined) {
      const text = cell.text.trim();
      const value = cell.value ?? (text === '' ? null : text);
      for (let n = 0; n < cell.count; n++) row.push(value);
      cell = undefined;
    } else if (name === 'table:table-row') for (let n = 0; n < Math.min(rowCount, 1000); n++) rows.push([...row]);
  });
  parser.write(document).close();
  const isFilled = (cells: SheetCell[]): boolean => cells.some((one) => one !== null);
  return rows.slice(0, rows.findLastIndex(isFilled) + 1);
}
