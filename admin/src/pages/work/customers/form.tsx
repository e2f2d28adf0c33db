import { Fieldset, Select, SimpleGrid, Textarea, TextInput } from '@mantine/core';
import '@mantine/core/styles/Fieldset.css';
import type { UseFormReturnType } from '@mantine/form';
import type { Customer, CustomerWrite } from '@msia/client';

import { clientTypes } from './list';

export type Values = Record<keyof typeof labels, string>;

export const labels = {
  first_name: 'Nombre', last_name: 'Apellidos', company_name: 'Empresa', client_type: 'Tipo', nif_cif: 'DNI, NIE o CIF', phone: 'Teléfono', email: 'Correo electrónico',
  street: 'Calle y número', postal_code: 'Código postal', city: 'Localidad', province: 'Provincia', notes: 'Notas internas',
} as const;

const names = Object.keys(labels) as (keyof Values)[];

export const valuesOf = (c?: Customer): Values => Object.fromEntries(names.map((name) => [name, c?.[name] ?? ''])) as Values;

/** The fields that were changed, as the server takes them: an emptied one is null. */
export function changesOf(values: Values, isDirty: (name: string) => boolean): CustomerWrite {
  return Object.fromEntries(names.filter(isDirty).map((name) => [name, values[name].trim() || null])) as CustomerWrite;
}

export function CustomerFields({ form }: { form: UseFormReturnType<Values> }) {
  const text = (name: keyof Values, more: object = {}) => <TextInput label={labels[name]} autoComplete="off" {...more} {...form.getInputProps(name)} />;
  const type = form.getInputProps('client_type');
  return (
    <>
      <Fieldset legend="Quién es">
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          {text('first_name', { maxLength: 100 })}
          {text('last_name', { maxLength: 100 })}
          {text('company_name', { maxLength: 200 })}
          <Select label={labels.client_type} data={clientTypes} placeholder="Sin saber" clearable clearButtonProps={{ 'aria-label': 'Sin saber' }} {...type} value={type.value || null} onChange={(to: string | null) => type.onChange(to ?? '')} />
          {text('nif_cif', { maxLength: 20, placeholder: 'Por ejemplo: 12345678Z' })}
        </SimpleGrid>
      </Fieldset>
      <Fieldset legend="Cómo se le encuentra">
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          {text('phone', { type: 'tel', maxLength: 40, placeholder: 'Por ejemplo: 600 100 200' })}
          {text('email', { type: 'email', maxLength: 254 })}
          {text('street', { maxLength: 200 })}
          {text('postal_code', { inputMode: 'numeric', maxLength: 10 })}
          {text('city', { maxLength: 100 })}
          {text('province', { maxLength: 50 })}
        </SimpleGrid>
      </Fieldset>
      <Textarea label={labels.notes} autosize minRows={2} maxRows={10} maxLength={5000} {...form.getInputProps('notes')} />
    </>
  );
}
