import { Badge, type BadgeProps, Text, Tooltip } from '@mantine/core';

import { formatAgo, formatDate, formatDateTime, formatMoney } from '@/lib/format';

/** An amount in euros. */
export const Money = ({ amount }: { amount: string }) => <span className="nums">{formatMoney(amount)}</span>;

/** Nothing, said so that a screen reader says it, too. */
export const None = () => <Text span c="dimmed" aria-label="sin dato">—</Text>;

/** A moment as "hace 3 horas", exactly when hovered over or focused. */
export function Ago({ at }: { at: string | null | undefined }) {
  if (!at) return <None />;
  return (
    <Tooltip label={formatDateTime(at)} events={{ hover: true, focus: true, touch: true }}>
      <time dateTime={at}>{formatAgo(at, new Date())}</time>
    </Tooltip>
  );
}

/** A moment in Madrid. */
export const When = ({ at, dayOnly }: { at: string | null | undefined; dayOnly?: boolean }) =>
  at ? <time className="nums" dateTime={at}>{dayOnly ? formatDate(at) : formatDateTime(at)}</time> : <None />;

export type Look = { text: string; color: BadgeProps['color'] };

/** A status in words and colour. `looks` names every value there is. */
export function Status<T extends string>({ value, looks }: { value: T; looks: Record<T, Look> }) {
  return <Badge color={looks[value].color}>{looks[value].text}</Badge>;
}
