import { Table, Text } from '@mantine/core';
import type { AuditChange } from '@msia/client';

import { formatDateTime } from '@/lib/format';

const names: Record<string, string> = {
  name: 'Nombre', display_name: 'Nombre', username: 'Usuario', role: 'Papel', is_active: 'Activo', code: 'Código', slug: 'Identificador', price: 'Precio',
  conditions: 'Condiciones', sort_order: 'Orden', description: 'Descripción', keywords: 'Palabras clave', phrases: 'Frases', aliases: 'Alias', surcharge: 'Suplemento',
  message: 'Mensaje', severity: 'Gravedad', status: 'Estado', assignee_id: 'Responsable', assigned_to: 'Responsable', note: 'Nota', notes: 'Notas', reason: 'Motivo',
  value: 'Valor', label: 'Etiqueta', required: 'Obligatorio', is_required: 'Obligatorio', title: 'Título', instruction: 'Instrucción', image_url: 'Imagen',
  email: 'Correo', phone: 'Teléfono', first_name: 'Nombre', last_name: 'Apellidos', nif_cif: 'NIF/CIF', company_name: 'Empresa', client_type: 'Tipo de cliente',
  street: 'Calle', city: 'Localidad', province: 'Provincia', postal_code: 'Código postal', password: 'Contraseña', expires_at: 'Caduca', parent_code: 'Elemento general',
  inclusions: 'Inclusiones', category: 'Categoría', category_id: 'Categoría', condition_value: 'Valor de la condición', unit: 'Unidad', options: 'Opciones', kind: 'Clase',
  own_max: 'Máximo de su lista', includes: 'Incluye', tier: 'Tramo', max: 'Máximo', requires_project: 'Con proyecto', vehicle_kind: 'Tipo de vehículo',
  units_per_element: 'Unidades por elemento', scope: 'Ámbito', tier_code: 'Tramo', element_code: 'Elemento', keyword: 'Palabras', min_quantity: 'Unidades, al menos',
  plate: 'Matrícula', vin: 'Bastidor', subtotal: 'Base', total: 'Total', elements: 'Elementos', trigger: 'Desencadenante', triggers: 'Desencadenantes', answer: 'Respuesta',
};

/** What a member of a resource is called; one that has no name here goes by its own. */
export const memberName = (member: string): string => names[member] ?? names[member.split('.').pop()!] ?? member.replaceAll('_', ' ');

function Value({ value }: { value: unknown }) {
  if (value === null || value === undefined || value === '') return <Text span inherit c="dimmed">nada</Text>;
  if (typeof value === 'boolean') return value ? 'sí' : 'no';
  if (typeof value === 'string') return /^\d{4}-\d\d-\d\dT/.test(value) ? formatDateTime(value) : value;
  if (Array.isArray(value) && value.every((v) => typeof v !== 'object')) return value.join(', ') || <Text span inherit c="dimmed">nada</Text>;
  return <span className="prewrap">{(Array.isArray(value) ? value : [value]).map(inWords).join('\n')}</span>;
}

/** An object as its members: "Tramo: T4, Máximo: 2". */
function inWords(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value).filter(([, v]) => v !== null && v !== undefined)
    .map(([name, v]) => `${memberName(name)}: ${typeof v === 'boolean' ? (v ? 'sí' : 'no') : Array.isArray(v) ? v.map(inWords).join(', ') : inWords(v)}`).join(', ');
}

/** What changed, member by member. */
export function Changes({ changes }: { changes: AuditChange[] }) {
  if (changes.length === 0) return <Text size="sm" c="dimmed">Sin cambios de contenido.</Text>;
  return (
    <Table.ScrollContainer minWidth={420} scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'group', 'aria-label': 'Cambios' } }}>
      <Table fz="sm" aria-label="Cambios">
        <Table.Thead><Table.Tr><Table.Th w={180}>Campo</Table.Th><Table.Th>Antes</Table.Th><Table.Th>Después</Table.Th></Table.Tr></Table.Thead>
        <Table.Tbody>
          {changes.map((c) => (
            <Table.Tr key={c.member}>
              <Table.Th scope="row" fw={500}>{memberName(c.member)}</Table.Th>
              <Table.Td className="prewrap"><Value value={c.before} /></Table.Td>
              <Table.Td className="prewrap"><Value value={c.after} /></Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
