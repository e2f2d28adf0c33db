import type { TierPrice } from '@msia/client';

const margin = 6;

/** Prices over time, the newest first, as the path of a line in steps; its right end is `now`. */
export function steps(prices: Pick<TierPrice, 'price' | 'valid_from'>[], now: number, width: number, height: number): string {
  const points = prices.map((p) => ({ at: new Date(p.valid_from).getTime(), price: Number(p.price) })).reverse();
  if (points.length === 0) return '';
  const start = points[0]!.at;
  const span = Math.max(now - start, 1);
  const low = Math.min(...points.map((p) => p.price));
  const range = Math.max(...points.map((p) => p.price)) - low || 1;
  const x = (at: number) => Math.round(((at - start) / span) * width * 10) / 10;
  const y = (price: number) => Math.round((height - margin - ((price - low) / range) * (height - 2 * margin)) * 10) / 10;
  return points.map((p, i) => (i === 0 ? `M${x(p.at)} ${y(p.price)}` : `H${x(p.at)}V${y(p.price)}`)).join('') + `H${width}`;
}
