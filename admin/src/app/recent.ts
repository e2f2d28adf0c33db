/** A record that was looked at lately in this browser. */
export type Recent = { to: string; title: string };

const key = 'msia-reciente';
const most = 6;

export function readRecent(): Recent[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(key) ?? '[]');
    return Array.isArray(kept) ? kept.filter((r): r is Recent => typeof r?.to === 'string' && typeof r?.title === 'string') : [];
  } catch {
    return [];
  }
}

/** Remembers a record, for the palette. Only while the window is open: titles are personal data. */
export function keepRecent(recent: Recent): void {
  try {
    sessionStorage.setItem(key, JSON.stringify([recent, ...readRecent().filter((r) => r.to !== recent.to)].slice(0, most)));
  } catch {
    // A browser that keeps nothing has no recent records.
  }
}
