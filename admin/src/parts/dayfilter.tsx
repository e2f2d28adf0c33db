import { TextInput } from '@mantine/core';

import { madridDay } from '@/lib/madrid';
import { one } from '@/lib/search';
import { useFilters } from '@/lib/useFilters';

/** A day as a filter; it stands in the address as 2026-11-25. */
export function DayFilter({ name, label }: { name: string; label: string }) {
  const [search, change] = useFilters();
  return <TextInput type="date" label={label} value={one(search, name)} onChange={(e) => change({ [name]: madridDay(e.currentTarget.value, 0) ? e.currentTarget.value : undefined }, false)} w={160} />;
}
