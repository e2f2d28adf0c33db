import type { CaseFieldValue, FieldCondition } from '@msia/client';

type Values = Readonly<Record<string, string>>;

/**
 * Whether a field is asked for, given what the form holds: its condition is met by a field that is asked for itself. The
 * server decides again when it is saved.
 */
export function applies(field: CaseFieldValue, all: readonly CaseFieldValue[], values: Values, depth = 0): boolean {
  const condition = field.field.condition;
  if (!condition) return true;
  const other = all.find((f) => f.field.key === condition.field);
  // A chain that comes back to itself is no reason to hide anything.
  if (!other || depth > all.length) return true;
  return holds(condition, applies(other, all, values, depth + 1) ? (values[condition.field] ?? '') : '');
}

function holds({ operator, value }: FieldCondition & object, given: string): boolean {
  switch (operator) {
    case 'equals':
      return given === value;
    case 'not_equals':
      return given !== '' && given !== value;
    case 'exists':
      return given !== '';
    case 'not_exists':
      return given === '';
  }
}
