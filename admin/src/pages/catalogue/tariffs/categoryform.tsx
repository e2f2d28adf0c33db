import '@mantine/core/styles/NumberInput.css';

import { NumberInput, Select, SimpleGrid, Textarea, TextInput } from '@mantine/core';
import type { Category, ClientType } from '@msia/client';
import { createCategory, duplicateCategory, updateCategory } from '@msia/client';
import { useQueryClient } from '@tanstack/react-query';

import { useMay } from '@/lib/account';
import { ifMatch } from '@/lib/client';
import { refresh } from '@/lib/queries';
import { EntityForm, useEntityForm } from '@/parts/form';

import { countOrNull, errorsOf, orNull, required } from '../values';
import { clientTypes, vehicleKinds } from './words';

type Values = { name: string; slug: string; client_type: ClientType; vehicle_kind: string; description: string; units_per_element: string | number };

const read = (category: Category): Values => ({
  name: category.name, slug: category.slug, client_type: category.client_type, vehicle_kind: category.vehicle_kind,
  description: category.description ?? '', units_per_element: category.units_per_element ?? '',
});

const blank: Values = { name: '', slug: '', client_type: 'particular', vehicle_kind: '', description: '', units_per_element: '' };

const labels = {
  name: 'Nombre', slug: 'Código', client_type: 'Tipo de cliente', vehicle_kind: 'Tipo de vehículo', description: 'Descripción',
  units_per_element: 'Unidades por elemento',
};

type Props = {
  /** What is edited; absent for a new one. */
  category?: Category;
  /** What a new one is a copy of. */
  copyOf?: Category;
  onSaved: (category: Category) => void;
};

/** The category's own data; also for a new one, empty or as a copy. */
export function CategoryForm({ category, copyOf, onSaved }: Props) {
  const queries = useQueryClient();
  const mayWrite = useMay('editor');
  const entity = useEntityForm({
    initial: category ? read(category) : copyOf ? { ...read(copyOf), name: `${copyOf.name} (copia)`, slug: `${copyOf.slug}-copia` } : blank,
    version: category?.version,
    save: async (values, version) => {
      const own = { name: values.name.trim(), slug: values.slug.trim(), client_type: values.client_type, vehicle_kind: values.vehicle_kind.trim() };
      const body = { ...own, description: orNull(values.description), units_per_element: countOrNull(values.units_per_element) };
      const saved = category ? await updateCategory({ path: { category_id: category.id }, body, headers: version ? ifMatch(version) : undefined, throwOnError: true })
        : copyOf ? await duplicateCategory({ path: { category_id: copyOf.id }, body: own, throwOnError: true })
          : await createCategory({ body: { ...body, is_active: false }, throwOnError: true });
      await refresh(queries, 'listCategories', 'getCategory');
      return saved.data;
    },
    onSaved,
    saved: category ? 'Categoría guardada.' : 'Categoría creada, todavía inactiva.',
    validate: (values) => errorsOf({
      name: required(values.name),
      slug: /^[a-z0-9]+(-[a-z0-9]+)*$/.test(values.slug.trim()) ? null : 'Minúsculas sin acento, cifras y guiones, como «motos-part».',
      vehicle_kind: required(values.vehicle_kind),
    }),
  });
  const { form } = entity;
  return (
    <EntityForm
      entity={entity} deed={category ? 'Guardar' : copyOf ? 'Duplicar' : 'Crear'} labels={labels} read={read} editable={mayWrite}
      reload={() => refresh(queries, 'getCategory')}
    >
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <TextInput label="Nombre" required maxLength={100} data-autofocus {...form.getInputProps('name')} />
        <TextInput label="Código" description="Sale en las direcciones y en los ficheros" required maxLength={50} inputWrapperOrder={['label', 'input', 'description', 'error']} {...form.getInputProps('slug')} />
        <Select label="Tipo de cliente" data={clientTypes} allowDeselect={false} {...form.getInputProps('client_type')} />
        <TextInput label="Tipo de vehículo" description="Una palabra: motorcycle, motorhome, car…" inputWrapperOrder={['label', 'input', 'description', 'error']} required maxLength={50} list="vehicle-kinds" {...form.getInputProps('vehicle_kind')} />
      </SimpleGrid>
      <datalist id="vehicle-kinds">{Object.entries(vehicleKinds).map(([kind, text]) => <option key={kind} value={kind}>{text}</option>)}</datalist>
      {!copyOf && (
        <>
          <Textarea label="Descripción" autosize minRows={2} maxLength={2000} {...form.getInputProps('description')} />
          <NumberInput
            label="Unidades que cuentan como un elemento" description="Vacío: una línea cuenta siempre como un elemento, sea cual sea la cantidad."
            min={1} max={99} allowDecimal={false} allowNegative={false} maw={360} {...form.getInputProps('units_per_element')}
          />
        </>
      )}
    </EntityForm>
  );
}
