import { Button } from '@mantine/core';

import { useMay } from '@/lib/account';
import { IconPlus } from '@/parts/icons';
import { Page } from '@/parts/page';

import { useEditing } from '../rows';
import { ServiceRows } from './rows';

export default function Services() {
  const mayWrite = useMay('editor');
  const { edit } = useEditing();
  return (
    <Page
      title="Servicios generales" about="Se pueden añadir a un presupuesto de cualquier categoría. Los de una sola categoría están en su tarifa."
      actions={mayWrite && <Button leftSection={<IconPlus size={16} />} onClick={() => edit('nuevo')}>Nuevo servicio</Button>}
    >
      <ServiceRows />
    </Page>
  );
}
