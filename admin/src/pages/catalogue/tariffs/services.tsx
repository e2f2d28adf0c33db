import { Anchor, Button } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';

import { useMay } from '@/lib/account';
import { IconPlus } from '@/parts/icons';

import { useEditing } from '../rows';
import { ServiceRows } from '../services/rows';
import { CategoryTab } from './frame';

export default function CategoryServices() {
  const { cat } = useParams({ strict: false }) as { cat: string };
  const mayWrite = useMay('editor');
  const { edit } = useEditing();
  return (
    <CategoryTab
      title="Servicios" about={<>Extras de pago de esta categoría. Además valen los <Anchor component={Link} to="/servicios" inherit td="underline">servicios generales</Anchor>.</>}
      actions={mayWrite && <Button leftSection={<IconPlus size={16} />} onClick={() => edit('nuevo')}>Nuevo servicio</Button>}
    >
      {() => <ServiceRows category={cat} />}
    </CategoryTab>
  );
}
