import { Anchor, Button, Group } from '@mantine/core';
import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router';

import { Page } from '@/parts/page';
import { Empty, Failed } from '@/parts/states';

/** A page that could not be shown: the rest of the UI stays usable. */
export function Broken({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  // Asked for in vain after a new version was installed: what the old page refers to is gone.
  if (/dynamically imported module|Importing a module script/i.test(String(error))) {
    return (
      <Page title="Hay una versión nueva">
        <Group><Button onClick={() => window.location.reload()}>Volver a cargar</Button></Group>
      </Page>
    );
  }
  return (
    <Page title="Esta página ha fallado">
      <Failed error={error} retry={() => { reset(); void router.invalidate(); }} />
    </Page>
  );
}

export function NotFound() {
  return (
    <Page title="No existe">
      <Empty title="Aquí no hay nada" action={<Anchor component={Link} to="/">Ir al panel</Anchor>}>
        La dirección está mal escrita, o lo que había se ha borrado.
      </Empty>
    </Page>
  );
}
