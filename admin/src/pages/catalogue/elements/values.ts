import type { Element, ElementUpdate } from '@msia/client';

import { moneyInput, parseMoney } from '@/lib/format';

import { errorsOf, orNull, required, wrongMoney } from '../values';

/** An element as its form has it: texts for what may be absent, the amount as it is typed. */
export type ElementValues = {
  code: string;
  name: string;
  description: string;
  parent_code: string;
  variant_type: string;
  variant_code: string;
  is_generic: boolean;
  is_active: boolean;
  inactive_reason: string;
  needs_review: boolean;
  units_per_element: number | string;
  surcharge: string;
  inherits_from_parent: boolean;
  keywords: string[];
  aliases: string[];
  answers: string[];
  question: string;
  all_answers: string[];
  suggested_services: string[];
};

export const newElement = (parent: string): ElementValues => ({
  code: '', name: '', description: '', parent_code: parent, variant_type: '', variant_code: '', is_generic: false, is_active: true, inactive_reason: '',
  needs_review: false, units_per_element: '', surcharge: '0,00', inherits_from_parent: true, keywords: [], aliases: [], answers: [], question: '',
  all_answers: [], suggested_services: [],
});

export const readElement = (e: Element): ElementValues => ({
  code: e.code, name: e.name, description: e.description ?? '', parent_code: e.parent_code ?? '', variant_type: e.variant_type ?? '', variant_code: e.variant_code ?? '',
  is_generic: e.is_generic, is_active: e.is_active, inactive_reason: e.inactive_reason ?? '', needs_review: e.needs_review, units_per_element: e.units_per_element ?? '',
  surcharge: moneyInput(e.surcharge), inherits_from_parent: e.inherits_from_parent, keywords: e.keywords, aliases: e.aliases, answers: e.answers,
  question: e.question ?? '', all_answers: e.all_answers, suggested_services: e.suggested_services,
});

export const writeElement = (v: ElementValues) => ({
  ...v, description: orNull(v.description), parent_code: orNull(v.parent_code), variant_type: orNull(v.variant_type), variant_code: orNull(v.variant_code),
  inactive_reason: v.is_active ? null : orNull(v.inactive_reason), units_per_element: v.units_per_element === '' ? null : Number(v.units_per_element),
  surcharge: parseMoney(v.surcharge) ?? v.surcharge, question: orNull(v.question),
}) satisfies ElementUpdate;

export const checkElement = (v: ElementValues): Record<string, string> => errorsOf({
  name: required(v.name),
  code: /^[A-Z0-9]+(_[A-Z0-9]+)*$/.test(v.code) ? null : 'Mayúsculas sin acentos, cifras y guiones bajos, como ESCAPE_COMPLETO.',
  surcharge: wrongMoney(v.surcharge),
  question: v.is_generic && !v.question.trim() ? 'Un elemento genérico la necesita.' : null,
  inactive_reason: !v.is_active && !v.inactive_reason.trim() ? 'Hace falta: es lo que se dice a los clientes.' : null,
});

export const elementLabels: Record<keyof ElementValues, string> = {
  code: 'Código', name: 'Nombre', description: 'Descripción', parent_code: 'Variante de', variant_type: 'Tipo de variante', variant_code: 'Código de variante',
  is_generic: 'Genérico', is_active: 'Activo', inactive_reason: 'Motivo de inactividad', needs_review: 'Por revisar', units_per_element: 'Unidades por elemento',
  surcharge: 'Suplemento', inherits_from_parent: 'Hereda del padre', keywords: 'Palabras clave', aliases: 'Alias', answers: 'Respuestas que lo eligen',
  question: 'Pregunta', all_answers: 'Respuestas que eligen todas', suggested_services: 'Servicios sugeridos',
};
