/** "Chrome en Windows", as far as the header tells; else its first word. */
export function browserName(userAgent: string): string {
  const find = (names: [RegExp, string][]) => names.find(([form]) => form.test(userAgent))?.[1];
  const browser = find([[/Edg\//, 'Edge'], [/OPR\//, 'Opera'], [/Firefox\//, 'Firefox'], [/Chrom(e|ium)\//, 'Chrome'], [/Safari\//, 'Safari']]);
  const system = find([[/Android/, 'Android'], [/iPhone|iPad/, 'iOS'], [/Windows/, 'Windows'], [/Mac OS/, 'macOS'], [/Linux/, 'Linux']]);
  if (!browser) return userAgent.split(/[\s/]/)[0] || 'Desconocido';
  return system ? `${browser} en ${system}` : browser;
}
