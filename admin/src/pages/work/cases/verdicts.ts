import type { Case, CaseFile, CaseFileVerdict } from '@msia/client';
import { reviewCaseFile } from '@msia/client';
import { getCaseQueryKey } from '@msia/client/query';
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';

import { ifMatch } from '@/lib/client';
import { toApiError } from '@/lib/problem';
import { refresh } from '@/lib/queries';
import { toastError } from '@/parts/toast';

/** How long a verdict can be taken back before anybody is told of it. */
export const grace = 6000;

type Held = { caseId: string; file: CaseFile; verdict: CaseFileVerdict; timer: ReturnType<typeof setTimeout>; sent: boolean };
type Send = (caseId: string, file: CaseFile, verdict: CaseFileVerdict) => Promise<void>;

/**
 * Verdicts on photos that were given and are not sent yet: a rejection is told to the customer at once, so it waits a few
 * seconds for second thoughts. What is held is shown as if it were stored.
 */
export class Verdicts {
  readonly #send: Send;
  readonly #listeners = new Set<() => void>();
  #held: readonly Held[] = [];
  #sending = new Set<Promise<void>>();

  constructor(send: Send) {
    this.#send = send;
  }

  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly held = (): readonly Held[] => this.#held;

  /** Gives a verdict; one on the same file that still waits is forgotten. */
  give(caseId: string, file: CaseFile, verdict: CaseFileVerdict): void {
    this.#drop(file.id);
    const timer = setTimeout(() => void this.#sendOne(file.id), grace);
    this.#set([...this.#held, { caseId, file, verdict, timer, sent: false }]);
  }

  /** Takes the last verdict back, or that on a file. Returns the file's id; undefined when all were sent. */
  undo(fileId = this.#held.findLast((h) => !h.sent)?.file.id): string | undefined {
    if (!this.#held.some((h) => h.file.id === fileId && !h.sent)) return undefined;
    this.#drop(fileId!);
    return fileId;
  }

  /** Sends everything that waits, and waits for it. */
  async flush(): Promise<void> {
    for (const { file } of this.#held) void this.#sendOne(file.id);
    await Promise.all(this.#sending);
  }

  #sendOne(fileId: string): Promise<void> {
    const held = this.#held.find((h) => h.file.id === fileId);
    if (!held || held.sent) return Promise.resolve();
    clearTimeout(held.timer);
    held.sent = true;
    const { caseId, file, verdict } = held;
    // Still shown until it is stored; it can no longer be undone.
    const sent = this.#send(caseId, file, verdict).finally(() => {
      this.#sending.delete(sent);
      this.#drop(fileId, held);
    });
    this.#sending.add(sent);
    return sent;
  }

  #drop(fileId: string, only?: Held): boolean {
    const held = this.#held.find((h) => h.file.id === fileId && (only === undefined || h === only));
    if (!held) return false;
    clearTimeout(held.timer);
    this.#set(this.#held.filter((h) => h !== held));
    return true;
  }

  #set(held: readonly Held[]): void {
    this.#held = held;
    for (const listener of this.#listeners) listener();
  }
}

let verdicts: Verdicts | undefined;

function sendWith(queries: QueryClient): Send {
  return async (caseId, file, verdict) => {
    try {
      const { data } = await reviewCaseFile({
        path: { case_id: caseId, file_id: file.id }, headers: ifMatch(file.version), body: verdict, throwOnError: true, keepalive: true,
      });
      queries.setQueryData<Case>(getCaseQueryKey({ path: { case_id: caseId } }), data);
      void refresh(queries, 'listCases', 'getCaseStats', 'listCaseEvents');
    } catch (error) {
      toastError(toApiError(error, undefined));
      await refresh(queries, 'getCase');
    }
  };
}

/** The verdicts that wait; they are sent when the page is left. */
export function useVerdicts(): Verdicts {
  const queries = useQueryClient();
  const all = (verdicts ??= new Verdicts(sendWith(queries)));
  useSyncExternalStore(all.subscribe, all.held);
  useEffect(() => {
    const leave = () => void all.flush();
    window.addEventListener('pagehide', leave);
    return () => window.removeEventListener('pagehide', leave);
  }, [all]);
  return all;
}

/** The case as it is once no verdict on it waits: what is changed next is based on that. */
export function useSettled(): (c: Case) => Promise<Case> {
  const queries = useQueryClient();
  const all = useVerdicts();
  return async (c) => {
    if (!all.held().some((h) => h.caseId === c.id)) return c;
    await all.flush();
    return queries.getQueryData<Case>(getCaseQueryKey({ path: { case_id: c.id } })) ?? c;
  };
}

/** A file as it will be once the verdict on it is stored. */
export function judged(file: CaseFile, all: Verdicts): CaseFile {
  const held = all.held().find((h) => h.file.id === file.id);
  if (!held) return file;
  return {
    ...file, review: held.verdict.accepted ? 'accepted' : 'rejected', reject_reason: held.verdict.reason ?? null, reject_note: held.verdict.note ?? null,
  };
}
