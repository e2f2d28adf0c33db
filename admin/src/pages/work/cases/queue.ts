import type { CaseSort, CaseSummary, ListCasesData, ListOrder } from '@msia/client';
import { listCasesInfiniteOptions } from '@msia/client/query';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect } from 'react';

import { caseStatuses } from '@/lib/casestatus';
import { choice, many, one, parseSearch, type Search } from '@/lib/search';
import { byCursor } from '@/parts/datatable';



/** The filters of the list of cases, by their names in the address. */
export const filterNames = ['q', 'status', 'category_id', 'assignee_id'];

export const sorts = [
  { value: 'updated', label: 'Último cambio' }, { value: 'oldest_change', label: 'Más tiempo sin cambios' },
  { value: 'created', label: 'Más nuevos' }, { value: 'waiting', label: 'Cliente esperando más' },
] as const;

const orders: Record<(typeof sorts)[number]['value'], { sort?: CaseSort; order?: ListOrder }> = {
  updated: {}, oldest_change: { order: 'oldest' }, created: { sort: 'created' }, waiting: { sort: 'activity', order: 'oldest' },
};

/** What the server is asked for by the filters in an address. */
export function listQuery(search: Search): NonNullable<ListCasesData['query']> {
  const chosen = many(search, 'status', caseStatuses);
  return { ...countQuery(search), status: chosen.length > 0 ? chosen : undefined, ...orders[choice(search, 'sort', sorts.map((s) => s.value)) ?? 'updated'] };
}

/** The same but for the status. */
export const countQuery = (search: Search) => ({
  q: one(search, 'q') || undefined, category_id: one(search, 'category_id') || undefined, assignee_id: one(search, 'assignee_id') || undefined,
});

/** Pages of cases by the filters in an address. */
export function useCases(search: Search) {
  return useInfiniteQuery({ ...listCasesInfiniteOptions({ query: listQuery(search) }), ...byCursor });
}

export type Place = {
  /** From 1 on; 0 when the case is not in the list (any more). */
  at: number;
  /** "41", or "50+" while there is more to be read. */
  of: string;
  before?: CaseSummary;
  after?: CaseSummary;
};

/** Where a case stands in the list one came from; null for a case that was opened by itself. `from` is that list's query string. */
export function usePlace(id: string, from: string | undefined): Place | null {
  const pages = useInfiniteQuery({ ...listCasesInfiniteOptions({ query: listQuery(parseSearch(from ?? '')) }), ...byCursor, enabled: from !== undefined });
  const rows = pages.data?.pages.flatMap((page) => page.items) ?? [];
  const i = rows.findIndex((row) => row.id === id);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = pages;
  const atEnd = i >= rows.length - 2;
  useEffect(() => {
    if (atEnd && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [atEnd, hasNextPage, isFetchingNextPage, fetchNextPage]);
  if (from === undefined || !pages.data) return null;
  return { at: i + 1, of: `${rows.length}${hasNextPage ? '+' : ''}`, before: rows[i - 1], after: i < 0 ? rows[0] : rows[i + 1] };
}
