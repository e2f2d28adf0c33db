import type { ConversationStatus, EscalationPriority, EscalationStatus, Message } from '@msia/client';

import type { Look } from '@/parts/fields';

export const conversationLooks: Record<ConversationStatus, Look> = {
  open: { text: 'Abierta', color: 'blue' },
  pending: { text: 'Pendiente', color: 'yellow' },
  snoozed: { text: 'Aplazada', color: 'violet' },
  resolved: { text: 'Resuelta', color: 'gray' },
};

export const conversationStatuses = Object.keys(conversationLooks) as ConversationStatus[];

/** Why a person has a conversation. */
const pausedReasons: Record<string, string> = {
  staff_wrote: 'alguien escribió desde Chatwoot', assigned_to_a_person: 'se asignó a una persona en Chatwoot',
  switched_off_in_chatwoot: 'se apagó en Chatwoot', taken: 'se atiende desde aquí', staff_replied: 'se contestó desde aquí',
  handed_over: 'el asistente la pasó a una persona',
};
export const pausedBecause = (reason: string | null): string => pausedReasons[reason ?? ''] ?? 'la lleva una persona';

export const authorNames: Record<Message['author'], string> = { customer: 'Cliente', assistant: 'Asistente', staff: 'Equipo', system: 'Sistema' };

export const deliveryNames: Record<NonNullable<Message['delivery']>, string> = {
  held: 'Sin enviar: Chatwoot no está conectado', pending: 'Por enviar', sending: 'Enviando', sent: 'Enviado', suppressed: 'No se envió: una persona tomó la conversación',
  failed: 'No se pudo enviar',
};

export const sourceNames: Record<string, string> = {
  customer_request: 'Pide una persona', not_understood: 'No se le entiende', no_category: 'Vehículo sin tarifa', quote_accepted: 'Presupuesto aceptado',
  quote_review: 'Presupuesto por confirmar', not_covered: 'No lo cubre ninguna tarifa', regulation_question: 'Pregunta de normativa',
  assistant_disabled: 'Asistente parado', error: 'Error', response_rule: 'Regla de respuesta', delivery_failed: 'Mensaje no entregado',
  outside_window: 'Fuera de las 24 horas',
};
export const sourceName = (source: string): string => sourceNames[source] ?? source;

export const escalationLooks: Record<EscalationStatus, Look> = {
  pending: { text: 'Sin atender', color: 'orange' },
  in_progress: { text: 'En curso', color: 'violet' },
  resolved: { text: 'Resuelta', color: 'green' },
};

export const priorityLooks: Record<EscalationPriority, Look> = { normal: { text: 'Normal', color: 'gray' }, high: { text: 'Urgente', color: 'red' } };

const attachmentNames: Record<string, string> = { image: 'Foto', audio: 'Nota de voz', video: 'Vídeo', file: 'Archivo', location: 'Ubicación', contact: 'Contacto', sticker: 'Pegatina' };
export const attachmentName = (kind: string): string => attachmentNames[kind] ?? 'Adjunto';
