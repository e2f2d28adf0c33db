/** A page's query parameters as they stand in the address: one value, or several of the same name. */
export type Search = Record<string, string | string[] | undefined>;

/** `?status=a&status=b&q=x` and back; nothing is JSON, so that links made by hand work. */
export function parseSearch(text: string): Search {
  const out: Search = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const before = out[name];
    out[name] = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value];
  }
  return out;
}

export function stringifySearch(search: Record<string, unknown>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== '') params.append(name, String(one));
    }
  }
  const text = params.toString();
  return text && `?${text}`;
}

/** The first value of a parameter; '' when it is absent. */
export function one(search: Search, name: string): string {
  const value = search[name];
  return (Array.isArray(value) ? value[0] : value) ?? '';
}

/** All values of a parameter that are among those allowed. */
export function many<T extends string>(search: Search, name: string, allowed: readonly T[]): T[] {
  const value = search[name];
  const values = Array.isArray(value) ? value : value === undefined ? [] : [value];
  return allowed.filter((a) => values.includes(a));
}

/** The value of a parameter when it is among those allowed. */
export function choice<T extends string>(search: Search, name: string, allowed: readonly T[]): T | undefined {
  return allowed.find((a) => a === one(search, name));
}
