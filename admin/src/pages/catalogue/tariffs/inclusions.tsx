import { Alert, Badge, Checkbox, Group, Modal, Stack, Text, Title } from '@mantine/core';
import type { Element, TierResponse } from '@msia/client';
import { updateTierInclusions } from '@msia/client';
import { getTierCoverageOptions, listElementsOptions, listTiersOptions } from '@msia/client/query';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';

import { useMay } from '@/lib/account';
import { ifMatch } from '@/lib/client';
import { formatMoney } from '@/lib/format';
import { refresh } from '@/lib/queries';
import { one } from '@/lib/search';
import { useFilters } from '@/lib/useFilters';
import { FilterBar, TextFilter } from '@/parts/filters';
import { IconAlertTriangle } from '@/parts/icons';
import { Empty, Loaded } from '@/parts/states';
import { toastUndo } from '@/parts/toast';

import { byTree, type ElementRow, isCovered, through } from './cover';
import { CategoryTab } from './frame';
import { type Place, LimitDialog } from './limit';
import css from './matrix.module.css';
import { tierReads } from './tierform';
import { tiersOf } from './tiers';

/** Who covers what: tiers against tiers, and elements against tiers. */
export default function Inclusions() {
  const { cat } = useParams({ strict: false }) as { cat: string };
  const tiers = useQuery(listTiersOptions(tiersOf(cat)));
  const elements = useQuery(listElementsOptions({ query: { category: cat, include_inactive: true } }));
  return (
    <CategoryTab
      title="Inclusiones"
      about="Cada tramo cubre elementos de su propia lista y, si se dice, de la lista propia de otros tramos; con un máximo o sin él. Incluir un tramo no arrastra lo que ese tramo incluye a su vez."
    >
      {(category) => (
        <Loaded query={tiers}>
          {(all) => (all.length === 0 ? <Empty title="Todavía no hay tramos">Las inclusiones se ponen cuando haya alguno.</Empty> : (
            <Stack gap="lg">
              <TierMatrix tiers={all} />
              <Loaded query={elements}>{(list) => <ElementMatrix tiers={all} elements={list} perElement={category.units_per_element} />}</Loaded>
            </Stack>
          ))}
        </Loaded>
      )}
    </CategoryTab>
  );
}

function TierMatrix({ tiers }: { tiers: TierResponse[] }) {
  const mayWrite = useMay('editor');
  const [place, setPlace] = useState<Place | null>(null);
  return (
    <Stack gap="xs" component="section" aria-labelledby="tier-matrix">
      <Title order={3} id="tier-matrix">Cuántos elementos de cada lista</Title>
      <Text size="sm" c="dimmed">Se lee por filas: cuántos elementos de la lista de cada columna caben en el tramo. En la diagonal, de su propia lista.</Text>
      <div className={css.frame} tabIndex={0} role="group" aria-label="Tramos entre sí">
        <table className={css.table}>
          <thead>
            <tr><th scope="col">Tramo</th>{tiers.map((of) => <th key={of.id} scope="col">Lista de {of.code}</th>)}</tr>
          </thead>
          <tbody>
            {tiers.map((tier) => (
              <tr key={tier.id}>
                <th scope="row"><strong>{tier.code}</strong> {tier.name} <Text span size="xs" c="dimmed" className="nums">{formatMoney(tier.price)}</Text></th>
                {tiers.map((of) => {
                  const own = of.code === tier.code;
                  const included = tier.includes.find((i) => i.tier === of.code);
                  const text = own ? (tier.own_max === 0 ? '0' : amount(tier.own_max)) : included ? amount(included.max) : '—';
                  return (
                    <td key={of.id} className={own ? css.diagonal : undefined}>
                      {mayWrite
                        ? <button type="button" className={css.limit} aria-label={`${tier.code}, lista de ${own ? 'sí mismo' : of.code}: ${spoken(text)}. Cambiar`} onClick={() => setPlace({ tier: tier.id, of: of.code })}>{text}</button>
                        : <span className={css.limit}>{text}</span>}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Modal opened={place !== null} onClose={() => setPlace(null)} title="Cuánto cubre" closeButtonProps={{ 'aria-label': 'Cerrar' }}>
        {place && <LimitDialog place={place} tiers={tiers} onClose={() => setPlace(null)} />}
      </Modal>
    </Stack>
  );
}

const amount = (max: number | null): string => (max === null ? 'todos' : `≤ ${max}`);
const spoken = (text: string): string => (text === '—' ? 'ninguno' : text.replace('≤', 'hasta'));

function ElementMatrix({ tiers, elements, perElement }: { tiers: TierResponse[]; elements: Element[]; perElement: number | null }) {
  const [search, change] = useFilters();
  const mayWrite = useMay('editor');
  const [why, setWhy] = useState<{ tier: TierResponse; element: Element } | null>(null);
  const toggle = useToggle();
  const q = one(search, 'q').toLocaleLowerCase('es');
  const bareOnly = one(search, 'sin') === '1';
  const bare = elements.filter((e) => e.is_active && !e.is_generic && !isCovered(e.code, tiers));
  const rows = byTree(elements).filter(({ element: e }) =>
    (q === '' || `${e.code} ${e.name}`.toLocaleLowerCase('es').includes(q)) && (!bareOnly || bare.includes(e)));
  return (
    <Stack gap="xs" component="section" aria-labelledby="element-matrix">
      <Title order={3} id="element-matrix">Qué elementos tiene cada lista</Title>
      {bare.length > 0 && (
        <Alert color="yellow" icon={<IconAlertTriangle />} role="status">
          {bare.length === 1 ? 'Un elemento activo no está cubierto' : `${bare.length} elementos activos no están cubiertos`} por ningún tramo activo: de eso no se da precio.
        </Alert>
      )}
      <FilterBar names={['q', 'sin']}>
        <TextFilter label="Buscar elemento" placeholder="Nombre o código" />
        <Checkbox label="Solo los que nadie cubre" checked={bareOnly} onChange={(e) => change({ sin: e.currentTarget.checked ? '1' : undefined })} mb={8} />
      </FilterBar>
      {rows.length === 0 ? <Empty title="Ningún elemento coincide" /> : (
        <div className={css.frame} tabIndex={0} role="group" aria-label="Elementos y tramos">
          <table className={css.table}>
            <thead>
              <tr>
                <th scope="col">Elemento</th>
                {tiers.map((t) => <th key={t.id} scope="col">{t.code}{!t.is_active && <Text size="xs" c="dimmed">inactivo</Text>}</th>)}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <ElementLine key={row.element.id} row={row} tiers={tiers} perElement={perElement} bare={bare.includes(row.element)} mayWrite={mayWrite} onWhy={(tier) => setWhy({ tier, element: row.element })} onToggle={toggle} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Text size="xs" c="dimmed">{mayWrite ? 'Marcado: está en la lista del tramo.' : '●: está en la lista del tramo.'} «por T4 ≤ 2»: lo cubre porque incluye la lista de T4, hasta dos elementos de ella.</Text>
      <Modal opened={why !== null} onClose={() => setWhy(null)} title="Por qué incluido" closeButtonProps={{ 'aria-label': 'Cerrar' }}>
        {why && <Why {...why} />}
      </Modal>
    </Stack>
  );
}

type LineProps = {
  row: ElementRow; tiers: TierResponse[]; perElement: number | null; bare: boolean; mayWrite: boolean;
  onWhy: (tier: TierResponse) => void; onToggle: (tier: TierResponse, element: Element, on: boolean) => void;
};

function ElementLine({ row: { element, depth }, tiers, perElement, bare, mayWrite, onWhy, onToggle }: LineProps) {
  const units = element.units_per_element ?? perElement;
  return (
    <tr className={element.is_generic ? css.group : depth > 0 ? css.variant : undefined}>
      <th scope="row">
        <span className={bare ? css.bare : undefined}>{element.name}</span>{' '}
        <Text span size="xs" c="dimmed">
          {element.code}{units !== null && units > 1 && ` · cada ${units} cuentan uno`}{Number(element.surcharge) > 0 && ` · +${formatMoney(element.surcharge)}`}
          {!element.is_active && ' · inactivo'}{bare && ' · sin cubrir'}
        </Text>
      </th>
      {element.is_generic
        ? <td colSpan={tiers.length}><Text size="xs" c="dimmed">Genérico: se pregunta cuál, y cuentan sus variantes</Text></td>
        : tiers.map((tier) => {
          const own = tier.elements.includes(element.code);
          const others = through(tier, element.code, tiers).filter((t) => t.tier !== tier.code);
          return (
            <td key={tier.id} className={own ? css.own : undefined}>
              <span className={css.cell}>
                {mayWrite
                  ? <input type="checkbox" aria-label={`${element.name} en la lista de ${tier.code}`} checked={own} disabled={!own && !element.is_active} onChange={(e) => onToggle(tier, element, e.currentTarget.checked)} />
                  : own && <span role="img" aria-label="En su lista">●</span>}
                {others.map((t) => (
                  <button key={t.tier} type="button" className={css.through} aria-label={`por ${t.tier}${t.max === null ? '' : ` ≤ ${t.max}`}: por qué ${tier.code} incluye ${element.name}`} onClick={() => onWhy(tier)}>
                    por {t.tier}{t.max !== null && ` ≤ ${t.max}`}
                  </button>
                ))}
              </span>
            </td>
          );
        })}
    </tr>
  );
}

/** Puts elements on a tier's own list or takes them off, as the tier stands on screen. */
function useToggle() {
  const queries = useQueryClient();
  const { cat } = useParams({ strict: false }) as { cat: string };
  const put = useMutation({
    mutationFn: ({ tier, element, on }: { tier: TierResponse; element: Element; on: boolean }) =>
      updateTierInclusions({
        path: { tier_id: tier.id }, headers: ifMatch(tier.version), throwOnError: true,
        body: { elements: on ? [...tier.elements, element.code] : tier.elements.filter((code) => code !== element.code), includes: tier.includes },
      }),
    onSettled: () => refresh(queries, ...tierReads),
  });
  const toggle = (tier: TierResponse, element: Element, on: boolean) => put.mutate({ tier, element, on }, {
    onSuccess: () => toastUndo(`${element.name}: ${on ? 'añadido a' : 'quitado de'} la lista de ${tier.code}.`, () => {
      const now = queries.getQueryData(listTiersOptions(tiersOf(cat)).queryKey)?.find((t) => t.id === tier.id);
      if (now) put.mutate({ tier: now, element, on: !on });
    }, 'inclusion'),
  });
  return (tier: TierResponse, element: Element, on: boolean) => {
    if (!put.isPending) toggle(tier, element, on);
  };
}

function Why({ tier, element }: { tier: TierResponse; element: Element }) {
  const coverage = useQuery(getTierCoverageOptions({ path: { tier_id: tier.id } }));
  return (
    <Loaded query={coverage} rows={2}>
      {({ elements }) => {
        const lists = elements.find((e) => e.code === element.code)?.through ?? [];
        return (
          <Stack gap="xs">
            <Text size="sm">{tier.code} «{tier.name}» cubre «{element.name}» porque:</Text>
            {lists.map((list) => (
              <Group key={list.tier} gap="xs" wrap="nowrap" align="flex-start">
                <Badge color={list.tier === tier.code ? 'marine' : 'gray'}>{list.tier}</Badge>
                <Text size="sm">
                  {list.tier === tier.code ? 'está en su propia lista' : `está en la lista de ${list.tier}, que ${tier.code} incluye`},{' '}
                  {list.max === null ? 'sin límite de elementos.' : `de la que caben ${list.max} ${list.max === 1 ? 'elemento' : 'elementos'} en total.`}
                </Text>
              </Group>
            ))}
            {lists.length > 1 && <Text size="sm" c="dimmed">Basta una de las listas: se usa la que deje sitio a los demás elementos.</Text>}
          </Stack>
        );
      }}
    </Loaded>
  );
}
