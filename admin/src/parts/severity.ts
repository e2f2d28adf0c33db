import type { Severity } from '@msia/client';

import type { Look } from './fields';

export const severityLooks: Record<Severity, Look> = {
  info: { text: 'Informa', color: 'blue' },
  warning: { text: 'Avisa', color: 'yellow' },
  error: { text: 'Importante', color: 'red' },
};
