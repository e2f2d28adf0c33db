/** The whole list when some of its members, which keep their places among the others, are put in another order. */
export function reordered<Row extends { id: string }>(rows: Row[], ids: string[]): Row[] {
  const moved = ids.map((id) => rows.find((row) => row.id === id)).filter((row) => row !== undefined);
  const places = new Set(ids);
  return rows.map((row) => (places.has(row.id) ? (moved.shift() ?? row) : row));
}
