/** Without needless blanks, as the server stores phrases. */
export const tidy = (text: string): string => text.trim().replaceAll(/\s+/g, ' ');

/** What the server compares phrases by: neither accents nor case nor blanks make a difference. */
export const fold = (text: string): string => tidy(text.normalize('NFKD').replaceAll(/\p{Mn}/gu, '').toLowerCase());
