import '@mantine/dropzone/styles.css';

import { Alert, Anchor, Badge, Button, Card, Group, Stack, Table, Text, Title } from '@mantine/core';
import { Dropzone, type FileRejection } from '@mantine/dropzone';
import type { ImportChange, ImportReport } from '@msia/client';
import { importCategory } from '@msia/client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import { useMay } from '@/lib/account';
import { ifMatch } from '@/lib/client';
import { formatBytes } from '@/lib/format';
import { type ApiError, toApiError } from '@/lib/problem';
import { detailOf } from '@/lib/spanish';
import { IconAlertTriangle, IconCheck, IconFileText, IconUpload } from '@/parts/icons';
import { Page } from '@/parts/page';
import { Empty } from '@/parts/states';
import { RequestId, toastDone } from '@/parts/toast';

import { memberName, placeText, tables, valueText } from './filewords';

const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const maxSize = 5 * 1024 * 1024;

/** The media type by the name: browsers know none for YAML. */
const mediaType = (file: File): string => (/\.xlsx$/i.test(file.name) ? xlsx : 'application/yaml');

async function send(file: File, revision?: number): Promise<ImportReport> {
  const { data } = await importCategory({
    body: file as never, bodySerializer: null, query: { dry_run: revision === undefined }, throwOnError: true,
    headers: { 'Content-Type': mediaType(file), ...(revision === undefined ? {} : ifMatch(revision)) } as Record<string, string>,
  });
  return data;
}

/** A category from a file: first what would change, then the change itself. */
export default function Import() {
  const mayWrite = useMay('editor');
  const queries = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const look = useMutation({ mutationFn: (chosen: File) => send(chosen), meta: { quiet: true } });
  const apply = useMutation({
    mutationFn: ({ chosen, revision }: { chosen: File; revision: number }) => send(chosen, revision),
    meta: { quiet: true },
    onSuccess: async (done) => {
      toastDone(`«${done.category.name}» es ahora lo que dice el fichero.`);
      await queries.invalidateQueries();
    },
    onError: (error, { chosen }) => {
      // Somebody changed the catalogue since the difference was shown: shown anew.
      if (toApiError(error, undefined).status === 412) look.mutate(chosen);
    },
  });
  const choose = (chosen: File) => {
    setFile(chosen);
    setRefused(null);
    apply.reset();
    look.mutate(chosen);
  };
  const reject = (files: FileRejection[]) => setRefused(files[0]!.file.size > maxSize ? 'El fichero ocupa más de 5 MB.' : 'Solo valen ficheros YAML o XLSX, de uno en uno.');
  const error = look.error ?? (apply.error && toApiError(apply.error, undefined).status !== 412 ? apply.error : null);
  return (
    <Page title="Importar una tarifa" above={[['Tarifas', '/tarifas']]} about="El fichero es la categoría entera: lo que no esté en él se quita. Primero se enseña qué cambiaría; no se escribe nada hasta que lo diga.">
      {!mayWrite ? <Empty title="Su cuenta no puede importar">Pídalo a quien edite el catálogo.</Empty> : (
        <Stack>
          <Dropzone
            onDrop={(files) => { if (files[0]) choose(files[0]); }} onReject={reject} maxFiles={1} multiple={false} maxSize={maxSize}
            accept={{ 'application/yaml': ['.yaml', '.yml'], [xlsx]: ['.xlsx'] }} loading={look.isPending || apply.isPending} inputProps={{ 'aria-label': 'Fichero de la categoría' }}
          >
            <Group justify="center" gap="sm" mih={72} style={{ pointerEvents: 'none' }}>
              {file ? <IconFileText size={28} aria-hidden /> : <IconUpload size={28} aria-hidden />}
              <div>
                <Text>{file ? file.name : 'Arrastre aquí el fichero, o pulse para elegirlo'}</Text>
                <Text size="sm" c="dimmed">{file ? `${formatBytes(file.size)} · puede soltar otro` : 'YAML o XLSX, como los que salen de Exportar; hasta 5 MB'}</Text>
              </div>
            </Group>
          </Dropzone>
          {refused && <Alert color="red" role="alert" icon={<IconAlertTriangle />}>{refused}</Alert>}
          {error ? <Refusal error={toApiError(error, undefined)} />
            : apply.data ? <Done report={apply.data} />
              : look.data && file && <Difference report={look.data} again={apply.isError} applying={apply.isPending || look.isPending} onApply={() => apply.mutate({ chosen: file, revision: look.data.revision })} />}
        </Stack>
      )}
    </Page>
  );
}

/** Every place of the file that is wrong. */
function Refusal({ error }: { error: ApiError }) {
  const problems = error.problem.errors ?? [];
  return (
    <Alert color="red" icon={<IconAlertTriangle />} title="No se puede importar" role="alert">
      <Text size="sm">{error.message}</Text>
      {problems.length > 0 && <Places places={problems} label="Qué está mal" />}
      {error.requestId && problems.length === 0 && <RequestId id={error.requestId} />}
    </Alert>
  );
}

function Places({ places, label }: { places: { pointer: string; detail: string }[]; label: string }) {
  return (
    <Table.ScrollContainer minWidth={340} scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'group', 'aria-label': label } }}>
      <Table aria-label={label}>
        <Table.Thead><Table.Tr><Table.Th>Dónde</Table.Th><Table.Th>Qué</Table.Th></Table.Tr></Table.Thead>
        <Table.Tbody>
          {places.map((p, i) => <Table.Tr key={i}><Table.Th scope="row" fw={450}>{placeText(p.pointer)}</Table.Th><Table.Td>{detailOf(p.detail)}</Table.Td></Table.Tr>)}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Done({ report }: { report: ImportReport }) {
  const { slug, name } = report.category;
  return (
    <Alert color="green" icon={<IconCheck />} title="Importado" role="status">
      <Group gap="md">
        <Text size="sm">{counted(report)}</Text>
        <Anchor component={Link} to={`/tarifas/${slug}/tramos`} size="sm">Ver «{name}»</Anchor>
        <Anchor component={Link} to="/tarifas/simulador" search={{ categoria: slug } as never} size="sm">Probar en el simulador</Anchor>
      </Group>
    </Alert>
  );
}

const counted = ({ counts }: ImportReport): string =>
  `${counts.added} ${counts.added === 1 ? 'fila nueva' : 'filas nuevas'}, ${counts.changed} ${counts.changed === 1 ? 'cambiada' : 'cambiadas'}, ${counts.removed} ${counts.removed === 1 ? 'quitada' : 'quitadas'}.`;

type DifferenceProps = { report: ImportReport; /** It was shown before, and the catalogue has changed since. */ again: boolean; applying: boolean; onApply: () => void };

function Difference({ report, again, applying, onApply }: DifferenceProps) {
  const nothing = report.changes.length === 0;
  return (
    <Stack component="section" aria-label="Diferencia">
      {again && <Alert color="yellow" role="alert" icon={<IconAlertTriangle />}>Otra persona ha cambiado el catálogo mientras tanto. Esta es la diferencia ahora: revísela y vuelva a aplicar.</Alert>}
      <Group justify="space-between">
        <div>
          <Title order={2}>{report.category.name}</Title>
          <Text size="sm" c="dimmed">{nothing ? 'El fichero dice lo mismo que hay: no cambia nada.' : counted(report)}</Text>
        </div>
        {!nothing && <Button loading={applying} onClick={onApply}>Aplicar los cambios</Button>}
      </Group>
      {report.counts.removed > 0 && <Alert color="yellow" icon={<IconAlertTriangle />}>Se quitan {report.counts.removed} filas que no están en el fichero.</Alert>}
      {report.notices.length > 0 && <Alert color="blue" title="Se permite, pero parece un descuido"><Places places={report.notices} label="Avisos del fichero" /></Alert>}
      {Object.entries(tables).map(([table, text]) => {
        const changes = report.changes.filter((c) => c.table === table);
        return changes.length > 0 && (
          <Stack key={table} gap="xs" component="section" aria-label={text}>
            <Title order={3}>{text}</Title>
            {changes.map((c) => <Row key={`${c.action}-${c.code}`} change={c} />)}
          </Stack>
        );
      })}
    </Stack>
  );
}

const actions = {
  added: { text: 'Nueva', color: 'green' }, changed: { text: 'Cambia', color: 'blue' }, removed: { text: 'Se quita', color: 'red' },
} as const;

function Row({ change }: { change: ImportChange }) {
  const { text, color } = actions[change.action];
  return (
    <Card withBorder padding="xs">
      <Group gap="xs"><Badge color={color}>{text}</Badge><Text size="sm" fw={600}>{change.code.replace('/', ' › ')}</Text></Group>
      {change.members.map((m) => (
        <Group key={m.name} gap="xs" mt={4} wrap="nowrap" align="baseline">
          <Text size="sm" c="dimmed" w={130} style={{ flexShrink: 0 }}>{memberName(m.name)}</Text>
          <Text size="sm" className="prewrap">
            {change.action === 'changed' && <><Text span size="sm" td="line-through" c="dimmed">{valueText(m.name, m.from)}</Text> → </>}
            <strong>{valueText(m.name, m.to)}</strong>
          </Text>
        </Group>
      ))}
    </Card>
  );
}
