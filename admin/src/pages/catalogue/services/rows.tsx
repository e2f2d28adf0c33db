import { Checkbox, Group, Modal, Text, Textarea, TextInput } from '@mantine/core';
import type { ServiceResponse } from '@msia/client';
import { createService, deleteService, orderServices, updateService } from '@msia/client';
import { listServicesOptions, listServicesQueryKey } from '@msia/client/query';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { useMay } from '@/lib/account';
import { ifMatch } from '@/lib/client';
import { moneyInput, parseMoney } from '@/lib/format';
import { refresh } from '@/lib/queries';
import { useRowChanges } from '@/lib/useRowChanges';
import { Confirm } from '@/parts/confirm';
import { Money } from '@/parts/fields';
import { EntityForm, useEntityForm } from '@/parts/form';
import { MoneyInput } from '@/parts/moneyinput';
import { Empty, Loaded } from '@/parts/states';
import { toastDone } from '@/parts/toast';

import { CatalogueRows, useEditing } from '../rows';
import { errorsOf, orNull, required, wrongMoney } from '../values';

const reads = ['listServices', 'calculateQuote'];

/** The additional services of a category, by its slug; without one, those of all of them. */
export function ServiceRows({ category }: { category?: string }) {
  // Without a category the operation lists everybody's; the general ones are those of none.
  const list = category ? { query: { category, include_global: false } } : {};
  const services = useQuery({ ...listServicesOptions(list), select: (all: ServiceResponse[]) => (category ? all : all.filter((s) => s.category_id === null)) });
  const mayWrite = useMay('editor');
  const queries = useQueryClient();
  const { editing, edit, close } = useEditing();
  const [deleting, setDeleting] = useState<ServiceResponse | null>(null);
  const changes = useRowChanges<ServiceResponse>({
    key: listServicesQueryKey(list), operations: reads, name: (s) => s.name,
    activate: (s, is_active) => updateService({ path: { service_id: s.id }, body: { is_active }, headers: ifMatch(s.version), throwOnError: true }),
    order: (ids) => orderServices({ query: { category }, body: { ids }, throwOnError: true }),
  });
  const remove = useMutation({
    mutationFn: (s: ServiceResponse) => deleteService({ path: { service_id: s.id }, headers: ifMatch(s.version), throwOnError: true }),
    onSuccess: () => toastDone('Servicio eliminado.'),
    onSettled: () => { setDeleting(null); return refresh(queries, ...reads); },
  });
  const edited = services.data?.find((s) => s.id === editing);
  return (
    <>
      <Loaded query={services}>
        {(rows) => (rows.length === 0
          ? <Empty title={category ? 'La categoría no tiene servicios propios' : 'No hay servicios generales'}>{category ? 'También valen los servicios generales.' : 'Los que cree aquí se ofrecen en todas las categorías.'}</Empty>
          : (
            <CatalogueRows label="Servicios" rows={rows} name={(s) => s.name} onMove={changes.move} onActive={changes.activate} onEdit={(s) => edit(s.id)} onDelete={setDeleting}>
              {(s) => (
                <Group justify="space-between" gap="sm">
                  <div>
                    <Text fw={600} size="sm">{s.name}</Text>
                    <Text size="xs" c="dimmed">{s.code}{s.description && ` · ${s.description}`}</Text>
                  </div>
                  <Text fw={600} size="sm"><Money amount={s.price} /></Text>
                </Group>
              )}
            </CatalogueRows>
          ))}
      </Loaded>
      <Modal opened={mayWrite && (editing === 'nuevo' || edited !== undefined)} onClose={close} size="lg" title={edited ? edited.name : 'Nuevo servicio'} closeButtonProps={{ 'aria-label': 'Cerrar' }}>
        <ServiceForm category={category} service={edited} next={Math.max(0, ...(services.data ?? []).map((s) => s.sort_order)) + 10} onSaved={close} />
      </Modal>
      {deleting && (
        <Confirm opened onClose={() => setDeleting(null)} title={`¿Eliminar «${deleting.name}»?`} deed="Eliminar el servicio" loading={remove.isPending} onConfirm={() => remove.mutate(deleting)}>
          Deja de ofrecerse. Los presupuestos ya ofrecidos no cambian. Si algún elemento lo sugiere no se puede borrar: quítelo de él primero, o desactive el servicio.
        </Confirm>
      )}
    </>
  );
}

const read = (s: ServiceResponse) => ({ code: s.code, name: s.name, description: s.description ?? '', price: moneyInput(s.price), is_active: s.is_active });

function ServiceForm({ category, service, next, onSaved }: { category?: string; service?: ServiceResponse; next: number; onSaved: () => void }) {
  const queries = useQueryClient();
  const entity = useEntityForm({
    initial: service ? read(service) : { code: '', name: '', description: '', price: '', is_active: true },
    version: service?.version,
    save: async (values, version) => {
      const body = { ...values, code: values.code.trim(), name: values.name.trim(), description: orNull(values.description), price: parseMoney(values.price)! };
      const { data } = service
        ? await updateService({ path: { service_id: service.id }, body, headers: version ? ifMatch(version) : undefined, throwOnError: true })
        : await createService({ body: { ...body, category_id: category ?? null, sort_order: next }, throwOnError: true });
      await refresh(queries, ...reads);
      return data;
    },
    onSaved,
    saved: 'Servicio guardado.',
    validate: (values) => errorsOf({ code: required(values.code), name: required(values.name), price: wrongMoney(values.price) }),
  });
  const { form } = entity;
  return (
    <EntityForm
      entity={entity} read={read} reload={() => refresh(queries, 'listServices')}
      labels={{ code: 'Código', name: 'Nombre', description: 'Descripción', price: 'Precio', is_active: 'Activo' }}
    >
      <TextInput label="Nombre" required maxLength={150} data-autofocus {...form.getInputProps('name')} />
      <Group grow align="flex-start">
        <TextInput label="Código" required maxLength={50} {...form.getInputProps('code')} />
        <MoneyInput label="Precio sin IVA" required {...form.getInputProps('price')} />
      </Group>
      <Textarea label="Descripción" autosize minRows={2} maxLength={2000} {...form.getInputProps('description')} />
      <Checkbox label="Activo" {...form.getInputProps('is_active', { type: 'checkbox' })} />
    </EntityForm>
  );
}
