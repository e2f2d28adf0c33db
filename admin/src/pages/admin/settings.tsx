import '@mantine/core/styles/NumberInput.css';

import { Badge, Button, Card, Group, NativeSelect, NumberInput, Stack, Text, Textarea, TextInput, Title } from '@mantine/core';
import type { Setting } from '@msia/client';
import { resetSetting, updateSetting } from '@msia/client';
import { listSettingsOptions } from '@msia/client/query';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { ifMatch } from '@/lib/client';
import { refresh } from '@/lib/queries';
import { Confirm } from '@/parts/confirm';
import { When } from '@/parts/fields';
import { EntityForm, useEntityForm } from '@/parts/form';
import { IconPlayerPause, IconPlayerPlay } from '@/parts/icons';
import { Page } from '@/parts/page';
import { Loaded } from '@/parts/states';
import { toastDone } from '@/parts/toast';

const panic = 'assistant_enabled';
const panicMessage = 'assistant_disabled_message';

export default function Settings() {
  const settings = useQuery(listSettingsOptions());
  return (
    <Page title="Ajustes" about="Valen en todos los servidores al momento.">
      <Loaded query={settings}>
        {(all) => (
          <Stack>
            {all.filter((s) => s.key === panic).map((s) => <Panic key={s.key} setting={s} message={all.find((m) => m.key === panicMessage)?.value ?? ''} />)}
            {all.filter((s) => s.key !== panic).map((s) => <One key={s.key} setting={s} reload={settings.refetch} />)}
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

/** Who set it, and when. */
function Changed({ setting }: { setting: Setting }) {
  return setting.updated_by ? (
    <Text size="xs" c="dimmed">Cambiado por {setting.updated_by}, <When at={setting.updated_at} /></Text>
  ) : null;
}

function Panic({ setting, message }: { setting: Setting; message: string }) {
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const on = setting.value === 'true';
  const set = useMutation({
    mutationFn: (value: boolean) => updateSetting({ path: { key: setting.key }, body: { value }, headers: ifMatch(setting.version), throwOnError: true }),
    onSuccess: (_, value) => {
      setAsking(false);
      toastDone(value ? 'El asistente vuelve a contestar.' : 'El asistente está parado.');
    },
    onSettled: () => refresh(queries, 'listSettings', 'getDashboard'),
  });
  return (
    <Card withBorder style={{ borderColor: on ? undefined : 'var(--mantine-color-red-filled)' }}>
      <Group justify="space-between" align="flex-start">
        <Stack gap={4} maw={640}>
          <Group gap="xs"><Title order={2}>Botón de pánico</Title><Badge color={on ? 'green' : 'red'}>{on ? 'El asistente contesta' : 'El asistente está parado'}</Badge></Group>
          <Text size="sm">{setting.description}</Text>
          <Changed setting={setting} />
        </Stack>
        {on ? (
          <Button color="red" leftSection={<IconPlayerPause size={18} />} onClick={() => setAsking(true)}>Parar el asistente</Button>
        ) : (
          <Button leftSection={<IconPlayerPlay size={18} />} loading={set.isPending} onClick={() => set.mutate(true)}>Poner en marcha</Button>
        )}
      </Group>
      <Confirm opened={asking} onClose={() => setAsking(false)} title="Parar el asistente" deed="Parar" typed="PARAR" loading={set.isPending} onConfirm={() => set.mutate(false)}>
        Deja de contestar a todos los clientes, y cada conversación nueva pasa a una persona. A cada cliente se le dice una vez:
        <Card withBorder mt="xs" padding="sm">{message}</Card>
      </Confirm>
    </Card>
  );
}

/** "21.00" is "21,00" in a field. */
const shown = (setting: Setting) => (setting.type === 'percent' ? setting.value.replace('.', ',') : setting.value);

function One({ setting, reload }: { setting: Setting; reload: () => Promise<unknown> }) {
  const queries = useQueryClient();
  const entity = useEntityForm({
    initial: { value: shown(setting) },
    version: setting.version,
    saved: `${setting.label}: guardado`,
    save: async ({ value }, version) => {
      const body = { value: setting.type === 'percent' ? String(value).replace(',', '.') : String(value) };
      const { data } = await updateSetting({ path: { key: setting.key }, body, headers: version === undefined ? undefined : ifMatch(version), throwOnError: true });
      await refresh(queries, 'listSettings');
      return data;
    },
  });
  const reset = useMutation({
    mutationFn: () => resetSetting({ path: { key: setting.key }, headers: ifMatch(setting.version), throwOnError: true }),
    onSuccess: () => toastDone(`${setting.label}: el valor de origen`),
    onSettled: () => refresh(queries, 'listSettings'),
  });
  const bounds = setting.minimum !== null || setting.maximum !== null ? ` Entre ${setting.minimum ?? '…'} y ${setting.maximum ?? '…'} ${setting.unit ?? ''}.` : '';
  const field = { label: setting.label, description: setting.description + bounds, ...entity.form.getInputProps('value') };
  return (
    <Card withBorder component="section" aria-label={setting.label}>
      <EntityForm
        entity={entity} reload={reload} labels={{ value: setting.label }}
        more={!setting.is_default && <Button variant="default" loading={reset.isPending} onClick={() => reset.mutate()}>Valor de origen ({setting.type === 'text' ? 'texto' : setting.default})</Button>}
      >
        {setting.type === 'text' ? <Textarea {...field} autosize minRows={2} maxLength={setting.max_length ?? undefined} />
          : setting.type === 'choice' ? <NativeSelect {...field} maw={320} data={setting.options} />
          : setting.type === 'percent' ? <TextInput {...field} inputMode="decimal" maw={320} rightSection="%" />
            : <NumberInput {...field} maw={320} min={setting.minimum ?? undefined} max={setting.maximum ?? undefined} allowDecimal={false} clampBehavior="none" suffix={setting.unit ? ` ${setting.unit}` : undefined} />}
        <Changed setting={setting} />
      </EntityForm>
    </Card>
  );
}
