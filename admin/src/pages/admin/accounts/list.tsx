import { Anchor, Badge, Button, Table } from '@mantine/core';
import { listAccountsOptions } from '@msia/client/query';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { roleNames } from '@/lib/account';
import { None, When } from '@/parts/fields';
import { IconPlus } from '@/parts/icons';
import { Page } from '@/parts/page';
import { Loaded } from '@/parts/states';

export default function Accounts() {
  const accounts = useQuery(listAccountsOptions());
  return (
    <Page title="Cuentas" actions={<Button component={Link} to="/ajustes/usuarios/nuevo" leftSection={<IconPlus size={16} />}>Nueva cuenta</Button>}>
      <Loaded query={accounts}>
        {(all) => (
          <Table.ScrollContainer minWidth={560} scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'group', 'aria-label': 'Cuentas' } }}>
            <Table highlightOnHover aria-label="Cuentas">
              <Table.Thead>
                <Table.Tr><Table.Th>Usuario</Table.Th><Table.Th>Nombre</Table.Th><Table.Th>Papel</Table.Th><Table.Th>Estado</Table.Th><Table.Th>Desde</Table.Th></Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {all.map((a) => (
                  <Table.Tr key={a.id}>
                    <Table.Td><Anchor component={Link} to={`/ajustes/usuarios/${a.id}`}>{a.username}</Anchor></Table.Td>
                    <Table.Td>{a.display_name ?? <None />}</Table.Td>
                    <Table.Td>{roleNames[a.role]}</Table.Td>
                    <Table.Td><Badge color={a.is_active ? 'green' : 'gray'}>{a.is_active ? 'Activa' : 'Cerrada'}</Badge></Table.Td>
                    <Table.Td><When at={a.created_at} dayOnly /></Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
      </Loaded>
    </Page>
  );
}
