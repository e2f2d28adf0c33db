import { Table, Text } from '@mantine/core';
import { listPeriodicJobsOptions } from '@msia/client/query';
import { useQuery } from '@tanstack/react-query';

import { formatEvery } from '@/lib/format';
import { Ago, None, Status } from '@/parts/fields';
import { Loaded } from '@/parts/states';

import { JobsPage } from './tabs';
import { jobLooks, kindName } from './words';

export default function PeriodicJobs() {
  const periodic = useQuery({ ...listPeriodicJobsOptions(), refetchInterval: 10_000 });
  return (
    <JobsPage about="Lo que se hace una y otra vez, sin que nadie lo pida.">
      <Loaded query={periodic}>
        {(all) => (
          <Table.ScrollContainer minWidth={560} scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'group', 'aria-label': 'Trabajos periódicos' } }}>
            <Table aria-label="Trabajos periódicos">
              <Table.Thead><Table.Tr><Table.Th>Qué</Table.Th><Table.Th>Cada</Table.Th><Table.Th>Última vez</Table.Th><Table.Th>Cómo fue</Table.Th></Table.Tr></Table.Thead>
              <Table.Tbody>
                {all.map(({ kind, every_seconds, last }) => (
                  <Table.Tr key={kind}>
                    <Table.Td>{kindName(kind)}</Table.Td>
                    <Table.Td>{formatEvery(every_seconds)}</Table.Td>
                    <Table.Td><Ago at={last?.attempted_at} /></Table.Td>
                    <Table.Td>{last ? <><Status value={last.state} looks={jobLooks} /> {last.errors[0] && <Text size="sm">{last.errors[0].error}</Text>}</> : <None />}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
      </Loaded>
    </JobsPage>
  );
}
