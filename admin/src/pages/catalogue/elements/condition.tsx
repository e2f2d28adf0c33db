import { Group, Select, Text, TextInput } from '@mantine/core';
import type { ConditionOperator, FieldCondition, FieldConditionInput, FieldType } from '@msia/client';

/** A condition as its form has it; a field of '' is none. */
export type ConditionValues = { field: string; operator: ConditionOperator; value: string };

type On = { key: string; label: string; type: FieldType; options: string[] };

export const readCondition = (c: FieldCondition): ConditionValues => ({ field: c?.field ?? '', operator: c?.operator ?? 'equals', value: c?.value ?? '' });

export const writeCondition = (c: ConditionValues): FieldConditionInput =>
  c.field === '' ? null : { field: c.field, operator: c.operator, ...(needsValue(c.operator) ? { value: c.value } : {}) };

const needsValue = (operator: ConditionOperator) => operator === 'equals' || operator === 'not_equals';

const operators: Record<ConditionOperator, string> = { equals: 'es', not_equals: 'no es', exists: 'está contestado', not_exists: 'no está contestado' };

/** «si Tipo de freno es disco» */
export function conditionText(c: FieldCondition, fields: { key: string; label: string }[]): string {
  if (!c) return '';
  const label = fields.find((f) => f.key === c.field)?.label ?? c.field;
  return `si «${label}» ${operators[c.operator]}${needsValue(c.operator) ? ` «${booleanText(c.value)}»` : ''}`;
}

const booleanText = (value: string) => (value === 'true' ? 'Sí' : value === 'false' ? 'No' : value);

type Props = { value: ConditionValues; onChange: (value: ConditionValues) => void; fields: On[]; error?: string; readOnly?: boolean };

/** When a field or a photo is asked for: always, or as another field says. */
export function ConditionInput({ value, onChange, fields, error, readOnly }: Props) {
  const on = fields.find((f) => f.key === value.field);
  const choices = on?.type === 'boolean' ? ['Sí', 'No'] : on?.type === 'select' ? on.options : null;
  return (
    <div data-path="condition" role="group" aria-label="Cuándo se pide">
      <Group gap="xs" align="flex-end">
        <Select
          label="Se pide" w={240} readOnly={readOnly} allowDeselect={false} value={value.field}
          data={[{ value: '', label: 'Siempre' }, ...fields.map((f) => ({ value: f.key, label: `Según «${f.label}»` }))]}
          onChange={(field) => onChange({ field: field ?? '', operator: fields.find((f) => f.key === field)?.type === 'photo' ? 'exists' : value.operator, value: '' })}
        />
        {on && (
          <Select
            label="si" w={190} readOnly={readOnly} allowDeselect={false} value={value.operator}
            data={(Object.keys(operators) as ConditionOperator[]).filter((o) => on.type !== 'photo' || !needsValue(o)).map((o) => ({ value: o, label: operators[o] }))}
            onChange={(operator) => onChange({ ...value, operator: operator as ConditionOperator })}
          />
        )}
        {on && needsValue(value.operator) && (choices ? (
          <Select label="Valor" w={190} readOnly={readOnly} data={choices} value={choices.find((c) => c === booleanText(value.value)) ?? null} onChange={(chosen) => onChange({ ...value, value: chosen ?? '' })} />
        ) : (
          <TextInput label="Valor" w={190} readOnly={readOnly} maxLength={200} value={value.value} onChange={(e) => onChange({ ...value, value: e.currentTarget.value })} />
        ))}
      </Group>
      {error && <Text size="sm" c="red" mt={4}>{error}</Text>}
    </div>
  );
}
