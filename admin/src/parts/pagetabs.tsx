import { Anchor, Badge, Box } from '@mantine/core';
import { Link, useRouterState } from '@tanstack/react-router';

import type { Search } from '@/lib/search';

type Tab = {
  to: string;
  text: string;
  /** How much there is to do; nothing is said of 0. */
  count?: number;
};

/** The parts of something that has several pages: each tab is an address. `search` goes along from one to the other. */
export function PageTabs({ label, tabs, search = {} }: { label: string; tabs: Tab[]; search?: Search }) {
  const path = useRouterState({ select: (s) => s.location.pathname });
  const active = tabs.filter((tab) => path === tab.to || path.startsWith(`${tab.to}/`)).sort((a, b) => b.to.length - a.to.length)[0];
  return (
    <Box component="nav" aria-label={label} style={{ display: 'flex', flexWrap: 'wrap', borderBottom: '1px solid var(--mantine-color-default-border)' }}>
      {tabs.map((tab) => (
        <Anchor
          key={tab.to} component={Link} to={tab.to} search={search as never} resetScroll={false} underline="never" c={tab === active ? undefined : 'var(--mantine-color-text)'}
          px="sm" py={8} mb={-1} fz="sm" fw={tab === active ? 650 : 450} aria-current={tab === active ? 'page' : undefined}
          style={{ borderBottom: `2px solid ${tab === active ? 'var(--mantine-primary-color-filled)' : 'transparent'}` }}
        >
          {tab.text}{tab.count ? <> <Badge size="sm" className="nums">{tab.count}</Badge></> : null}
        </Anchor>
      ))}
    </Box>
  );
}
