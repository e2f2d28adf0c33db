const parts = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Europe/Madrid', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit',
});

/** A moment as a field for day and time has it, in Madrid: "2026-03-01T09:30". */
export const madridInput = (at: Date): string => parts.format(at).replace(' ', 'T');

/** The moment of a day and time in Madrid, wherever the browser is; null when it is none. */
export function fromMadrid(typed: string): string | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(typed)) return null;
  const asUTC = Date.parse(`${typed}:00Z`);
  if (Number.isNaN(asUTC)) return null;
  // Twice, since the offset that counts is that of the moment looked for.
  let at = asUTC;
  for (let i = 0; i < 2; i++) at = asUTC - (Date.parse(`${madridInput(new Date(at))}:00Z`) - at);
  return new Date(at).toISOString();
}

/** The first moment in Madrid of the day that is `days` after "2026-11-25"; undefined when it is no day. */
export function madridDay(day: string, days: number): string | undefined {
  const midnight = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : NaN;
  if (Number.isNaN(midnight)) return undefined;
  const wanted = new Date(midnight + days * 24 * 3600 * 1000).toISOString().slice(0, 10);
  return fromMadrid(`${wanted}T00:00`) ?? undefined;
}
