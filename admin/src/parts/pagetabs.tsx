import { Anchor, Box } from '@mantine/core';
import { Link, useRouterState } from '@tanstack/react-router';

/** The parts of something that has several pages: each tab is an address. */
export function PageTabs({ label, tabs }: { label: string; tabs: { to: string; text: string }[] }) {
  const path = useRouterState({ select: (s) => s.location.pathname });
  const active = tabs.filter((tab) => path === tab.to || path.startsWith(`${tab.to}/`)).sort((a, b) => b.to.length - a.to.length)[0];
  return (
    <Box component="nav" aria-label={label} style={{ display: 'flex', flexWrap: 'wrap', borderBottom: '1px solid var(--mantine-color-default-border)' }}>
      {tabs.map((tab) => (
        <Anchor
          key={tab.to} component={Link} to={tab.to} underline="never" c={tab === active ? undefined : 'var(--mantine-color-text)'} px="sm" py={8} mb={-1} fz="sm"
          fw={tab === active ? 650 : 450} aria-current={tab === active ? 'page' : undefined}
          style={{ borderBottom: `2px solid ${tab === active ? 'var(--mantine-primary-color-filled)' : 'transparent'}` }}
        >
          {tab.text}
        </Anchor>
      ))}
    </Box>
  );
}
