import { Alert, Anchor } from '@mantine/core';
import { getDashboardOptions } from '@msia/client/query';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { useMay } from '@/lib/account';
import { IconPlayerPause } from '@/parts/icons';

/** On every page while the assistant is switched off. */
export function PanicBanner() {
  const admin = useMay('admin');
  const off = useQuery({ ...getDashboardOptions(), refetchInterval: 60_000 }).data?.assistant_enabled === false;
  if (!off) return null;
  return (
    <Alert color="red" variant="filled" icon={<IconPlayerPause />} mb="md" role="status" title="El asistente está parado">
      Nadie contesta a los clientes por sí solo. {admin && <Anchor component={Link} to="/ajustes/sistema" c="white" td="underline">Volver a ponerlo en marcha</Anchor>}
    </Alert>
  );
}
