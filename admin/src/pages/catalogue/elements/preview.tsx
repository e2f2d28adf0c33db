import { Badge, Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import type { Element, ElementField, RequiredField } from '@msia/client';
import { checkElementFields } from '@msia/client';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { fold } from '@/lib/fold';
import { IconCamera, IconCheck } from '@/parts/icons';
import { Failed } from '@/parts/states';

import { RequiredFieldInput } from './fieldinput';
import { type FieldValues, writeField } from './fieldvalues';

type Props = {
  element: Element;
  fields: ElementField[];
  /** What is being typed in the editor, and of which field. */
  draft: FieldValues | null;
  draftOf?: string;
};

/** The form as a case shows it, to try: what was saved is checked by the server, as customers' answers are. */
export function FormPreview({ element, fields, draft, draftOf }: Props) {
  const [typed, setTyped] = useState<Record<string, string>>({});
  const active = fields.filter((f) => f.is_active);
  const values = Object.fromEntries(active.map((f) => [f.key, typed[f.key] ?? '']));
  const [asked] = useDebouncedValue(values, 250);
  const check = useQuery({
    queryKey: [{ _id: 'checkElementFields', element: element.id, fields: active.map((f) => `${f.id} ${f.version}`), photos: element.photos, values: asked }],
    queryFn: async ({ signal }) => (await checkElementFields({ path: { element_id: element.id }, body: { values: asked }, signal, throwOnError: true })).data,
  });
  const state = new Map(check.data?.fields.map((f) => [f.key, f]));

  const drafted = draft && draft.label ? { ...writeField(draft), label: draft.label } : null;
  // Whether a condition that is not saved holds, as near as can be told without the server.
  const holds = (): boolean => {
    const c = drafted?.condition;
    if (!c) return true;
    const on = state.get(c.field);
    const answer = on?.visible ? on.value : null;
    if (c.operator === 'exists') return answer !== null;
    if (c.operator === 'not_exists') return answer === null;
    if (answer === null) return false;
    const same = fold(answer) === fold(c.value ?? '') || (answer === 'true' && fold(c.value ?? '') === 'si') || (answer === 'false' && fold(c.value ?? '') === 'no');
    return c.operator === 'equals' ? same : !same;
  };
  const input = (field: Pick<RequiredField, 'key' | 'label' | 'type' | 'options' | 'unit' | 'required' | 'example' | 'hint' | 'max_length'>, error?: string | null) => (
    <RequiredFieldInput field={field} value={typed[field.key] ?? ''} onChange={(value) => setTyped((all) => ({ ...all, [field.key]: value }))} error={error} />
  );
  const unsaved = drafted && (
    <div key="draft" style={{ borderInlineStart: '3px solid var(--mantine-primary-color-filled)', paddingInlineStart: 10 }}>
      <Badge mb={4}>Sin guardar</Badge>
      {holds() ? input(drafted) : <Text size="sm" c="dimmed">«{drafted.label}» no se pide, con lo contestado.</Text>}
    </div>
  );
  const missing = check.data?.fields.filter((f) => f.missing).length ?? 0;
  const refused = check.data?.fields.filter((f) => f.error !== null).length ?? 0;
  return (
    <Card withBorder component="section" aria-label="Vista previa" style={{ position: 'sticky', top: 72 }}>
      <Group justify="space-between" mb="sm">
        <Title order={2}>Vista previa</Title>
        {Object.values(typed).some(Boolean) && <Button size="compact-sm" variant="subtle" onClick={() => setTyped({})}>Vaciar</Button>}
      </Group>
      {active.length === 0 && !drafted ? <Text size="sm" c="dimmed">Aquí se ve el formulario tal como lo muestra el expediente.</Text> : (
        <Stack>
          {active.map((field) => {
            if (field.id === draftOf && drafted) return unsaved;
            const told = state.get(field.key);
            return told?.visible === false ? null : <div key={field.key}>{input(field, told?.error)}</div>;
          })}
          {!draftOf && unsaved}
          <Group gap={6} role="status" aria-live="polite">
            {check.data?.complete ? <><IconCheck size={16} aria-hidden /><Text size="sm">Completo</Text></>
              : check.data && <Text size="sm" c="dimmed">{[missing > 0 && `${missing === 1 ? 'Falta 1 dato' : `Faltan ${missing} datos`}`, refused > 0 && `${refused === 1 ? '1 no vale' : `${refused} no valen`}`].filter(Boolean).join(' · ')}</Text>}
          </Group>
        </Stack>
      )}
      {element.photos.length > 0 && (
        <Stack gap={4} mt="md">
          <Title order={3}>Fotos que se piden</Title>
          {element.photos.filter((p) => check.data?.photos.find((c) => c.code === p.code)?.visible !== false && p.kind !== 'example').map((p) => (
            <Group key={p.code} gap={6} wrap="nowrap"><IconCamera size={16} aria-hidden /><Text size="sm">{p.title}{p.required ? ' *' : ''}</Text></Group>
          ))}
        </Stack>
      )}
      {check.error && !check.data && <Failed error={check.error} retry={() => void check.refetch()} />}
    </Card>
  );
}
