import '@mantine/core/styles/DataList.css';
import '@mantine/core/styles/List.css';
import '@mantine/core/styles/Progress.css';

import { Alert, Anchor, Badge, Card, DataList, Group, List, Progress, Select, Stack, Text, Title } from '@mantine/core';
import type { Case } from '@msia/client';
import { updateCase } from '@msia/client';
import { getCustomerOptions } from '@msia/client/query';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { useMay } from '@/lib/account';
import { ifMatch } from '@/lib/client';
import { useStaff } from '@/lib/staff';
import { Ago, Money, None, When } from '@/parts/fields';
import { IconInfoCircle } from '@/parts/icons';

import { useCaseChange } from './change';
import type { TabProps } from './detail';
import { missingGroups, nextAction } from './missing';
import classes from './summary.module.css';
import { judged, useVerdicts } from './verdicts';

export default function Summary({ case: c, along }: TabProps) {
  const verdicts = useVerdicts();
  const unreviewed = c.files.filter((f) => judged(f, verdicts).review === 'pending').length;
  const missing = missingGroups(c);
  const customer = useQuery(getCustomerOptions({ path: { customer_id: c.customer_id } })).data;
  const vehicle = c.sections.find((s) => s.key === 'vehicle');
  return (
    <Stack>
      <Alert icon={<IconInfoCircle />} title="Lo siguiente">{nextAction(c, unreviewed)}</Alert>
      <div className={classes.columns}>
        <Box title="Qué falta" more={<Text size="sm" className="nums" c="dimmed">{c.progress_percent} %</Text>}>
          <Progress value={c.progress_percent} aria-label="Completado" />
          {missing.length === 0 ? <Text size="sm">No falta nada.</Text> : missing.map((group) => (
            <Stack key={`${group.tab} ${group.title}`} gap={2}>
              <Anchor component={Link} to={`/expedientes/${c.id}/${group.tab}`} search={along as never} size="sm" fw={600}>{group.title}</Anchor>
              <List size="sm">
                {group.items.map((item) => (
                  <List.Item key={item.key}>{item.label}{item.again && <> <Badge size="sm" color="red">Pedida otra vez</Badge></>}</List.Item>
                ))}
              </List>
            </Stack>
          ))}
        </Box>
        <Box title="Cliente">
          {customer ? (
            <DataList labelWidth={150}>
              <Row label="Nombre"><Anchor component={Link} to={`/clientes/${customer.id}`} size="sm">{customer.display_name}</Anchor></Row>
              <Row label="Teléfono">{customer.phone ? <Anchor href={`tel:${customer.phone}`} size="sm">{customer.phone}</Anchor> : <None />}</Row>
              <Row label="Correo">{customer.email ?? <None />}</Row>
              <Row label="NIF">{customer.nif_cif ?? <None />}</Row>
              <Row label="Última acción"><Ago at={c.last_activity_at} /></Row>
            </DataList>
          ) : <Text size="sm" c="dimmed">…</Text>}
        </Box>
        <Box title="Vehículo">
          <DataList labelWidth={150}>
            <Row label="Categoría">{c.quote.category.name}</Row>
            {vehicle?.fields.map((f) => <Row key={f.field.key} label={f.field.label}>{f.display ?? <None />}</Row>)}
          </DataList>
        </Box>
        <Box title="Presupuesto" more={<Anchor component={Link} to={`/expedientes/${c.id}/presupuesto`} search={along as never} size="sm">Ver</Anchor>}>
          <DataList labelWidth={150}>
            <Row label="Tarifa">{c.quote.tier.name}</Row>
            <Row label="Elementos">{c.elements.map((e) => (e.quantity > 1 ? `${e.quantity} × ${e.name}` : e.name)).join(', ')}</Row>
            <Row label="Total"><Money amount={c.quote.total} /> {c.quote.provisional && <Badge size="sm" color="yellow">Provisional</Badge>}</Row>
          </DataList>
        </Box>
        <Box title="Expediente">
          <DataList labelWidth={150}>
            <Row label="Lo lleva"><Assignee case={c} /></Row>
            <Row label="Abierto"><When at={c.created_at} /></Row>
            <Row label="Confirmado"><When at={c.confirmed_at} /></Row>
            {c.reminded_at && <Row label="Recordatorio"><When at={c.reminded_at} /></Row>}
            {c.closed_at && <Row label="Cerrado"><When at={c.closed_at} /></Row>}
          </DataList>
        </Box>
      </div>
    </Stack>
  );
}

function Box({ title, more, children }: { title: string; more?: ReactNode; children: ReactNode }) {
  return (
    <Card withBorder padding="md" component="section" aria-label={title} className={classes.box}>
      <Stack gap="sm">
        <Group justify="space-between"><Title order={2} size="h3">{title}</Title>{more}</Group>
        {children}
      </Stack>
    </Card>
  );
}

const Row = ({ label, children }: { label: string; children: ReactNode }) => (
  <DataList.Item><DataList.ItemLabel>{label}</DataList.ItemLabel><DataList.ItemValue>{children}</DataList.ItemValue></DataList.Item>
);

function Assignee({ case: c }: { case: Case }) {
  const staff = useStaff();
  const mayWrite = useMay('editor');
  const { change, busy, question } = useCaseChange(c);
  if (!mayWrite) return c.assignee_id ? staff.name(c.assignee_id) : <None />;
  return (
    <>
      <Select
        aria-label="Lo lleva" size="xs" data={withFormer(staff, c.assignee_id)} value={c.assignee_id} clearable placeholder="Nadie" disabled={busy} clearButtonProps={{ 'aria-label': 'Nadie' }}
        onChange={(to) => change({
          run: (version) => updateCase({ path: { case_id: c.id }, headers: ifMatch(version), body: { assignee_id: to }, throwOnError: true }),
          done: to ? `Ahora lo lleva ${staff.name(to)}` : 'Ya no lo lleva nadie',
        })}
      />
      {question}
    </>
  );
}

/** Whoever has it can be seen also when they may not be chosen any more. */
function withFormer(staff: ReturnType<typeof useStaff>, id: string | null) {
  return id === null || staff.options.some((o) => o.value === id) ? staff.options : [...staff.options, { value: id, label: staff.name(id), disabled: true }];
}
