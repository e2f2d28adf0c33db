import { Alert, Button, Center, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { openCookieSessionMutation, getSignedInQueryKey } from '@msia/client/query';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type KeyboardEvent, useEffect, useState } from 'react';

import { toApiError } from '@/lib/problem';
import { one, type Search } from '@/lib/search';
import { IconAlertTriangle, IconLock } from '@/parts/icons';

/** Where to go after signing in: an address of this UI, never another site. */
export function returnTo(volver: string): string {
  return /^\/(?![/\\])/.test(volver) && !volver.startsWith('/entrar') ? volver : '/';
}

export function Login() {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [caps, setCaps] = useState(false);
  useEffect(() => {
    document.title = 'Entrar · msia';
  }, []);
  const login = useMutation({
    ...openCookieSessionMutation(),
    meta: { quiet: true },
    onSuccess: (signedIn) => {
      queries.clear();
      queries.setQueryData(getSignedInQueryKey(), signedIn);
      void navigate({ href: returnTo(one(search, 'volver')) });
    },
  });
  const error = login.error && toApiError(login.error, undefined);
  const watchCaps = (e: KeyboardEvent) => setCaps(e.getModifierState('CapsLock'));
  return (
    <Center component="main" mih="100dvh" p="md">
      <Paper withBorder p="xl" w={380} shadow="sm">
        <form noValidate onSubmit={(e) => { e.preventDefault(); login.mutate({ body: { username: username.trim(), password } }); }}>
          <Stack>
            <div>
              <Title order={1}>msia</Title>
              <Text c="dimmed" size="sm">Homologación de reformas</Text>
            </div>
            {one(search, 'volver') && !error && <Alert color="blue" role="status">Entre para seguir donde estaba.</Alert>}
            {error && (
              <Alert color="red" role="alert" icon={error.status === 429 ? <IconLock /> : <IconAlertTriangle />}>
                {error.status === 401 ? 'El usuario o la contraseña no son correctos.'
                  : error.status === 429 ? 'Demasiados intentos. Espere un minuto y vuelva a probar.'
                    : error.status === 422 ? 'Escriba usuario y contraseña.' : error.message}
              </Alert>
            )}
            <TextInput label="Usuario" autoComplete="username" autoCapitalize="none" spellCheck={false} required value={username} onChange={(e) => setUsername(e.currentTarget.value)} autoFocus />
            <PasswordInput
              label="Contraseña" autoComplete="current-password" required value={password} onChange={(e) => setPassword(e.currentTarget.value)}
              onKeyUp={watchCaps} onKeyDown={watchCaps} description={caps ? 'Mayúsculas activadas' : undefined} inputWrapperOrder={['label', 'input', 'description', 'error']}
              visibilityToggleButtonProps={{ 'aria-label': 'Mostrar la contraseña' }}
            />
            <Button type="submit" loading={login.isPending} disabled={!username.trim() || !password}>Entrar</Button>
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}
