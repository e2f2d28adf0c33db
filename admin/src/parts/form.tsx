import { Alert, Button, Group, Modal, Stack, Table, Text } from '@mantine/core';
import { type FormErrors, useForm, type UseFormReturnType } from '@mantine/form';
import { useHotkeys } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { useBlocker } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';

import { type ApiError, fieldErrors, toApiError } from '@/lib/problem';

import { IconAlertTriangle } from './icons';
import { RequestId, toastDone } from './toast';

type Options<Values extends Record<string, unknown>, Saved> = {
  initial: Values;
  /** The version the values were read at; absent for something new. */
  version?: number;
  /**
   * Sends the values; `version` is what If-Match has to say, undefined for something new. When somebody else's change is
   * saved over, `stored` is the resource as they left it, for what the form does not have.
   */
  save: (values: Values, version: number | undefined, stored?: unknown) => Promise<Saved>;
  onSaved?: (saved: Saved) => void;
  /** Said when it is saved. */
  saved?: string;
  /** Checked before anything is sent; the server checks everything again. */
  validate?: (values: Values) => FormErrors;
};

export type EntityForm<Values extends Record<string, unknown>> = {
  form: UseFormReturnType<Values>;
  submit: () => void;
  saving: boolean;
  error: ApiError | null;
  dirty: boolean;
  conflict: ApiError | null;
  /** Saves over what somebody else stored meanwhile. */
  overwrite: () => void;
  /** Takes what is stored and drops what was typed. */
  discard: () => void;
};

/**
 * A form of one resource: keeps what was typed when saving fails, puts the server's errors on their fields, asks what to
 * do when somebody else changed the resource meanwhile, and warns before it is left unsaved.
 */
export function useEntityForm<Values extends Record<string, unknown>, Saved>(options: Options<Values, Saved>): EntityForm<Values> {
  const form = useForm<Values>({ initialValues: options.initial, validate: options.validate });
  const [base, setBase] = useState(options.version);
  const [readAt, setReadAt] = useState(options.version);
  // Read again by the page (after saving, or because somebody else saved): taken over unless something was typed.
  if (options.version !== readAt) {
    setReadAt(options.version);
    if (!form.isDirty()) {
      setBase(options.version);
      form.setInitialValues(options.initial);
      form.setValues(options.initial);
    }
  }
  const save = useMutation({
    mutationFn: ({ version, stored }: { version?: number; stored?: unknown }) => options.save(form.getValues(), version, stored),
    meta: { quiet: true },
    onSuccess: (saved) => {
      form.resetDirty();
      const version = (saved as { version?: number } | undefined)?.version;
      if (version !== undefined) setBase(version);
      if (options.saved) toastDone(options.saved);
      options.onSaved?.(saved);
    },
    onError: (error) => {
      const errors = fieldErrors(toApiError(error, undefined));
      // Those of members without a field are told above the form.
      const shown = Object.entries(errors).filter(([path]) => form.getInputNode(path));
      form.setErrors(Object.fromEntries(shown));
      if (shown[0]) form.getInputNode(shown[0][0])?.focus();
    },
  });
  const error = save.error && toApiError(save.error, undefined);
  const conflict = error?.status === 412 ? error : null;
  return {
    form,
    submit: () => {
      if (!save.isPending && !form.validate().hasErrors) save.mutate({ version: base });
    },
    saving: save.isPending,
    error: conflict ? null : error,
    dirty: form.isDirty(),
    conflict,
    overwrite: () => {
      const stored = conflict?.problem.current as { version?: number } | undefined;
      save.mutate({ version: stored?.version, stored });
    },
    discard: () => {
      setBase(options.version);
      form.setInitialValues(options.initial);
      form.setValues(options.initial);
      form.clearErrors();
      save.reset();
    },
  };
}

type Props<Values extends Record<string, unknown>> = {
  entity: EntityForm<Values>;
  /** What the save button says. */
  deed?: string;
  /** Reads the resource again before what was typed is dropped. */
  reload?: () => Promise<unknown>;
  /** Names of the fields for people, in a conflict. */
  labels?: Partial<Record<keyof Values & string, string>>;
  /** What the fields hold for a resource as the server has it; needed where they are not simply its members. */
  read?: (resource: never) => Values;
  /** Beside the save button. */
  more?: ReactNode;
  /** Not for those who may only look: the fields are shown, and nothing to save them with. */
  editable?: boolean;
  children: ReactNode;
};

export function EntityForm<Values extends Record<string, unknown>>({ entity, deed = 'Guardar', more, editable = true, children, ...dialogs }: Props<Values>) {
  useHotkeys([['mod+S', () => entity.submit()]], []);
  return (
    <form noValidate onSubmit={(e) => { e.preventDefault(); entity.submit(); }}>
      <Stack>
        {entity.error && <FormError error={entity.error} shown={entity.form.errors} labels={dialogs.labels} />}
        <fieldset disabled={!editable} style={{ border: 0, padding: 0, margin: 0, minWidth: 0 }}><Stack>{children}</Stack></fieldset>
        {editable && (
          <Group justify="flex-end">
            {more}
            <Button type="submit" loading={entity.saving}>{deed}</Button>
          </Group>
        )}
      </Stack>
      <FormDialogs entity={entity} {...dialogs} />
    </form>
  );
}

/** What every form of a resource asks when it has to: for one that is laid out in its own way. */
export function FormDialogs<Values extends Record<string, unknown>>({ entity, ...rest }: Pick<Props<Values>, 'entity' | 'reload' | 'labels' | 'read'>) {
  return (
    <>
      <LeaveGuard dirty={entity.dirty && !entity.saving} />
      {entity.conflict && <Conflict entity={entity} {...rest} />}
    </>
  );
}

/** What is wrong as a whole, and with members that have no field of their own. */
function FormError({ error, shown, labels }: { error: ApiError; shown: Record<string, unknown>; labels?: Record<string, string | undefined> }) {
  const rest = Object.entries(fieldErrors(error)).filter(([path]) => !(path in shown));
  return (
    <Alert color="red" icon={<IconAlertTriangle />} title="No se ha guardado" role="alert">
      <Text size="sm">{error.message}</Text>
      {rest.map(([path, detail]) => <Text key={path} size="sm">{labels?.[path] ?? path}: {detail}</Text>)}
      {error.passing && <Text size="sm">Lo escrito sigue aquí: vuelva a intentarlo.</Text>}
      {error.requestId && <RequestId id={error.requestId} />}
    </Alert>
  );
}

function LeaveGuard({ dirty }: { dirty: boolean }) {
  const blocker = useBlocker({ shouldBlockFn: () => dirty, enableBeforeUnload: dirty, withResolver: true });
  return (
    <Modal opened={blocker.status === 'blocked'} onClose={() => blocker.reset?.()} title="Hay cambios sin guardar">
      <Stack>
        <Text size="sm">Si sale ahora, lo que ha escrito se pierde.</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={() => blocker.reset?.()} data-autofocus>Seguir editando</Button>
          <Button color="red" onClick={() => blocker.proceed?.()}>Salir sin guardar</Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** Somebody else changed the resource while this form was open: shows both, and lets the user choose. */
function Conflict<Values extends Record<string, unknown>>({ entity, reload, labels, read }: Pick<Props<Values>, 'entity' | 'reload' | 'labels' | 'read'>) {
  const current = entity.conflict?.problem.current ?? {};
  const stored: Record<string, unknown> = read ? read(current as never) : current;
  const mine = entity.form.getValues() as Record<string, unknown>;
  const different = Object.keys(mine).filter((name) => name in stored && show(stored[name]) !== show(mine[name]));
  return (
    <Modal opened onClose={entity.discard} closeOnClickOutside={false} closeOnEscape={false} withCloseButton={false} size="lg" title="Otra persona lo ha cambiado mientras tanto">
      <Stack>
        {different.length > 0 ? (
          <Table.ScrollContainer minWidth={420} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
            <Table>
              <Table.Thead><Table.Tr><Table.Th>Campo</Table.Th><Table.Th>Guardado ahora</Table.Th><Table.Th>Lo suyo</Table.Th></Table.Tr></Table.Thead>
              <Table.Tbody>
                {different.map((name) => (
                  <Table.Tr key={name}>
                    <Table.Th scope="row">{labels?.[name as keyof Values & string] ?? name}</Table.Th>
                    <Table.Td className="prewrap">{show(stored[name]) || '—'}</Table.Td>
                    <Table.Td className="prewrap">{show(mine[name]) || '—'}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        ) : (
          <Text size="sm">Los campos de este formulario son iguales; ha cambiado otra cosa.</Text>
        )}
        <Group justify="flex-end">
          <Button variant="default" data-autofocus onClick={() => void (reload?.() ?? Promise.resolve()).then(entity.discard)}>Quedarme con lo guardado</Button>
          <Button color="red" loading={entity.saving} onClick={entity.overwrite}>Guardar lo mío encima</Button>
        </Group>
      </Stack>
    </Modal>
  );
}

const show = (value: unknown): string =>
  typeof value === 'boolean' ? (value ? 'Sí' : 'No') : value === null || value === undefined ? '' : Array.isArray(value) ? value.map(show).join(', ') : typeof value === 'object' ? Object.values(value).map(show).filter(Boolean).join(' ') : String(value);
