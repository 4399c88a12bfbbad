import { closest, distance } from 'fastest-levenshtein';

/** What MySQL puts in front of the names of its variables, and acklab leaves out. */
const SERVER_PREFIX = /^(?:rpl_semi_sync_(?:master|source|slave|replica)|binlog|innodb)_/;

/** The name somebody probably meant, or undefined when none is near enough to be worth proposing. */
export function nearestName(wrong: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const spelled = wrong.toLowerCase().replaceAll('-', '_');
  let best: string | undefined;
  let bestEdits = Number.POSITIVE_INFINITY;
  for (const attempt of new Set([wrong, spelled, spelled.replace(SERVER_PREFIX, '')])) {
    const name = closest(attempt, known);
    const edits = distance(attempt, name);
    // Beyond half of its letters changed, a name was not misspelled but is another one.
    if (edits < bestEdits && edits <= Math.max(2, Math.floor(attempt.length / 2))) {
      best = name;
      bestEdits = edits;
    }
  }
  return best ?? known.find((name) => name.startsWith(`${spelled}_`));
}

/** Longer lists are cut: the whole would bury the message. */
const LISTED = 16;

/** `unknown parameter "rt"; did you mean "rtt"?`, or the list of what there is when nothing is near. */
export function unknownName(what: string, wrong: string, known: readonly string[]): string {
  const nearest = nearestName(wrong, known);
  const all =
    known.length <= LISTED ? known.join(', ') : `${known.slice(0, LISTED).join(', ')}, … (${known.length} in all)`;
  const remedy = nearest === undefined ? `use one of ${all}` : `did you mean "${nearest}"?`;
  return `unknown ${what} "${wrong}"; ${remedy}`;
}
