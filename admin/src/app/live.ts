import { type ServerEvent, streamEvents } from '@msia/client';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';

import { refresh } from '@/lib/queries';

/** What has to be read again when something of a kind changed. The catalogue's reads are many: see `concerns`. */
const reads: Record<Exclude<ServerEvent['kind'], 'catalogue' | 'resync'>, string[]> = {
  case: ['listCases', 'getCase', 'getCaseStats', 'listCaseEvents'],
  conversation: ['listConversations', 'getConversation', 'listMessages', 'getDashboard'],
  escalation: ['listEscalations', 'getEscalation', 'getEscalationStats', 'getDashboard'],
  customer: ['listCustomers', 'getCustomer'],
  settings: ['listSettings', 'getSetting', 'getDashboard'],
  error: ['listErrors', 'getError', 'getErrorStats'],
  document: ['listRegulations', 'getRegulation', 'listRegulationVersions', 'listRegulationUnits', 'getQuestionHealth'],
};

/** Several changes within this time, in milliseconds, are read again together. */
const together = 400;
const reconnectAfter = 3000;

/** Keeps what is on the screen up to date with what others do. What is being typed is not touched. */
export function useLive(): void {
  const queries = useQueryClient();
  useEffect(() => {
    const ended = new AbortController();
    let changed = new Set<ServerEvent['kind']>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const readAgain = () => {
      timer = undefined;
      const kinds = changed;
      changed = new Set();
      if (kinds.has('resync')) void queries.invalidateQueries();
      else if (kinds.has('catalogue')) void queries.invalidateQueries({ predicate: ({ queryKey }) => concernsCatalogue(queryKey) });
      void refresh(queries, ...[...kinds].flatMap((kind) => (kind in reads ? reads[kind as keyof typeof reads] : [])));
    };
    const listen = async () => {
      for (let first = true; !ended.signal.aborted; first = false) {
        // The stream says by itself that something may have been missed when it comes after another.
        const { stream } = await streamEvents({ signal: ended.signal, sseMaxRetryAttempts: 1, headers: first ? undefined : { 'Last-Event-ID': 'again' } });
        for await (const event of stream) {
          changed.add((event as ServerEvent).kind);
          timer ??= setTimeout(readAgain, together);
        }
        await new Promise((done) => setTimeout(done, reconnectAfter));
      }
    };
    void listen().catch(() => undefined);
    return () => {
      ended.abort();
      clearTimeout(timer);
    };
  }, [queries]);
}

/** Reads of the price sheets and elements, which depend on each other in many ways. */
function concernsCatalogue(queryKey: readonly unknown[]): boolean {
  const operation = (queryKey[0] as { _id?: string } | undefined)?._id ?? '';
  return /Categor|Tier|Service|BaseDocument|Warning|Element|Quote|ResponseRule/.test(operation);
}
