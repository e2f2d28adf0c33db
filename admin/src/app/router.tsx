import type { QueryClient } from '@tanstack/react-query';
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router';
import { getSignedInOptions } from '@msia/client/query';

import { toApiError } from '@/lib/problem';
import { parseSearch, type Search, stringifySearch } from '@/lib/search';
import { adminPages } from '@/pages/admin/pages';
import { cataloguePages } from '@/pages/catalogue/pages';
import { Login } from '@/pages/login';
import { regulationPages } from '@/pages/regulations/pages';
import { workPages } from '@/pages/work/pages';
import { Failed, Waiting } from '@/parts/states';

import { Broken, NotFound } from './broken';
import { Shell } from './shell';

const root = createRootRoute({ component: Outlet, validateSearch: (search: Record<string, unknown>) => search as Search });

export function makeRouter(queries: QueryClient) {
  const login = createRoute({ getParentRoute: () => root, path: '/entrar', component: Login });
  const shell = createRoute({
    getParentRoute: () => root,
    id: 'shell',
    component: Shell,
    // Nothing is shown, and nothing else asked for, before it is known who looks.
    beforeLoad: async ({ location }) => {
      try {
        await queries.ensureQueryData(getSignedInOptions());
      } catch (error) {
        if (toApiError(error, undefined).status === 401) throw redirect({ to: '/entrar', search: { volver: location.href } });
        throw error;
      }
    },
    errorComponent: ({ error, reset }) => <Failed error={error} retry={reset} />,
  });
  const pages = Object.entries({ ...workPages, ...cataloguePages, ...regulationPages, ...adminPages })
    .map(([path, load]) => createRoute({ getParentRoute: () => shell, path, component: lazyRouteComponent(load) }));
  return createRouter({
    routeTree: root.addChildren([login, shell.addChildren(pages)]),
    parseSearch,
    stringifySearch,
    scrollRestoration: true,
    defaultPreload: 'intent',
    defaultPendingComponent: () => <Waiting />,
    defaultErrorComponent: Broken,
    defaultNotFoundComponent: NotFound,
  });
}
