/**
 * Where a signed-in browser sees a customer's file, as wide as needed. The signed address that the API gives works for
 * anybody but is another one each time it is asked for, so the browser could not keep the picture.
 */
export function pictureOf(signed: string, width?: 320 | 640 | 1280): string {
  const path = signed.split('?', 1)[0]!;
  return width ? `${path}?w=${width}` : path;
}
