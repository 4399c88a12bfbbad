/** What a lock guards in a race: some words that always say the same, written one after the other. */
export const RECORD_WORDS = 8;

export function checkRecord(record: Float64Array, expected: number): void {
  for (let word = 0; word < RECORD_WORDS; word++) {
    if (record[word] !== expected)
      throw new Error(`torn: word ${word} of the record says ${record[word]}, not ${expected}`);
  }
}

/** Counts one up, and says how far it has come. */
export function countUp(record: Float64Array): number {
  const before = record[0] as number;
  checkRecord(record, before);
  for (let word = 0; word < RECORD_WORDS; word++) record[word] = before + 1;
  return before + 1;
}
