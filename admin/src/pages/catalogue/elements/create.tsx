import { createElement } from '@msia/client';
import type { Category } from '@msia/client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';

import { refresh } from '@/lib/queries';
import { one } from '@/lib/search';
import { useFilters } from '@/lib/useFilters';
import { EntityForm, useEntityForm } from '@/parts/form';
import { Page } from '@/parts/page';
import { Empty, Loaded } from '@/parts/states';

import { categoriesOptions, elementReads, elementsOf } from './data';
import { ElementFields } from './form';
import { checkElement, newElement, writeElement } from './values';

export default function NewElement() {
  const [search] = useFilters();
  const categories = useQuery(categoriesOptions);
  return (
    <Page title="Nuevo elemento" above={[['Elementos', `/elementos?categoria=${one(search, 'categoria')}`]]}>
      <Loaded query={categories}>{(all) => {
        const category = all.find((c) => c.slug === one(search, 'categoria')) ?? all[0];
        return category ? <Form key={category.id} category={category} parent={one(search, 'padre')} /> : <Empty title="Todavía no hay categorías">Cree la primera en «Tarifas».</Empty>;
      }}</Loaded>
    </Page>
  );
}

function Form({ category, parent }: { category: Category; parent: string }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const others = useQuery(elementsOf(category.id)).data ?? [];
  const entity = useEntityForm({
    initial: newElement(parent), saved: 'Elemento creado. Ahora puede decir qué fotos y datos se piden.', validate: checkElement,
    save: async (values) => (await createElement({ body: { category_id: category.id, ...writeElement(values) }, throwOnError: true })).data,
    onSaved: (element) => {
      void refresh(queries, ...elementReads);
      void navigate({ to: `/elementos/${element.id}` });
    },
  });
  return <EntityForm entity={entity} deed={`Crear en ${category.name}`}><ElementFields entity={entity} category={category} others={others} /></EntityForm>;
}
