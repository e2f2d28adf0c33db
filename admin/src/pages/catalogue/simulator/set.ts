import type { MatchResult } from '@msia/client';

/** Codes with quantities, as the address has them: `ESCAPE`, `FAROS:2`. 0 takes away what the text names. */
export type Picks = Map<string, number>;

export function parsePicks(values: string | string[] | undefined): Picks {
  const list = values === undefined ? [] : Array.isArray(values) ? values : [values];
  return new Map(list.map((value) => {
    const [code = '', quantity = '1'] = value.split(':');
    const n = Number(quantity);
    return [code, Number.isInteger(n) && n >= 0 && n <= 99 ? n : 1] as const;
  }).filter(([code]) => code !== ''));
}

export const formatPicks = (picks: Picks): string[] => [...picks].map(([code, n]) => (n === 1 ? code : `${code}:${n}`));

export type Line = { code: string; quantity: number; /** The text names it. */ named: boolean };

/** The set to price: what the text names, with what was chosen by hand over it. */
export function linesOf(match: MatchResult | undefined, picks: Picks): Line[] {
  const lines = new Map<string, Line>();
  for (const m of match?.matches ?? []) lines.set(m.code, { code: m.code, quantity: m.quantity, named: true });
  for (const [code, quantity] of picks) lines.set(code, { code, quantity, named: lines.has(code) });
  return [...lines.values()].filter((line) => line.quantity > 0);
}

export type Segment = { text: string; /** What the words mean. */ codes: string[] };

/** The text in pieces, those that were understood with what they mean. Spans are of code points, and may overlap. */
export function segments(text: string, match: MatchResult | undefined): Segment[] {
  const points = Array.from(text);
  const meaning: string[][] = points.map(() => []);
  for (const { code, spans } of match?.matches ?? []) {
    for (const [start, end] of spans) {
      for (let i = start; i < Math.min(end, points.length); i++) if (!meaning[i]!.includes(code)) meaning[i]!.push(code);
    }
  }
  const out: Segment[] = [];
  points.forEach((point, i) => {
    const codes = meaning[i]!;
    const last = out.at(-1);
    if (last && last.codes.join() === codes.join()) last.text += point;
    else out.push({ text: point, codes });
  });
  return out;
}
