import { expect, test } from 'vitest';
import { mysqlTable, plainTable } from '../../cli/table.js';

test('a table for people: numbers to the right, no border, no trailing space', () => {
  const rows = [
    ['clients', 16, '7.1 %'],
    ['tps', 1234.5, '12.0 %'],
    ['seed', null, ''],
  ] as const;
  expect(plainTable(['name', 'value', 'share'], rows)).toBe(
    ['name      value   share', 'clients      16   7.1 %', 'tps      1234.5  12.0 %', 'seed', ''].join('\n'),
  );
});

test('a table as the mysql client prints it', () => {
  expect(mysqlTable(['Variable_name', 'Value'], [['Rpl_semi_sync_master_status', 'ON']])).toBe(
    [
      '+-----------------------------+-------+',
      '| Variable_name               | Value |',
      '+-----------------------------+-------+',
      '| Rpl_semi_sync_master_status | ON    |',
      '+-----------------------------+-------+',
      '',
    ].join('\n'),
  );
});
