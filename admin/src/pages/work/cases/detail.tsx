import { ActionIcon, Anchor, Button, Group, Text, Tooltip, VisuallyHidden } from '@mantine/core';
import type { Case } from '@msia/client';
import { getCaseOptions, getCustomerOptions } from '@msia/client/query';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { type KeyboardEvent, lazy, Suspense, useEffect, useRef, useState } from 'react';

import { caseStatusLooks } from '@/lib/casestatus';
import { one, type Search } from '@/lib/search';
import { useStaff } from '@/lib/staff';
import { Status } from '@/parts/fields';
import { IconChevronLeft, IconChevronRight, IconFileTypePdf, IconFileZip } from '@/parts/icons';
import { Page } from '@/parts/page';
import { PageTabs } from '@/parts/pagetabs';
import { Empty, Loaded, Waiting } from '@/parts/states';

import { type Place, usePlace } from './queue';
import { Transitions } from './transitions';
import { judged, useVerdicts } from './verdicts';


const tabs = {
  '': { text: 'Resumen', content: lazy(() => import('./summary')) },
  datos: { text: 'Datos', content: lazy(() => import('./data')) },
  imagenes: { text: 'Imágenes', content: lazy(() => import('./images')) },
  conversacion: { text: 'Conversación', content: lazy(() => import('./conversation')) },
  presupuesto: { text: 'Presupuesto', content: lazy(() => import('./quote')) },
  historial: { text: 'Historial', content: lazy(() => import('./history')) },
};

/** One case; its tabs are addresses. */
export default function CaseDetail() {
  const { id = '', tab = '' } = useParams({ strict: false }) as { id?: string; tab?: string };
  const query = useQuery({ ...getCaseOptions({ path: { case_id: id } }), placeholderData: undefined });
  if (!query.data) return <Page title="Expediente" above={[['Expedientes', '/expedientes']]}><Loaded query={query}>{() => null}</Loaded></Page>;
  return <Whole key={id} case={query.data} tab={tab} />;
}

function Whole({ case: c, tab }: { case: Case; tab: string }) {
  const search = useSearch({ strict: false }) as Search;
  const list = search.lista === undefined ? undefined : one(search, 'lista');
  const along: Search = list === undefined ? {} : { lista: list };
  const place = usePlace(c.id, list);
  const customer = useQuery(getCustomerOptions({ path: { customer_id: c.customer_id } })).data;
  const staff = useStaff();
  const verdicts = useVerdicts();
  const base = `/expedientes/${c.id}`;
  const to = (name: string) => (name ? `${base}/${name}` : base);
  const value = (key: string) => c.sections.find((s) => s.key === 'vehicle')?.fields.find((f) => f.field.key === key)?.value;
  const vehicle = [value('plate'), [value('make'), value('model')].filter(Boolean).join(' ')].filter(Boolean).join(' · ');
  const shown = tabs[tab as keyof typeof tabs];
  const unreviewed = c.files.filter((f) => judged(f, verdicts).review === 'pending').length;
  const missingData = c.missing.filter((m) => m.kind === 'field').length;
  return (
    <Page
      record title={`Expediente ${c.number}`} above={[['Expedientes', list ? `/expedientes?${list}` : '/expedientes']]}
      about={(
        <Group gap="xs">
          <Status value={c.status} looks={caseStatusLooks} />
          {customer && <Anchor component={Link} to={`/clientes/${c.customer_id}`} size="sm">{customer.display_name}</Anchor>}
          {vehicle && <Text span size="sm">{vehicle}</Text>}
          <Text span size="sm">{c.assignee_id ? `Lo lleva ${staff.name(c.assignee_id)}` : 'No lo lleva nadie'}</Text>
        </Group>
      )}
      actions={(
        <>
          {place && <Pager place={place} tab={tab} along={along} />}
          <Button component="a" variant="default" href={`/api/cases/${c.id}/archive`} leftSection={<IconFileZip size={16} />}>ZIP</Button>
          <Button component="a" variant="default" href={`/api/cases/${c.id}/dossier`} leftSection={<IconFileTypePdf size={16} />}>PDF</Button>
          <Transitions case={c} next={place?.after?.id} along={along} />
        </>
      )}
    >
      <Changes case={c} />
      <PageTabs
        label="Partes del expediente" search={along}
        tabs={Object.entries(tabs).map(([name, { text }]) => ({ text, to: to(name), count: name === 'imagenes' ? unreviewed : name === 'datos' ? missingData : undefined }))}
      />
      {shown ? <Suspense fallback={<Waiting />}><shown.content case={c} along={along} /></Suspense> : <Empty title="El expediente no tiene esa parte" />}
    </Page>
  );
}

/** What every tab gets. */
export type TabProps = { case: Case; /** Goes along in links within the case. */ along: Search };

/** "3 de 41": the way through the list one came from. J and K while it has the focus, which it gets on arrival. */
function Pager({ place, tab, along }: { place: Place; tab: string; along: Search }) {
  const navigate = useNavigate();
  const group = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (document.activeElement === document.body) group.current?.focus({ preventScroll: true });
  }, []);
  const go = (to: { id: string } | undefined) => to && void navigate({ to: `/expedientes/${to.id}${tab && `/${tab}`}`, search: along as never });
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === 'j') go(place.after);
    else if (e.key === 'k') go(place.before);
    else return;
    e.preventDefault();
  };
  return (
    <Group ref={group} gap={2} wrap="nowrap" role="group" aria-label={`${place.at || 'Ya no está'} de ${place.of} en la lista: J siguiente, K anterior`} tabIndex={-1} onKeyDown={onKeyDown}>
      <Tooltip label="Anterior (K)"><ActionIcon aria-label="Anterior de la lista" disabled={!place.before} onClick={() => go(place.before)}><IconChevronLeft size={20} /></ActionIcon></Tooltip>
      <Text size="sm" className="nums">{place.at || '–'} de {place.of}</Text>
      <Tooltip label="Siguiente (J)"><ActionIcon aria-label="Siguiente de la lista" disabled={!place.after} onClick={() => go(place.after)}><IconChevronRight size={20} /></ActionIcon></Tooltip>
    </Group>
  );
}

/** Says to screen readers what changed in the case that is open. */
function Changes({ case: c }: { case: Case }) {
  const [before, setBefore] = useState(c);
  const [said, setSaid] = useState('');
  if (before.version !== c.version || before.files.length !== c.files.length) {
    setBefore(c);
    setSaid(before.status !== c.status ? `Ahora está en «${caseStatusLooks[c.status].text}»`
      : before.files.length < c.files.length ? 'Hay una imagen nueva'
        : before.missing.length !== c.missing.length ? `Faltan ${c.missing.length} cosas` : 'El expediente ha cambiado');
  }
  return <VisuallyHidden role="status">{said}</VisuallyHidden>;
}
