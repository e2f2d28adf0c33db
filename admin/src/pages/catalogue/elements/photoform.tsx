import { Button, Select, SimpleGrid, Stack, Switch, Textarea, TextInput } from '@mantine/core';
import { createElementPhoto, type ElementField, type ElementPhoto, type PhotoKind, updateElementPhoto } from '@msia/client';
import { useQueryClient } from '@tanstack/react-query';

import { useMay } from '@/lib/account';
import { ifMatch } from '@/lib/client';
import { refresh } from '@/lib/queries';
import { EntityForm, useEntityForm } from '@/parts/form';
import { ImageField } from '@/parts/imagefield';

import { ConditionInput } from './condition';
import { elementReads, keyOf } from './data';
import { checkPhoto, newPhoto, photoKinds, photoLabels, readPhoto, writePhoto } from './photovalues';

type Props = { element: string; category: string; photo?: ElementPhoto; fields: ElementField[]; onClose: () => void };

export function PhotoForm({ element, category, photo, fields, onClose }: Props) {
  const queries = useQueryClient();
  const readOnly = !useMay('editor');
  const entity = useEntityForm({
    initial: photo ? readPhoto(photo) : newPhoto, version: photo?.version, saved: 'Foto guardada.', validate: checkPhoto,
    save: async (values, version) =>
      (photo
        ? await updateElementPhoto({ path: { photo_id: photo.id }, headers: version ? ifMatch(version) : {}, body: writePhoto(values), throwOnError: true })
        : await createElementPhoto({ path: { element_id: element }, body: writePhoto(values), throwOnError: true })).data,
    onSaved: () => { void refresh(queries, ...elementReads); onClose(); },
  });
  const { form } = entity;
  const v = form.getValues();
  return (
    <EntityForm entity={entity} labels={photoLabels} read={readPhoto} reload={() => refresh(queries, 'listElementPhotos')} more={<Button variant="default" onClick={onClose}>Cerrar</Button>}>
      <Stack>
        <TextInput
          label={photoLabels.title} required readOnly={readOnly} maxLength={200} {...form.getInputProps('title')} autoFocus
          onChange={(e) => {
            const title = e.currentTarget.value;
            if (!photo && (v.code === '' || v.code === keyOf(v.title, 60))) form.setFieldValue('code', keyOf(title, 60));
            form.setFieldValue('title', title);
          }}
        />
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <TextInput label={photoLabels.code} required readOnly={readOnly} maxLength={60} classNames={{ input: 'mono' }} spellCheck={false} autoCapitalize="none" {...form.getInputProps('code')} />
          <Select label={photoLabels.kind} allowDeselect={false} readOnly={readOnly} data={(Object.keys(photoKinds) as PhotoKind[]).map((k) => ({ value: k, label: photoKinds[k] }))} {...form.getInputProps('kind')} />
        </SimpleGrid>
        <Textarea label={photoLabels.instruction} description="Qué se tiene que ver en ella; se dice tal cual al cliente." autosize minRows={2} readOnly={readOnly} maxLength={500} {...form.getInputProps('instruction')} />
        <ImageField label={photoLabels.image_url} description="Se enseña al cliente y a quien revisa." category={category} readOnly={readOnly} value={v.image_url} onChange={(url) => form.setFieldValue('image_url', url)} error={form.errors.image_url as string | undefined} />
        {v.kind !== 'example' && <Switch label="Obligatoria: sin ella falta algo en el expediente" disabled={readOnly} {...form.getInputProps('required', { type: 'checkbox' })} />}
        <ConditionInput fields={fields} value={v.condition} readOnly={readOnly} onChange={(condition) => form.setFieldValue('condition', condition)} error={form.errors.condition as string | undefined} />
      </Stack>
    </EntityForm>
  );
}
