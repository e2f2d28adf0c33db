import type { JobState } from '@msia/client';

import type { Look } from '@/parts/fields';

export const jobLooks: Record<JobState, Look> = {
  available: { text: 'En cola', color: 'blue' },
  cancelled: { text: 'Cancelado', color: 'gray' },
  completed: { text: 'Hecho', color: 'green' },
  discarded: { text: 'Fallido', color: 'red' },
  pending: { text: 'Pendiente', color: 'blue' },
  retryable: { text: 'Se repetirá', color: 'orange' },
  running: { text: 'En marcha', color: 'blue' },
  scheduled: { text: 'Programado', color: 'blue' },
};

const kinds: Record<string, string> = {
  fetch_attachments: 'Descargar fotos y papeles',
  images_sweep: 'Borrar ficheros huérfanos',
  maintain_conversations: 'Mantener conversaciones: pendientes y caducados',
  process_conversation: 'Contestar',
  rag_maintain: 'Mantener la normativa: reanudar y recalcular',
  rag_process: 'Leer un documento',
  reconcile_chatwoot: 'Recuperar mensajes de Chatwoot',
  remind_cases: 'Recordar y abandonar expedientes',
  send_error_alert: 'Avisar de un error',
  send_outbox: 'Enviar respuestas',
  sync_conversation: 'Actualizar Chatwoot',
  watch_errors: 'Vigilar los errores y olvidar los viejos',
};

/** What a kind of job does; its own name when it is not known. */
export const kindName = (kind: string) => kinds[kind] ?? kind;
