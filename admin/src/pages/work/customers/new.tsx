import type { Customer } from '@msia/client';
import { createCustomer } from '@msia/client';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';

import { refresh } from '@/lib/queries';
import { EntityForm, type EntityForm as EntityFormOf, useEntityForm } from '@/parts/form';
import { Page } from '@/parts/page';

import { changesOf, CustomerFields, labels, type Values, valuesOf } from './form';

/** A customer who calls rather than writes. */
export default function NewCustomer() {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const entity: EntityFormOf<Values> = useEntityForm<Values, Customer>({
    initial: valuesOf(), saved: 'Cliente dado de alta',
    save: async (values) => (await createCustomer({ body: changesOf(values, entity.form.isDirty), throwOnError: true })).data,
    onSaved: (customer) => {
      void refresh(queries, 'listCustomers');
      void navigate({ to: `/clientes/${customer.id}` as '/' });
    },
  });
  return (
    <Page title="Nuevo cliente" above={[['Clientes', '/clientes']]} about="Cuando escriba por primera vez desde este teléfono, será este cliente.">
      <div style={{ maxWidth: 860 }}>
        <EntityForm entity={entity} deed="Dar de alta" labels={labels}><CustomerFields form={entity.form} /></EntityForm>
      </div>
    </Page>
  );
}
