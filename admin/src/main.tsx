import './app/styles';

import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { setNonce } from 'get-nonce';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { makeRouter } from './app/router';
import { cssVariables, theme } from './app/theme';
import { setUpClient } from './lib/client';
import { makeQueryClient } from './lib/queries';
import { toastError } from './parts/toast';

// Styles made by script are let through by the page's nonce, the same for all of them.
const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? '';
setNonce(nonce);
setUpClient();

const queries = makeQueryClient(() => {
  if (router.state.location.pathname === '/entrar') return;
  queries.clear();
  void router.navigate({ to: '/entrar', search: { volver: router.state.location.href } });
}, toastError);
const router = makeRouter(queries);

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <QueryClientProvider client={queries}>
        <Notifications position="bottom-right" autoClose={6000} containerWidth={400} />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
