import { Anchor, Breadcrumbs, Group, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useEffect } from 'react';

import { keepRecent } from '@/app/recent';

type Props = {
  title: string;
  /** A sentence under the title. */
  about?: ReactNode;
  /** Pages above this one: [text, address]. */
  above?: [string, string][];
  actions?: ReactNode;
  /** A record's page: the palette offers it again. */
  record?: boolean;
  children: ReactNode;
};

/** The frame of every page: its title, also the window's, and what can be done on it. */
export function Page({ title, about, above, actions, record, children }: Props) {
  useEffect(() => {
    document.title = `${title} · msia`;
    if (record) keepRecent({ to: window.location.pathname, title });
  }, [title, record]);
  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-start" gap="sm">
        <Stack gap={4} miw={0} flex="1 1 20rem">
          {above && (
            <nav aria-label="Ruta">
              <Breadcrumbs separatorMargin={6}>
                {above.map(([text, to]) => (
                  <Anchor key={to} component={Link} to={to} size="sm">{text}</Anchor>
                ))}
              </Breadcrumbs>
            </nav>
          )}
          <Title order={1}>{title}</Title>
          {about && <Text c="dimmed" component="div">{about}</Text>}
        </Stack>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  );
}
