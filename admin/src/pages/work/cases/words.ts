import type { CaseEvent, CaseFile, CaseStatus } from '@msia/client';

import { caseStatusLooks } from '@/lib/casestatus';
import type { Look } from '@/parts/fields';

export const isActive = (status: CaseStatus): boolean => status !== 'resolved' && status !== 'cancelled' && status !== 'abandoned';

/** What giving a case a status is called, as a deed. */
export function transitionName(from: CaseStatus, to: CaseStatus): string {
  switch (to) {
    case 'pending_review':
      return 'Dar por completo';
    case 'in_progress':
      return from === 'resolved' ? 'Reabrir' : 'Empezar a trabajar';
    case 'resolved':
      return 'Resolver';
    case 'cancelled':
      return 'Cancelar el expediente';
    case 'collecting':
      return from === 'abandoned' ? 'Retomar' : 'Devolver al cliente';
    default:
      return caseStatusLooks[to].text;
  }
}

export const reviewLooks: Record<CaseFile['review'], Look> = {
  pending: { text: 'Sin revisar', color: 'orange' },
  accepted: { text: 'Válida', color: 'green' },
  rejected: { text: 'No válida', color: 'red' },
};

export const eventNames: Record<CaseEvent['kind'], string> = {
  opened: 'Expediente abierto', status: 'Cambio de estado', data: 'Datos', file: 'Archivo recibido', file_reviewed: 'Archivo revisado',
  file_moved: 'Archivo colocado', file_removed: 'Archivo retirado', note: 'Nota', assigned: 'Asignación', reminder: 'Recordatorio al cliente',
  confirmed: 'Confirmado por el cliente',
};
