import { Anchor, Button } from '@mantine/core';
import type { Category } from '@msia/client';
import { listWarningsOptions, listWarningsQueryKey } from '@msia/client/query';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';

import { useMay } from '@/lib/account';
import { IconPlus } from '@/parts/icons';
import { Empty, Loaded } from '@/parts/states';

import { useEditing } from '../rows';
import { useWarningDialogs, WarningRows } from '../warnings/rows';
import { CategoryTab } from './frame';

export default function CategoryWarnings() {
  const mayWrite = useMay('editor');
  const { edit } = useEditing();
  return (
    <CategoryTab
      title="Advertencias" about={<>De esta categoría, sus tramos y sus elementos. Las que valen para todas están en <Anchor component={Link} to="/advertencias" inherit td="underline">Advertencias</Anchor>.</>}
      actions={mayWrite && <Button leftSection={<IconPlus size={16} />} onClick={() => edit('nuevo')}>Nueva advertencia</Button>}
    >
      {(category) => <Rows category={category} />}
    </CategoryTab>
  );
}

function Rows({ category }: { category: Category }) {
  const { cat } = useParams({ strict: false }) as { cat: string };
  const list = { query: { category: cat, include_global: false } };
  const warnings = useQuery(listWarningsOptions(list));
  const { dialogs, onDelete } = useWarningDialogs(warnings.data ?? [], category.id);
  return (
    <>
      <Loaded query={warnings}>
        {(rows) => (rows.length === 0 ? <Empty title="La categoría no tiene advertencias propias" /> : (
          <WarningRows label="Advertencias" rows={rows} listKey={listWarningsQueryKey(list)} category={category.id} sortable onDelete={onDelete} />
        ))}
      </Loaded>
      {dialogs}
    </>
  );
}
