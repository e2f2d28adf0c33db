import { Badge, Button, Card, Group, Select, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import type { Case, CaseFieldValue, CaseSection } from '@msia/client';
import { updateCase } from '@msia/client';
import { useState } from 'react';

import { useMay } from '@/lib/account';
import { ifMatch } from '@/lib/client';
import { errorWithin, toApiError } from '@/lib/problem';
import { None } from '@/parts/fields';
import { EntityForm, type EntityForm as EntityFormOf, useEntityForm } from '@/parts/form';
import { IconEdit } from '@/parts/icons';

import { applies } from './applies';
import { useStored } from './change';
import type { TabProps } from './detail';
import { sectionName } from './missing';
import { isActive } from './words';

type Values = Record<string, string>;

/** What is known, section by section; each can be edited in place. */
export default function Data({ case: c }: TabProps) {
  const mayWrite = useMay('editor') && isActive(c.status);
  const [editing, setEditing] = useState<string | null>(null);
  return (
    <Stack>
      {!isActive(c.status) && <Text size="sm" c="dimmed">El expediente está cerrado: sus datos ya no cambian.</Text>}
      <SimpleGrid cols={{ base: 1, lg: 2 }} style={{ alignItems: 'start' }}>
        {c.sections.filter((section) => section.fields.some((f) => f.field.type !== 'photo')).map((section) => (
          <Card key={section.key} withBorder padding="md" component="section" aria-label={sectionName(section)}>
            <Stack gap="sm">
              <Group justify="space-between">
                <Title order={2} size="h3">{sectionName(section)}</Title>
                {mayWrite && editing !== section.key && (
                  <Button size="compact-sm" variant="subtle" leftSection={<IconEdit size={16} />} aria-label={`Editar: ${sectionName(section)}`} onClick={() => setEditing(section.key)}>Editar</Button>
                )}
              </Group>
              {editing === section.key ? <Edit case={c} section={section} onDone={() => setEditing(null)} /> : <Shown case={c} section={section} />}
            </Stack>
          </Card>
        ))}
      </SimpleGrid>
    </Stack>
  );
}

function Shown({ case: c, section }: { case: Case; section: CaseSection }) {
  const missing = new Set(c.missing.filter((m) => m.kind === 'field' && m.section === section.key).map((m) => m.key));
  return (
    <Stack gap={6} component="dl" m={0}>
      {section.fields.filter((f) => (f.visible || f.value !== null) && f.field.type !== 'photo').map((f) => (
        <Group key={f.field.key} gap="sm" wrap="nowrap" align="baseline">
          <Text component="dt" size="sm" c="dimmed" w="45%" style={{ flexShrink: 0 }}>{f.field.label}</Text>
          <Text component="dd" size="sm" m={0} style={{ overflowWrap: 'anywhere' }}>
            {f.display ?? (missing.has(f.field.key) ? <Badge color="yellow">Falta</Badge> : <None />)}
          </Text>
        </Group>
      ))}
    </Stack>
  );
}

const valuesOf = (section: CaseSection | undefined): Values =>
  Object.fromEntries((section?.fields ?? []).map((f) => [f.field.key, f.field.type === 'number' ? (f.value ?? '').replace('.', ',') : (f.value ?? '')]));

function Edit({ case: c, section, onDone }: { case: Case; section: CaseSection; onDone: () => void }) {
  const stored = useStored();
  const entity: EntityFormOf<Values> = useEntityForm<Values, Case>({
    initial: valuesOf(section), version: c.version, saved: `${sectionName(section)}: guardado`,
    save: async (values, version) => {
      // Only what was changed here, so that nothing is written over that somebody else filled in meanwhile.
      const changed = Object.fromEntries(Object.entries(values).filter(([key]) => entity.form.isDirty(key)));
      try {
        return (await updateCase({ path: { case_id: c.id }, headers: ifMatch(version!), body: { data: { [section.key]: changed } }, throwOnError: true })).data;
      } catch (error) {
        throw errorWithin(toApiError(error, undefined), `/data/${section.key}`);
      }
    },
    onSaved: (now) => { stored(now); onDone(); },
  });
  const values = entity.form.getValues();
  return (
    <EntityForm
      entity={entity} labels={Object.fromEntries(section.fields.map((f) => [f.field.key, f.field.label]))}
      read={(now: Case) => valuesOf(now.sections.find((s) => s.key === section.key))}
      more={<Button variant="default" onClick={() => { entity.discard(); onDone(); }}>Cancelar</Button>}
    >
      {section.fields.filter((f) => f.field.type !== 'photo' && applies(f, section.fields, values)).map((f, i) => (
        <Field key={f.field.key} field={f} form={entity.form} first={i === 0} />
      ))}
    </EntityForm>
  );
}

function Field({ field: { field }, form, first }: { field: CaseFieldValue; form: UseFormReturnType<Values>; first: boolean }) {
  const common = {
    label: field.label, description: field.hint ?? undefined, withAsterisk: field.required, autoFocus: first, autoComplete: 'off', ...form.getInputProps(field.key),
    placeholder: field.example ? `Por ejemplo: ${field.example}` : undefined,
  };
  switch (field.type) {
    case 'boolean':
      return <Choice {...common} options={[{ value: 'true', label: 'Sí' }, { value: 'false', label: 'No' }]} />;
    case 'select':
      return <Choice {...common} options={field.options.map((value) => ({ value, label: value }))} />;
    case 'date':
      return <TextInput {...common} type="date" placeholder={undefined} />;
    case 'number':
      return <TextInput {...common} inputMode="decimal" rightSection={field.unit && <Text size="sm" c="dimmed">{field.unit}</Text>} rightSectionWidth={field.unit ? 48 : undefined} />;
    default:
      return <TextInput {...common} />;
  }
}

function Choice({ options, value, onChange, ...props }: { options: { value: string; label: string }[]; value?: string; onChange?: (value: string) => void; label: string }) {
  return <Select {...props} placeholder="Sin respuesta" data={options} value={value || null} onChange={(to) => onChange?.(to ?? '')} clearable clearButtonProps={{ 'aria-label': `Quitar ${props.label}` }} />;
}
