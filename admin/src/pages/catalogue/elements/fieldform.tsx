import '@mantine/core/styles/NumberInput.css';

import { Button, NumberInput, Select, SimpleGrid, Stack, Switch, Textarea, TextInput } from '@mantine/core';
import { createElementField, type ElementField, type FieldType, updateElementField } from '@msia/client';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';

import { useMay } from '@/lib/account';
import { ifMatch } from '@/lib/client';
import { refresh } from '@/lib/queries';
import { EntityForm, useEntityForm } from '@/parts/form';
import { Tags } from '@/parts/tags';

import { ConditionInput } from './condition';
import { elementReads, keyOf } from './data';
import { checkField, fieldLabels, fieldTypes, type FieldValues, newField, readField, writeField } from './fieldvalues';

type Props = { element: string; field?: ElementField; others: ElementField[]; onDraft: (values: FieldValues) => void; onClose: () => void };

export function FieldForm({ element, field, others, onDraft, onClose }: Props) {
  const queries = useQueryClient();
  const readOnly = !useMay('editor');
  const entity = useEntityForm({
    initial: field ? readField(field) : newField, version: field?.version, saved: 'Campo guardado.', validate: checkField,
    save: async (values, version) =>
      (field
        ? await updateElementField({ path: { field_id: field.id }, headers: version ? ifMatch(version) : {}, body: writeField(values), throwOnError: true })
        : await createElementField({ path: { element_id: element }, body: writeField(values), throwOnError: true })).data,
    onSaved: () => { void refresh(queries, ...elementReads); onClose(); },
  });
  const { form } = entity;
  const v = form.getValues();
  useEffect(() => onDraft(v), [v, onDraft]);
  const number = (name: 'min' | 'max', decimals: boolean) => (
    <NumberInput label={fieldLabels[name]} readOnly={readOnly} hideControls decimalSeparator="," allowDecimal={decimals} {...form.getInputProps(name)} />
  );
  const length = (name: 'min_length' | 'max_length') => (
    <NumberInput label={fieldLabels[name]} readOnly={readOnly} hideControls allowDecimal={false} allowNegative={false} max={2000} {...form.getInputProps(name)} />
  );
  const { error: optionsError, ...options } = form.getInputProps('options');
  return (
    <EntityForm entity={entity} labels={fieldLabels} read={readField} reload={() => refresh(queries, 'listElementFields')} more={<Button variant="default" onClick={onClose}>Cerrar</Button>}>
      <Stack>
        <TextInput
          label={fieldLabels.label} description="Tal como la ve el cliente." required readOnly={readOnly} maxLength={200} {...form.getInputProps('label')} data-autofocus autoFocus
          onChange={(e) => {
            const label = e.currentTarget.value;
            if (!field && (v.key === '' || v.key === keyOf(v.label, 50))) form.setFieldValue('key', keyOf(label, 50));
            form.setFieldValue('label', label);
          }}
        />
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <TextInput label={fieldLabels.key} required readOnly={readOnly} maxLength={50} classNames={{ input: 'mono' }} spellCheck={false} autoCapitalize="none" {...form.getInputProps('key')} />
          <Select
            label={fieldLabels.type} allowDeselect={false} readOnly={readOnly} data={(Object.keys(fieldTypes) as FieldType[]).map((t) => ({ value: t, label: fieldTypes[t] }))}
            {...form.getInputProps('type')}
          />
        </SimpleGrid>
        {v.type === 'select' && <Tags label={fieldLabels.options} required {...options} value={v.options} readOnly={readOnly} max={100} error={optionsError} description="En este orden; Intro o coma después de cada una." />}
        {v.type === 'number' && (
          <SimpleGrid cols={3}>
            <TextInput label={fieldLabels.unit} placeholder="mm, kg, CV…" readOnly={readOnly} maxLength={20} {...form.getInputProps('unit')} />
            {number('min', true)}
            {number('max', true)}
          </SimpleGrid>
        )}
        {v.type === 'text' && (
          <>
            <SimpleGrid cols={2}>{length('min_length')}{length('max_length')}</SimpleGrid>
            <TextInput label={fieldLabels.pattern} description="Lo contestado tiene que cumplirla; se puede dejar vacía." readOnly={readOnly} maxLength={500} classNames={{ input: 'mono' }} spellCheck={false} {...form.getInputProps('pattern')} />
          </>
        )}
        {v.type !== 'photo' && <TextInput label={fieldLabels.example} description="Se enseña al cliente; el propio campo tiene que aceptarlo." readOnly={readOnly} maxLength={200} {...form.getInputProps('example')} />}
        <Textarea label={fieldLabels.hint} description="Cómo medirlo, dónde encontrarlo." autosize readOnly={readOnly} maxLength={500} {...form.getInputProps('hint')} />
        <Switch label="Obligatorio: sin él falta algo en el expediente" disabled={readOnly} {...form.getInputProps('required', { type: 'checkbox' })} />
        <ConditionInput fields={others} value={v.condition} readOnly={readOnly} onChange={(condition) => form.setFieldValue('condition', condition)} error={form.errors.condition as string | undefined} />
      </Stack>
    </EntityForm>
  );
}
