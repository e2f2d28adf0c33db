import '@mantine/core/styles/Grid.css';
import '@mantine/core/styles/FloatingIndicator.css';
import '@mantine/core/styles/SegmentedControl.css';
import '@mantine/core/styles/Switch.css';

import { Grid, Input, SegmentedControl, Select, Stack, Switch, Textarea, TextInput } from '@mantine/core';
import { type Category, createResponseRule, type ResponseRule, updateResponseRule } from '@msia/client';
import { getResponseRuleOptions, listCategoriesOptions } from '@msia/client/query';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';

import { useMay } from '@/lib/account';
import { ifMatch } from '@/lib/client';
import { refresh } from '@/lib/queries';
import { EntityForm, useEntityForm } from '@/parts/form';
import { Page } from '@/parts/page';
import { Loaded } from '@/parts/states';

import { RuleTester } from './tester';
import { actions, checkRule, newRule, readRule, ruleLabels, writeRule } from './values';

/** One rule, or a new one under /reglas/nueva, with a sentence to try it on. */
export default function Rule() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const isNew = id === 'nueva';
  const rule = useQuery({ ...getResponseRuleOptions({ path: { rule_id: id } }), placeholderData: undefined, enabled: !isNew });
  const categories = useQuery(listCategoriesOptions({ query: { include_inactive: true } }));
  return (
    <Page title={isNew ? 'Nueva regla' : rule.data?.name ?? 'Regla'} above={[['Reglas de respuesta', '/reglas']]}>
      <Loaded query={categories}>{(all) => (isNew ? <Form categories={all} /> : <Loaded query={rule}>{(r) => <Form key={r.id} rule={r} categories={all} reload={rule.refetch} />}</Loaded>)}</Loaded>
    </Page>
  );
}

function Form({ rule, categories, reload }: { rule?: ResponseRule; categories: Category[]; reload?: () => Promise<unknown> }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const readOnly = !useMay('editor');
  const entity = useEntityForm({
    initial: rule ? readRule(rule) : newRule, version: rule?.version, saved: 'Regla guardada. Se aplica desde ahora.', validate: checkRule,
    save: async (values, version) =>
      (rule
        ? await updateResponseRule({ path: { rule_id: rule.id }, headers: version ? ifMatch(version) : {}, body: writeRule(values), throwOnError: true })
        : await createResponseRule({ body: writeRule(values), throwOnError: true })).data,
    onSaved: (saved) => {
      void refresh(queries, 'listResponseRules', 'getResponseRule', 'testResponseRules');
      if (!rule) void navigate({ to: `/reglas/${saved.id}`, replace: true });
    },
  });
  const { form } = entity;
  const v = form.getValues();
  const fields = (
    <Stack>
      <TextInput label={ruleLabels.name} description="Para reconocerla; el cliente no lo ve." required readOnly={readOnly} maxLength={100} {...form.getInputProps('name')} />
      <Textarea
        label={ruleLabels.pattern} required readOnly={readOnly} maxLength={500} autosize classNames={{ input: 'mono' }} spellCheck={false} autoCapitalize="none" {...form.getInputProps('pattern')}
        description="Se busca en lo que escribe el cliente, sin mirar acentos ni mayúsculas. «horario|a que hora» busca una cosa o la otra; \b marca el borde de una palabra."
      />
      <Select label={ruleLabels.category} readOnly={readOnly} allowDeselect={false} data={[{ value: '', label: 'Vale en cualquiera' }, ...categories.map((c) => ({ value: c.slug, label: c.name }))]} {...form.getInputProps('category')} />
      <Input.Wrapper label={ruleLabels.action} labelElement="div">
        <div><SegmentedControl aria-label={ruleLabels.action} readOnly={readOnly} data={Object.entries(actions).map(([value, label]) => ({ value, label }))} {...form.getInputProps('action')} /></div>
      </Input.Wrapper>
      {v.action === 'answer'
        ? <Textarea label={ruleLabels.answer} description="Lo que dice el asistente. Sin precios: salen solo de las tarifas." required readOnly={readOnly} autosize minRows={3} maxLength={1000} {...form.getInputProps('answer')} />
        : <Textarea label={ruleLabels.reason} description="Lo que lee quien recibe la conversación." required readOnly={readOnly} autosize minRows={2} maxLength={300} {...form.getInputProps('reason')} />}
      <Switch label="Activa" disabled={readOnly} {...form.getInputProps('is_active', { type: 'checkbox' })} />
    </Stack>
  );
  const draft = v.pattern.trim() && !readOnly && (entity.dirty || !rule) ? { ...writeRule(v), name: v.name.trim() || 'Esta regla', answer: v.action === 'answer' ? v.answer.trim() || '…' : null, reason: v.action === 'hand_over' ? v.reason.trim() || '…' : null } : undefined;
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, md: 7 }}>
        {readOnly ? fields : <EntityForm entity={entity} reload={reload} labels={ruleLabels} read={readRule}>{fields}</EntityForm>}
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 5 }}><RuleTester categories={categories} rule={draft} /></Grid.Col>
    </Grid>
  );
}
