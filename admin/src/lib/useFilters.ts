import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';

import type { Search } from './search';

/** The address's query parameters and how to change some of them; a change is a step back in the history when `step` is set. */
export function useFilters(): [Search, (change: Search, step?: boolean) => void] {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const change = useCallback(
    (changed: Search, step = true) =>
      void navigate({ to: '.', search: ((before: Search) => tidy({ ...before, ...changed })) as never, replace: !step, resetScroll: false }),
    [navigate],
  );
  return [search, change];
}

const tidy = (search: Search): Search =>
  Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined && value !== '' && value.length > 0));
