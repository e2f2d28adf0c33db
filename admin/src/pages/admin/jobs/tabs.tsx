import { Button } from '@mantine/core';
import type { ReactNode } from 'react';

import { IconExternalLink } from '@/parts/icons';
import { Page } from '@/parts/page';
import { PageTabs } from '@/parts/pagetabs';

/** The frame of both pages about jobs. */
export function JobsPage({ about, children }: { about: ReactNode; children: ReactNode }) {
  return (
    <Page
      title="Trabajos" about={about}
      actions={<Button component="a" variant="default" href="/riverui/" target="_blank" rel="noreferrer" leftSection={<IconExternalLink size={16} />}>River UI</Button>}
    >
      <PageTabs label="Trabajos" tabs={[{ to: '/trabajos', text: 'Cola' }, { to: '/trabajos/periodicos', text: 'Periódicos' }]} />
      {children}
    </Page>
  );
}
