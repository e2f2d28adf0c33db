import type { ImportChange } from '@msia/client';

/** A list of a category's file, as its sheet in a workbook is called. */
export const tables: Record<ImportChange['table'], string> = {
  category: 'Categoría', tiers: 'Tarifas', services: 'Servicios', documentation: 'Documentación', elements: 'Elementos', photos: 'Fotos', fields: 'Campos', warnings: 'Avisos',
};

const members: Record<string, string> = {
  slug: 'Código', code: 'Código', key: 'Clave', name: 'Nombre', client_type: 'Tipo de cliente', vehicle_kind: 'Tipo de vehículo', description: 'Descripción', icon: 'Icono',
  active: 'Activo', sort_order: 'Orden', units_per_element: 'Unidades por elemento', conditions: 'Condiciones', price: 'Precio', requires_project: 'Con proyecto',
  own_max: 'Máximo propios', own: 'Lista propia', includes: 'Incluye', image_url: 'Imagen', required: 'Obligatorio', parent: 'Variante de', variant_type: 'Tipo de variante',
  variant_code: 'Código de variante', generic: 'Genérico', inactive_reason: 'Motivo de inactividad', needs_review: 'Requiere revisión', surcharge: 'Suplemento',
  inherits_from_parent: 'Hereda', suggested_services: 'Servicios sugeridos', question: 'Pregunta', keywords: 'Palabras clave', aliases: 'Otros nombres', answers: 'Respuestas',
  all_answers: 'Respuestas para todas', kind: 'Tipo', title: 'Título', instruction: 'Instrucción', when_field: 'Si el campo', when_operator: 'Condición', when_value: 'Valor',
  label: 'Etiqueta', type: 'Tipo', options: 'Opciones', unit: 'Unidad', min: 'Mínimo', max: 'Máximo', min_length: 'Longitud mínima', max_length: 'Longitud máxima',
  pattern: 'Patrón', example: 'Ejemplo', hint: 'Ayuda', severity: 'Gravedad', message: 'Mensaje', tier: 'Tarifa', element: 'Elemento', triggers: 'Disparadores',
};

export const memberName = (name: string): string => members[name] ?? name;

const amounts = new Set(['price', 'surcharge']);

/** A member's value as people read it. */
export function valueText(name: string, value: string | null): string {
  if (value === null) return '—';
  if (value === 'true') return 'sí';
  if (value === 'false') return 'no';
  if (amounts.has(name) && /^\d+(\.\d+)?$/.test(value)) return `${Number(value).toFixed(2).replace('.', ',')} €`;
  return value.replaceAll(/\(max (\d+)\)/g, '(hasta $1)');
}

/** Where in the file: `Tarifas!C5` is "hoja Tarifas, celda C5"; `line 12: tiers[0].price` is "línea 12, tiers[0].price". */
export function placeText(pointer: string): string {
  const cell = /^(.+)!([A-Z]+\d+)$/.exec(pointer);
  if (cell) return `Hoja ${cell[1]}, celda ${cell[2]}`;
  return pointer.replace(/^line (\d+)(?:: (.+))?$/, (_, line: string, path?: string) => `Línea ${line}${path ? `, ${path}` : ''}`);
}

