import { Anchor, Button, Group, Input, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';

import { ImagePicker } from './imagepicker';
import { ImageUpload } from './imageupload';

type Props = {
  label: string;
  description?: string;
  /** The picture's address; '' for none. */
  value: string;
  onChange: (url: string) => void;
  error?: string;
  /** Where uploads are filed. */
  category?: string;
  readOnly?: boolean;
};

/** One picture of the library: dropped, pasted, chosen from a disk or from what is there. */
export function ImageField({ label, description, value, onChange, error, category, readOnly }: Props) {
  const [picking, { open, close }] = useDisclosure();
  return (
    <Input.Wrapper label={label} description={description} error={error} labelElement="div" role="group" aria-label={label}>
      <Stack gap="xs" mt={4}>
        {value.startsWith('/') ? (
          <a href={value} target="_blank" rel="noreferrer" style={{ alignSelf: 'flex-start' }}>
            <img src={`${value}?w=320`} alt={`${label}, abrir el original`} style={{ display: 'block', maxWidth: 200, maxHeight: 150, borderRadius: 'var(--mantine-radius-md)', border: '1px solid var(--mantine-color-default-border)' }} />
          </a>
        ) : value && <Text size="sm">En otro sitio: <Anchor href={value} target="_blank" rel="noreferrer">{value}</Anchor></Text>}
        {!value && readOnly && <Text size="sm" c="dimmed">Ninguna</Text>}
        {!readOnly && (
          <>
            <ImageUpload single category={category} onUploaded={(image) => onChange(image.url)}>{value ? 'Para cambiarla, arrastre otra, péguela o' : undefined}</ImageUpload>
            <Group gap="xs">
              <Button size="xs" variant="default" onClick={open}>De la biblioteca…</Button>
              {value && <Button size="xs" variant="subtle" onClick={() => onChange('')}>Quitar la imagen</Button>}
            </Group>
            <ImagePicker opened={picking} onClose={close} onPick={(image) => { onChange(image.url); close(); }} />
          </>
        )}
      </Stack>
    </Input.Wrapper>
  );
}
