const zone = 'Europe/Madrid';
const money = new Intl.NumberFormat('es-ES', { style: 'currency', currency: 'EUR' });
const number = new Intl.NumberFormat('es-ES');
const day = new Intl.DateTimeFormat('es-ES', { timeZone: zone, day: '2-digit', month: '2-digit', year: 'numeric' });
const moment = new Intl.DateTimeFormat('es-ES', {
  timeZone: zone, day: '2-digit', month: '2-digit', year: 'numeric', hour: '2-digit', minute: '2-digit',
});
const clock = new Intl.DateTimeFormat('es-ES', { timeZone: zone, hour: '2-digit', minute: '2-digit' });
const ago = new Intl.RelativeTimeFormat('es-ES', { numeric: 'auto' });

/** "1234.50" is "1.234,50 €". The server computes with decimals; here they are only shown. */
export const formatMoney = (amount: string): string => money.format(amount as Intl.StringNumericLiteral);
/** "21.00" is "21 %". */
export const formatPercent = (percent: string): string => `${percent.replace(/\.?0+$/, '').replace('.', ',')} %`;
export const formatNumber = (n: number): string => number.format(n);
/** The day in Madrid. */
export const formatDate = (iso: string): string => day.format(new Date(iso));
/** Day and time in Madrid. */
export const formatDateTime = (iso: string): string => moment.format(new Date(iso));
export const formatTime = (iso: string): string => clock.format(new Date(iso));

const units: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * 24 * 3600], ['month', 30 * 24 * 3600], ['day', 24 * 3600], ['hour', 3600], ['minute', 60],
];

/** "hace 3 horas". */
export function formatAgo(iso: string, now: Date): string {
  const seconds = Math.round((new Date(iso).getTime() - now.getTime()) / 1000);
  for (const [unit, size] of units) {
    if (Math.abs(seconds) >= size) return ago.format(Math.trunc(seconds / size), unit);
  }
  return 'ahora mismo';
}

/** "30 minutos", "1 hora", "20 segundos": the largest unit that is whole. */
export function formatEvery(seconds: number): string {
  const [size, unit] = ([[86_400, 'day'], [3600, 'hour'], [60, 'minute']] as const).find(([size]) => seconds >= size && seconds % size === 0) ?? [1, 'second'];
  return (seconds / size).toLocaleString('es-ES', { style: 'unit', unit, unitDisplay: 'long' });
}

/** "1,5 MB". */
export function formatBytes(bytes: number): string {
  const size = (n: number, unit: string) => `${n.toLocaleString('es-ES', { maximumFractionDigits: 1 })} ${unit}`;
  if (bytes >= 1 << 20) return size(bytes / (1 << 20), 'MB');
  if (bytes >= 1 << 10) return size(bytes / (1 << 10), 'kB');
  return size(bytes, 'B');
}

/**
 * What somebody typed as an amount, for the server: "1.234,5" is "1234.50", "12.50" is "12.50"; null when it is none.
 * A single point followed by three digits groups thousands, as in Spain.
 */
export function parseMoney(typed: string): string | null {
  let text = typed.replaceAll(/[\s€]/g, '');
  if (text.includes(',')) {
    if (!/^\d{1,3}(\.\d{3})*,\d{1,2}$|^\d+,\d{1,2}$/.test(text)) return null;
    text = text.replaceAll('.', '').replace(',', '.');
  } else if (/^\d{1,3}(\.\d{3})+$/.test(text)) {
    text = text.replaceAll('.', '');
  }
  const found = /^(\d{1,10})(?:\.(\d{1,2}))?$/.exec(text);
  if (!found) return null;
  return `${BigInt(found[1]!)}.${(found[2] ?? '').padEnd(2, '0')}`;
}

/** The amount as it is typed in a field: "1234.50" is "1234,50". */
export const moneyInput = (amount: string): string => amount.replace('.', ',');
