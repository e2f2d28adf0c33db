import { ActionIcon, Anchor, Badge, Button, Group, Menu, Modal, Stack, Text, Title } from '@mantine/core';
import type { Category } from '@msia/client';
import { deleteCategory, orderCategories, updateCategory } from '@msia/client';
import { listCategoriesOptions, listCategoriesQueryKey } from '@msia/client/query';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';

import { useMay } from '@/lib/account';
import { ifMatch } from '@/lib/client';
import { refresh } from '@/lib/queries';
import { useRowChanges } from '@/lib/useRowChanges';
import { Confirm } from '@/parts/confirm';
import { IconCalculator, IconCopy, IconDots, IconDownload, IconPlus, IconTrash, IconUpload } from '@/parts/icons';
import { Page } from '@/parts/page';
import { Empty, Loaded } from '@/parts/states';
import { toastDone } from '@/parts/toast';

import { CatalogueRows, useEditing } from '../rows';
import { CategoryForm } from './categoryform';
import { ExportItems } from './exports';
import { clientTypes, vehicleKindName } from './words';

const list = { query: { include_inactive: true } };

export default function Tariffs() {
  const categories = useQuery(listCategoriesOptions(list));
  const mayWrite = useMay('editor');
  const { editing, edit, close } = useEditing();
  const navigate = useNavigate();
  const [deleting, setDeleting] = useState<Category | null>(null);
  const changes = useRowChanges<Category>({
    key: listCategoriesQueryKey(list), operations: ['listCategories', 'getCategory'], name: (c) => c.name,
    activate: (c, is_active) => updateCategory({ path: { category_id: c.id }, body: { is_active }, headers: ifMatch(c.version), throwOnError: true }),
    order: (ids) => orderCategories({ body: { ids: whole(categories.data ?? [], ids) }, throwOnError: true }),
  });
  const copyOf = categories.data?.find((c) => c.id === editing);
  return (
    <Page
      title="Tarifas" about="Una categoría es un tipo de vehículo para un tipo de cliente, con sus precios."
      actions={(
        <>
          <Button component={Link} to="/tarifas/simulador" variant="default" leftSection={<IconCalculator size={16} />}>Simulador</Button>
          {mayWrite && <Button component={Link} to="/tarifas/importar" variant="default" leftSection={<IconUpload size={16} />}>Importar</Button>}
          {mayWrite && <Button leftSection={<IconPlus size={16} />} onClick={() => edit('nuevo')}>Nueva categoría</Button>}
        </>
      )}
    >
      <Loaded query={categories}>
        {(all) => (all.length === 0
          ? <Empty title="Todavía no hay categorías">Cree una, o importe un fichero con una tarifa entera.</Empty>
          : clientTypes.map(({ value, label }) => {
            const rows = all.filter((c) => c.client_type === value);
            return (
              <Stack key={value} gap="xs" component="section" aria-label={label}>
                <Title order={2}>{label}</Title>
                {rows.length === 0 && <Text size="sm" c="dimmed">Ninguna categoría. A quien pregunte por una así se le pasa con una persona.</Text>}
                <CatalogueRows
                  label={`Categorías: ${label}`} rows={rows} name={(c) => c.name} onMove={changes.move} onActive={changes.activate}
                  more={(c) => <CategoryMenu category={c} onCopy={() => edit(c.id)} onDelete={() => setDeleting(c)} />}
                >
                  {(c) => (
                    <Group gap="xs">
                      <Anchor component={Link} to={`/tarifas/${c.slug}/tramos`} fw={600}>{c.name}</Anchor>
                      <Badge color="gray">{c.slug}</Badge>
                      <Text size="sm" c="dimmed">{vehicleKindName(c.vehicle_kind)}</Text>
                      <Group gap="sm" ml={{ sm: 'auto' }} mr={{ sm: 'md' }}>
                        <Anchor component={Link} to={`/tarifas/${c.slug}/inclusiones`} size="sm" aria-label={`Inclusiones de ${c.name}`}>Inclusiones</Anchor>
                        <Anchor component={Link} to="/tarifas/simulador" search={{ categoria: c.slug } as never} size="sm" aria-label={`Simular ${c.name}`}>Simular</Anchor>
                      </Group>
                    </Group>
                  )}
                </CatalogueRows>
              </Stack>
            );
          }))}
      </Loaded>
      <Modal opened={mayWrite && editing !== '' && (editing === 'nuevo' || copyOf !== undefined)} onClose={close} size="lg" title={copyOf ? `Duplicar «${copyOf.name}»` : 'Nueva categoría'} closeButtonProps={{ 'aria-label': 'Cerrar' }}>
        {copyOf && <Text size="sm" mb="sm">Se copia todo: tramos, elementos, servicios, documentación y advertencias. La copia nace inactiva.</Text>}
        <CategoryForm copyOf={copyOf} onSaved={(c) => void navigate({ to: `/tarifas/${c.slug}/tramos` })} />
      </Modal>
      {deleting && <DeleteCategory category={deleting} onClose={() => setDeleting(null)} />}
    </Page>
  );
}

/** The order of every category, when those of one group are put in another order. */
const whole = (all: Category[], ids: string[]): string[] => {
  const rest = [...ids];
  return all.map((c) => (ids.includes(c.id) ? rest.shift()! : c.id));
};

function CategoryMenu({ category, onCopy, onDelete }: { category: Category; onCopy: () => void; onDelete: () => void }) {
  return (
    <Menu position="bottom-end">
      <Menu.Target><ActionIcon aria-label={`Más de ${category.name}`}><IconDots size={18} /></ActionIcon></Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconCopy size={16} />} onClick={onCopy}>Duplicar</Menu.Item>
        <Menu.Label><Group gap={6}><IconDownload size={14} />Exportar</Group></Menu.Label>
        <ExportItems slug={category.slug} />
        <Menu.Divider />
        <Menu.Item leftSection={<IconTrash size={16} />} color="red" onClick={onDelete}>Eliminar</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function DeleteCategory({ category, onClose }: { category: Category; onClose: () => void }) {
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => deleteCategory({ path: { category_id: category.id }, headers: ifMatch(category.version), throwOnError: true }),
    onSuccess: async () => {
      toastDone(`«${category.name}» se ha eliminado.`);
      onClose();
      await refresh(queries, 'listCategories');
    },
    onSettled: onClose,
  });
  return (
    <Confirm opened onClose={onClose} title={`¿Eliminar «${category.name}»?`} deed="Eliminar la categoría" typed={category.slug} loading={remove.isPending} onConfirm={() => remove.mutate()}>
      Se borran también sus tramos, elementos con fotos y datos, servicios, documentación y advertencias, y no se puede deshacer. Si ya se
      ofrecieron presupuestos con ella no se puede borrar: se desactiva. Antes, puede <Anchor href={`/api/tariffs/categories/${category.slug}/export`} download>guardar una copia</Anchor>.
    </Confirm>
  );
}
