const offsetAt = (at: Date): number => {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: 'Europe/Madrid', hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' })
    .formatToParts(at);
  const part = (type: string) => Number(parts.find((p) => p.type === type)!.value);
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute')) - at.getTime();
};

/** The first moment in Madrid of the day that is `days` after "2026-11-25", as RFC 3339; undefined when it is no day. */
export function madridDay(day: string, days: number): string | undefined {
  const found = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day);
  if (!found) return undefined;
  const midnight = Date.UTC(Number(found[1]), Number(found[2]) - 1, Number(found[3]) + days);
  if (Number.isNaN(midnight)) return undefined;
  // The clocks change in the night, never at midnight: the offset some hours away may differ, the second try does not.
  const guess = new Date(midnight - offsetAt(new Date(midnight)));
  return new Date(midnight - offsetAt(guess)).toISOString();
}
