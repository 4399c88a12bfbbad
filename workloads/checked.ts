/** Holds the content of a YAML file against its schema, and objects by file, line and column. */
import type { z } from 'zod';
import type { Path, YamlFile } from './document.js';
import { InputError } from './input-error.js';

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function valueAt(content: unknown, path: Path): unknown {
  let value = content;
  for (const key of path) value = (value as Record<PropertyKey, unknown> | undefined)?.[key];
  return value;
}

const KINDS: Readonly<Record<string, string>> = {
  object: 'keys with values',
  array: 'a list',
  tuple: 'a list of two',
  string: 'a text',
};

function messageOf(issue: z.core.$ZodIssue, content: unknown): string {
  const subject = `"${issue.path.map(String).join('.')}"`;
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.message;
    case 'invalid_type':
      if (valueAt(content, issue.path) === undefined) return `${subject} is missing`;
      return issue.message.startsWith('Invalid input')
        ? `${subject} must be ${KINDS[issue.expected] ?? `a ${issue.expected}`}`
        : `${subject}: ${issue.message}`;
    case 'invalid_value':
      return issue.message.startsWith('Invalid option')
        ? `${subject} must be one of ${issue.values.map(String).join(', ')}`
        : `${subject}: ${issue.message}`;
    case 'invalid_key':
      return issue.issues[0]?.message ?? issue.message;
    case 'invalid_union':
      return `${subject} must be a text, a number or a list of these`;
    default:
      return issue.message.startsWith('Too')
        ? `${subject} has too few or too many entries`
        : `${subject}: ${issue.message}`;
  }
}

function offsetOf(yaml: YamlFile, issue: z.core.$ZodIssue): number {
  if (issue.code === 'unrecognized_keys') return yaml.keyOffsetOf([...issue.path, issue.keys[0]!]);
  return issue.code === 'invalid_key' ? yaml.keyOffsetOf(issue.path) : yaml.offsetOf(issue.path);
}

/** The content of a file, as its schema lets it through. Throws `InputError` for the first thing that is wrong. */
export function checked<T>(yaml: YamlFile, schema: z.ZodType<T>): T {
  const outcome = schema.safeParse(yaml.content);
  if (outcome.success) return outcome.data;
  const objections = outcome.error.issues.map((issue) => {
    const message = messageOf(issue, yaml.content);
    // A misspelled key and the missing one it should have been are one mistake, and the first explains it.
    return { offset: offsetOf(yaml, issue), message, rank: message.endsWith('is missing') ? 1 : 0 };
  });
  objections.sort((a, b) => a.rank - b.rank || a.offset - b.offset);
  const [first] = objections;
  throw new InputError(`${yaml.placeOf(first!.offset)}: ${first!.message}`);
}
