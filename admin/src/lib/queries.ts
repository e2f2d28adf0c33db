import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';

import { ApiError, toApiError } from './problem';

declare module '@tanstack/react-query' {
  interface Register {
    defaultError: ApiError;
    mutationMeta: {
      /** The caller shows the error itself: no toast. */
      quiet?: boolean;
    };
  }
}

/** Makes the cache of what was read. `onSignedOut` is called when the session has ended, `onError` for failed changes. */
export function makeQueryClient(onSignedOut: () => void, onError: (error: ApiError) => void): QueryClient {
  const signedOut = (error: unknown) => {
    if (toApiError(error, undefined).status === 401) onSignedOut();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError: signedOut }),
    mutationCache: new MutationCache({
      onError: (error, _variables, _context, mutation) => {
        signedOut(error);
        const failed = toApiError(error, undefined);
        if (!mutation.meta?.quiet && failed.status !== 401) onError(failed);
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        retry: (count, error) => count < 2 && toApiError(error, undefined).passing,
        placeholderData: (previous: unknown) => previous, // a list stays on screen while its filter changes
      },
    },
  });
}

/** Marks everything of these operations as out of date: `refresh(client, 'listCases', 'getCase')`. */
export function refresh(client: QueryClient, ...operations: string[]): Promise<void> {
  return client.invalidateQueries({
    predicate: ({ queryKey }) => operations.includes((queryKey[0] as { _id?: string } | undefined)?._id ?? ''),
  });
}
