import '@mantine/core/styles/Fieldset.css';
import '@mantine/core/styles/NumberInput.css';
import '@mantine/core/styles/Switch.css';

import { Anchor, Fieldset, MultiSelect, NumberInput, Select, SimpleGrid, Stack, Switch, Text, Textarea, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { type Category, checkKeywords, type Element } from '@msia/client';
import { listServicesOptions } from '@msia/client/query';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Fragment } from 'react';

import type { EntityForm } from '@/parts/form';
import { MoneyInput } from '@/parts/moneyinput';
import { Tags } from '@/parts/tags';

import { codeOf } from './data';
import { familyOf } from './tree';
import { elementLabels, type ElementValues } from './values';

type Props = { entity: EntityForm<ElementValues>; category: Category; others: Element[]; /** Absent for a new one. */ element?: Element; readOnly?: boolean };

/** Everything that is said of an element itself. */
export function ElementFields({ entity: { form }, category, others, element, readOnly }: Props) {
  const v = form.getValues();
  const services = useQuery(listServicesOptions({ query: { category: category.id, include_global: true } })).data ?? [];
  const family = element ? familyOf(others, element.code) : new Set<string>();
  const [phrasesNow] = useDebouncedValue([...v.keywords, ...v.aliases].slice(0, 200), 300);
  const shared = useQuery({
    queryKey: [{ _id: 'checkKeywords', category: category.id, element: element?.id, phrases: phrasesNow }],
    queryFn: async ({ signal }) => (await checkKeywords({ body: { category: category.id, element_id: element?.id ?? null, keywords: phrasesNow }, signal, throwOnError: true })).data,
    enabled: phrasesNow.length > 0,
  }).data?.collisions;
  // A refused phrase is told by its place in the list.
  const phrases = (name: 'keywords' | 'aliases' | 'answers' | 'all_answers') => {
    const { error, ...props } = form.getInputProps(name);
    const inside = Object.entries(form.errors).find(([path]) => path.startsWith(`${name}.`));
    return { ...props, value: v[name], readOnly, error: error ?? (inside && `«${v[name][Number(inside[0].split('.')[1])]}»: ${inside[1]}`) };
  };
  const alsoIn = (phrase: string) => {
    const them = shared?.find((c) => c.keyword === phrase)?.elements ?? [];
    return them.length > 0 && <>también en {them.map((e, i) => <Fragment key={e.id}>{i > 0 && ', '}<Anchor component={Link} to={`/elementos/${e.id}`} size="xs">{e.name}</Anchor></Fragment>)}</>;
  };
  return (
    <Stack>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput
          label={elementLabels.name} required readOnly={readOnly} maxLength={200} {...form.getInputProps('name')}
          onChange={(e) => {
            const name = e.currentTarget.value;
            if (!element && (v.code === '' || v.code === codeOf(v.name))) form.setFieldValue('code', codeOf(name));
            form.setFieldValue('name', name);
          }}
        />
        <TextInput
          label={elementLabels.code} required readOnly={readOnly} maxLength={50} classNames={{ input: 'mono' }} autoCapitalize="characters" spellCheck={false} {...form.getInputProps('code')}
          onChange={(e) => form.setFieldValue('code', e.currentTarget.value.toUpperCase())}
        />
      </SimpleGrid>
      <Textarea label={elementLabels.description} readOnly={readOnly} autosize minRows={2} maxLength={2000} {...form.getInputProps('description')} />

      <Fieldset legend="Cómo se reconoce">
        <Stack>
          <Tags label={elementLabels.keywords} elsewhere={{ Alias: v.aliases }} note={alsoIn} {...phrases('keywords')} />
          <Tags label={elementLabels.aliases} elsewhere={{ 'Palabras clave': v.keywords }} note={alsoIn} {...phrases('aliases')} description="Otras formas de llamarlo; cuentan igual que las palabras clave." />
        </Stack>
      </Fieldset>

      <Fieldset legend="Variantes">
        <Stack>
          <SimpleGrid cols={{ base: 1, sm: 3 }}>
            <Select
              label={elementLabels.parent_code} placeholder="De ninguno" readOnly={readOnly} searchable clearable={!readOnly} clearButtonProps={{ 'aria-label': 'Quitar' }} nothingFoundMessage="Ninguno se llama así"
              data={others.filter((e) => !family.has(e.code)).map((e) => ({ value: e.code, label: `${e.name} (${e.code})` }))}
              {...form.getInputProps('parent_code')} value={v.parent_code || null} onChange={(code) => form.setFieldValue('parent_code', code ?? '')}
            />
            <TextInput label={elementLabels.variant_type} readOnly={readOnly} maxLength={50} disabled={!v.parent_code} {...form.getInputProps('variant_type')} />
            <TextInput label={elementLabels.variant_code} readOnly={readOnly} maxLength={50} disabled={!v.parent_code} {...form.getInputProps('variant_code')} />
          </SimpleGrid>
          {v.parent_code && (
            <>
              <Toggle label="Hereda las advertencias y las fotos de su padre" readOnly={readOnly} {...form.getInputProps('inherits_from_parent', { type: 'checkbox' })} />
              <Tags label={elementLabels.answers} {...phrases('answers')} description="Lo que contesta el cliente que se refiere a esta variante." />
            </>
          )}
          <Toggle label="Genérico: nunca se le pone precio; antes hay que preguntar por la variante" readOnly={readOnly} {...form.getInputProps('is_generic', { type: 'checkbox' })} />
          {v.is_generic && (
            <>
              <Textarea label={elementLabels.question} required readOnly={readOnly} autosize maxLength={500} description="Lo que se pregunta al cliente para saber qué variante es." {...form.getInputProps('question')} />
              <Tags label={elementLabels.all_answers} {...phrases('all_answers')} description="Lo que contesta el cliente que las quiere todas: «las dos», «ambas»." />
            </>
          )}
        </Stack>
      </Fieldset>

      <Fieldset legend="Precio">
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <NumberInput
            label={elementLabels.units_per_element} readOnly={readOnly} allowDecimal={false} allowNegative={false} min={1} max={1000}
            description={`Unidades que cuentan como un elemento. Vacío: lo que diga la categoría (${category.units_per_element ?? 'una línea cuenta siempre como uno'}).`}
            hideControls {...form.getInputProps('units_per_element')}
          />
          <MoneyInput label={elementLabels.surcharge} readOnly={readOnly} disabled={v.is_generic && v.surcharge === '0,00'} description="Se suma al precio del tramo una vez, sea cual sea la cantidad." {...form.getInputProps('surcharge')} />
        </SimpleGrid>
        <MultiSelect
          mt="md" label={elementLabels.suggested_services} readOnly={readOnly} searchable clearable={!readOnly} clearButtonProps={{ 'aria-label': 'Quitar todos' }} placeholder={v.suggested_services.length ? undefined : 'Ninguno'}
          data={services.filter((s) => s.is_active || v.suggested_services.includes(s.code)).map((s) => ({ value: s.code, label: s.name }))} {...form.getInputProps('suggested_services')}
        />
      </Fieldset>

      <Fieldset legend="Estado">
        <Stack gap="sm">
          <Toggle label="Activo" readOnly={readOnly} {...form.getInputProps('is_active', { type: 'checkbox' })} />
          {!v.is_active && <Textarea label={elementLabels.inactive_reason} required readOnly={readOnly} autosize maxLength={500} description="Se dice tal cual al cliente que pregunta por él." {...form.getInputProps('inactive_reason')} />}
          <Toggle label="Por revisar: un presupuesto con él es provisional y alguien lo repasa" readOnly={readOnly} {...form.getInputProps('needs_review', { type: 'checkbox' })} />
        </Stack>
      </Fieldset>
      {readOnly && <Text size="sm" c="dimmed">Su cuenta es de lectura.</Text>}
    </Stack>
  );
}

const Toggle = ({ readOnly, ...props }: { label: string; readOnly?: boolean }) => <Switch {...props} disabled={readOnly} />;
