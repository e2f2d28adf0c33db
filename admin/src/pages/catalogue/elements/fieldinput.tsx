import { Select, Text, Textarea, TextInput } from '@mantine/core';
import type { RequiredField } from '@msia/client';

type Props = {
  field: Pick<RequiredField, 'key' | 'label' | 'type' | 'options' | 'unit' | 'required' | 'example' | 'hint' | 'max_length'>;
  /** As it was typed: the server reads «2,5 cm», «Sí», «31-12-25». */
  value: string;
  onChange: (value: string) => void;
  error?: string | null;
  readOnly?: boolean;
};

/** The field of a form in which one required datum is typed. */
export function RequiredFieldInput({ field, value, onChange, error, readOnly }: Props) {
  const common = { label: field.label, description: field.hint, error, withAsterisk: field.required, readOnly, placeholder: field.example ? `Ejemplo: ${field.example}` : undefined };
  switch (field.type) {
    case 'boolean':
    case 'select':
      return (
        <Select
          {...common} placeholder={common.placeholder ?? 'Sin contestar'} data={field.type === 'boolean' ? ['Sí', 'No'] : field.options} value={value || null} clearable={!readOnly}
          clearButtonProps={{ 'aria-label': `Quitar ${field.label}` }} onChange={(chosen) => onChange(chosen ?? '')}
        />
      );
    case 'photo':
      return <div><Text size="sm" fw={500}>{field.label}{field.required && ' *'}</Text><Text size="sm" c="dimmed">{field.hint ?? 'Se contesta con una foto.'}</Text></div>;
    case 'text':
      if ((field.max_length ?? 0) > 200) return <Textarea {...common} autosize minRows={2} value={value} maxLength={2000} onChange={(e) => onChange(e.currentTarget.value)} />;
      return <TextInput {...common} value={value} maxLength={2000} onChange={(e) => onChange(e.currentTarget.value)} />;
    case 'number':
      return <TextInput {...common} inputMode="decimal" value={value} maxLength={100} rightSection={field.unit} rightSectionWidth={field.unit ? 24 + field.unit.length * 8 : undefined} onChange={(e) => onChange(e.currentTarget.value)} />;
    case 'date':
      return <TextInput {...common} placeholder={common.placeholder ?? 'dd/mm/aaaa'} value={value} maxLength={30} onChange={(e) => onChange(e.currentTarget.value)} />;
  }
}
