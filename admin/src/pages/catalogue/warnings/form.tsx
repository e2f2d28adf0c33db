import { ActionIcon, Button, Checkbox, Group, Paper, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import type { Severity, WarningResponse, WarningScope } from '@msia/client';
import { createWarning, updateWarning } from '@msia/client';
import { listCategoriesOptions, listElementsOptions, listTiersOptions } from '@msia/client/query';
import { useQuery, useQueryClient } from '@tanstack/react-query';

import { ifMatch } from '@/lib/client';
import { refresh } from '@/lib/queries';
import { EntityForm, useEntityForm } from '@/parts/form';
import { IconPlus, IconTrash } from '@/parts/icons';
import { severityLooks } from '@/parts/severity';

import { scopes } from '../tariffs/words';
import { errorsOf, required } from '../values';
import { type Condition, toCondition, toTrigger, triggerKinds, type TriggerKind } from './triggers';

type Values = {
  code: string; severity: Severity; message: string; scope: WarningScope; category_id: string | null; tier_code: string | null; element_code: string | null;
  triggers: Condition[]; is_active: boolean;
};

const read = (w: WarningResponse): Values => ({
  code: w.code, severity: w.severity, message: w.message, scope: w.scope, category_id: w.category_id, tier_code: w.tier_code, element_code: w.element_code,
  triggers: w.triggers.map(toCondition), is_active: w.is_active,
});

const labels = {
  code: 'Código', severity: 'Gravedad', message: 'Texto', scope: 'Ámbito', category_id: 'Categoría', tier_code: 'Tramo', element_code: 'Elemento',
  triggers: 'Condiciones', is_active: 'Activa',
};

export const warningReads = ['listWarnings', 'calculateQuote'];

/** How much of a warning the assistant sends. */
const maxSent = 300;

type Props = {
  warning?: WarningResponse;
  /** Id of the category that a new one is for. */
  category?: string;
  next: number;
  onSaved: () => void;
};

export function WarningForm({ warning, category, next, onSaved }: Props) {
  const queries = useQueryClient();
  const entity = useEntityForm<Values, WarningResponse>({
    initial: warning ? read(warning) : {
      code: '', severity: 'warning', message: '', scope: category ? 'category' : 'global', category_id: category ?? null, tier_code: null, element_code: null,
      triggers: [], is_active: true,
    },
    version: warning?.version,
    save: async (values, version) => {
      const body = {
        ...values, code: values.code.trim(), message: values.message.trim(),
        category_id: values.scope === 'global' ? null : values.category_id,
        tier_code: values.scope === 'tier' ? values.tier_code : null,
        element_code: values.scope === 'element' ? values.element_code : null,
        triggers: values.triggers.map(toTrigger),
      };
      const { data } = warning
        ? await updateWarning({ path: { warning_id: warning.id }, body, headers: version ? ifMatch(version) : undefined, throwOnError: true })
        : await createWarning({ body: { ...body, sort_order: next }, throwOnError: true });
      await refresh(queries, ...warningReads);
      return data;
    },
    onSaved,
    saved: 'Advertencia guardada.',
    validate: (v) => errorsOf({
      code: required(v.code), message: required(v.message),
      category_id: v.scope === 'global' || v.category_id ? null : 'Elija la categoría.',
      tier_code: v.scope !== 'tier' || v.tier_code ? null : 'Elija el tramo.',
      element_code: v.scope !== 'element' || v.element_code ? null : 'Elija el elemento.',
      ...Object.fromEntries(v.triggers.map((t, i) => [`triggers.${i}.${t.kind}`, t.value.trim() ? null : 'Hace falta.'])),
    }),
  });
  const { form } = entity;
  const { scope, category_id, triggers } = form.values;
  const within = scope === 'global' ? null : category_id;
  const categories = useQuery(listCategoriesOptions({ query: { include_inactive: true } })).data ?? [];
  const elements = useQuery(listElementsOptions({ query: { category: within ?? undefined, include_inactive: true } })).data ?? [];
  const tiers = useQuery({ ...listTiersOptions({ path: { category_id: category_id ?? '' }, query: { include_inactive: true } }), enabled: within !== null }).data ?? [];
  const elementOptions = [...new Map(elements.map((e) => [e.code, { value: e.code, label: `${e.name} (${e.code})` }])).values()];
  const tierOptions = tiers.map((t) => ({ value: t.code, label: `${t.code} · ${t.name}` }));
  const setTrigger = (i: number, change: Partial<Condition>) => {
    form.setFieldValue('triggers', triggers.map((t, at) => (at === i ? { ...t, ...change } : t)));
    form.clearErrors();
  };
  return (
    <EntityForm entity={entity} labels={labels} read={read} reload={() => refresh(queries, 'listWarnings')}>
      <Group grow align="flex-start">
        <TextInput label="Código" description="Minúsculas, cifras y guion bajo" required maxLength={80} data-autofocus {...form.getInputProps('code')} />
        <Select label="Gravedad" description="Las importantes se envían siempre" allowDeselect={false} data={Object.entries(severityLooks).map(([value, { text }]) => ({ value, label: text }))} {...form.getInputProps('severity')} />
      </Group>
      <Textarea label="Texto" description="Sin importes: los importes salen de los servicios y suplementos." required autosize minRows={2} maxLength={1000} {...form.getInputProps('message')} />
      <Preview message={form.values.message} />
      <Group grow align="flex-start">
        <Select label="Ámbito" allowDeselect={false} data={Object.entries(scopes).map(([value, label]) => ({ value, label }))} {...form.getInputProps('scope')} />
        {scope !== 'global' && <Select label="Categoría" allowDeselect={false} data={categories.map((c) => ({ value: c.id, label: c.name }))} {...form.getInputProps('category_id')} />}
        {scope === 'tier' && <Select label="Tramo" data={tierOptions} searchable {...form.getInputProps('tier_code')} />}
        {scope === 'element' && <Select label="Elemento" data={elementOptions} searchable limit={100} {...form.getInputProps('element_code')} />}
      </Group>
      <Stack gap="xs" component="fieldset" p="sm" m={0} bd="1px solid var(--mantine-color-default-border)" style={{ borderRadius: 8 }}>
        <Text component="legend" size="sm" fw={600} px={4}>Cuándo se muestra</Text>
        <Text size="sm" c="dimmed">{triggers.length === 0 ? 'Sin condiciones: siempre que su ámbito entre en el presupuesto.' : 'Basta con que se cumpla una.'}</Text>
        {triggers.map((trigger, i) => {
          const path = `triggers.${i}.${trigger.kind}`;
          const value = { value: trigger.value, 'data-path': path, error: form.errors[path], style: { flex: '1 1 12rem' } };
          return (
            <Group key={i} gap="xs" align="flex-start">
              <Select
                aria-label={`Condición ${i + 1}`} w={210} allowDeselect={false} value={trigger.kind}
                data={Object.entries(triggerKinds).filter(([kind]) => kind !== 'tier_code' || scope !== 'tier').map(([kind, label]) => ({ value: kind, label }))}
                onChange={(kind) => setTrigger(i, { kind: kind as TriggerKind, value: '' })}
              />
              {trigger.kind === 'element_code' ? <Select aria-label={`Elemento de la condición ${i + 1}`} searchable limit={100} data={elementOptions} {...value} value={trigger.value || null} onChange={(code) => setTrigger(i, { value: code ?? '' })} />
                : trigger.kind === 'tier_code' && tierOptions.length > 0 ? <Select aria-label={`Tramo de la condición ${i + 1}`} data={tierOptions} {...value} value={trigger.value || null} onChange={(code) => setTrigger(i, { value: code ?? '' })} />
                  : (
                    <TextInput
                      aria-label={`Valor de la condición ${i + 1}`} maxLength={100} inputMode={trigger.kind === 'min_quantity' ? 'numeric' : undefined} {...value}
                      onChange={(e) => setTrigger(i, { value: trigger.kind === 'min_quantity' ? e.currentTarget.value.replaceAll(/\D/g, '') : e.currentTarget.value })}
                    />
                  )}
              <ActionIcon aria-label={`Quitar la condición ${i + 1}`} onClick={() => form.setFieldValue('triggers', triggers.filter((_, at) => at !== i))}><IconTrash size={17} /></ActionIcon>
            </Group>
          );
        })}
        <Group><Button size="xs" variant="default" leftSection={<IconPlus size={14} />} onClick={() => form.setFieldValue('triggers', [...triggers, { kind: 'keyword', value: '' }])}>Añadir condición</Button></Group>
      </Stack>
      <Checkbox label="Activa" {...form.getInputProps('is_active', { type: 'checkbox' })} />
    </EntityForm>
  );
}

/** As it stands in the assistant's message. */
function Preview({ message }: { message: string }) {
  const text = message.trim();
  return (
    <div>
      <Text size="sm" fw={500} mb={4}>Así le llega al cliente</Text>
      <Paper bg="var(--mantine-color-green-light)" p="sm" radius="md" maw={420}>
        <Text size="sm" className="prewrap">{`Ten en cuenta:\n• ${text ? (text.length > maxSent ? `${text.slice(0, maxSent)}…` : text) : '…'}`}</Text>
      </Paper>
      {text.length > maxSent && <Text size="xs" c="dimmed" mt={4}>Por WhatsApp se envían unos {maxSent} caracteres; este texto tiene {text.length}.</Text>}
    </div>
  );
}
