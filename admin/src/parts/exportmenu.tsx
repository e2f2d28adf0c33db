import { Button, Menu } from '@mantine/core';

import { stringifySearch } from '@/lib/search';

import { IconDownload } from './icons';

const formats = [['csv', 'CSV, para Excel en español'], ['xlsx', 'Libro de Excel']] as const;

/** Downloads a list as it is filtered. `to` is its export operation's address, `query` the filters as that takes them. */
export function ExportMenu({ to, query }: { to: string; query: Record<string, unknown> }) {
  return (
    <Menu>
      <Menu.Target><Button variant="default" leftSection={<IconDownload size={16} />}>Exportar</Button></Menu.Target>
      <Menu.Dropdown>
        {formats.map(([format, text]) => (
          <Menu.Item key={format} component="a" href={to + stringifySearch({ ...query, format })} download>{text}</Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
