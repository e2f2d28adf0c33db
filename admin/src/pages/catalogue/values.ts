import { parseMoney } from '@/lib/format';

/** A text field as the server wants it: nothing typed is no value. */
export const orNull = (typed: string): string | null => typed.trim() || null;

/** A number field as the server wants it. */
export const countOrNull = (typed: string | number): number | null => (typed === '' ? null : Number(typed));

export const required = (typed: string): string | null => (typed.trim() ? null : 'Hace falta.');

export const wrongMoney = (typed: string): string | null =>
  parseMoney(typed) === null ? 'Escriba un importe, por ejemplo 145,50.' : null;

/** The errors there are, without the fields that are right. */
export function errorsOf(errors: Record<string, string | null>): Record<string, string> {
  return Object.fromEntries(Object.entries(errors).filter((entry): entry is [string, string] => entry[1] !== null));
}
