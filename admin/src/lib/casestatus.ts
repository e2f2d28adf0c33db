import type { CaseStatus } from '@msia/client';

import type { Look } from '@/parts/fields';

/** The statuses of a case, in the order of its life. */
export const caseStatuses: CaseStatus[] = ['collecting', 'pending_images', 'pending_review', 'in_progress', 'resolved', 'cancelled', 'abandoned'];

export const caseStatusLooks: Record<CaseStatus, Look> = {
  collecting: { text: 'Recogiendo datos', color: 'blue' },
  pending_images: { text: 'Faltan fotos', color: 'violet' },
  pending_review: { text: 'Por revisar', color: 'orange' },
  in_progress: { text: 'En trámite', color: 'teal' },
  resolved: { text: 'Resuelto', color: 'green' },
  cancelled: { text: 'Cancelado', color: 'gray' },
  abandoned: { text: 'Abandonado', color: 'gray' },
};
