import { Badge, Group } from '@mantine/core';
import { Link } from '@tanstack/react-router';

import type { Search } from '@/lib/search';

import classes from './tabs.module.css';

export type Tab = {
  text: string;
  to: string;
  /** How much there is, or is to do. */
  count?: number;
};

/** The parts of one thing, each with an address of its own. */
export function TabLinks({ label, tabs, current, search }: { label: string; tabs: Tab[]; current: string; /** Goes along from tab to tab. */ search?: Search }) {
  return (
    <nav aria-label={label} className={classes.tabs}>
      {tabs.map((tab) => (
        <Link key={tab.to} to={tab.to} search={(search ?? {}) as never} resetScroll={false} className={classes.tab} aria-current={tab.to === current ? 'page' : undefined}>
          <Group gap={6} wrap="nowrap">
            {tab.text}
            {tab.count !== undefined && tab.count > 0 && <Badge size="sm" variant="light" circle={tab.count < 10}>{tab.count}</Badge>}
          </Group>
        </Link>
      ))}
    </nav>
  );
}
