import type { Problem } from '@msia/client';

import { detailOf, sentenceOf } from './spanish';

/** What the server, or the way to it, had against a request. Every call of the client throws this. */
export class ApiError extends Error {
  /** HTTP status; 0 when the server was not reached. */
  readonly status: number;
  /** Stable name to branch on; `offline` when the server was not reached. */
  readonly code: string;
  /** Names the request in the server's log. */
  readonly requestId: string;
  readonly problem: Partial<Problem>;

  constructor(status: number, problem: Partial<Problem>, requestId: string) {
    super(problem.detail ? sentenceOf(problem.code, problem.detail) : sentence(status));
    this.name = 'ApiError';
    this.status = status;
    this.code = problem.code ?? (status === 0 ? 'offline' : 'unknown');
    this.requestId = requestId;
    this.problem = problem;
  }

  /** Whether asking again, unchanged, may help. */
  get passing(): boolean {
    return this.status === 0 || this.status === 503 || this.status === 502 || this.status === 504;
  }
}

/** Reads what a failed fetch leaves: a problem document, some other body, or an exception. */
export function toApiError(error: unknown, response: Response | undefined): ApiError {
  if (error instanceof ApiError) return error;
  const problem = typeof error === 'object' && error !== null && 'detail' in error ? (error as Partial<Problem>) : {};
  return new ApiError(response?.status ?? 0, problem, response?.headers.get('X-Request-ID') ?? problem.instance ?? '');
}

function sentence(status: number): string {
  switch (status) {
    case 0:
      return 'No hay conexión con el servidor. Compruebe la red y vuelva a intentarlo.';
    case 401:
      return 'La sesión ha terminado.';
    case 403:
      return 'Su cuenta no puede hacer esto.';
    case 404:
      return 'No existe o ya no está.';
    case 413:
      return 'Es demasiado grande.';
    case 503:
      return 'El servidor está ocupado. Vuelva a intentarlo en unos segundos.';
    default:
      return `El servidor ha respondido con un error (${status}).`;
  }
}

/** Field errors by form path: `/fields/0/name` is `fields.0.name`. The first of each field counts. */
export function fieldErrors(error: ApiError): Record<string, string> {
  const out: Record<string, string> = {};
  for (const { pointer, detail } of error.problem.errors ?? []) {
    const path = pointer.split('/').filter(Boolean).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~')).join('.');
    if (path && !(path in out)) out[path] = detailOf(detail);
  }
  return out;
}

/** An error as a form sees it whose fields are members of one part of the body: `/data/personal/nif` is `nif` within `/data/personal`. */
export function errorWithin(error: ApiError, part: string): ApiError {
  const errors = error.problem.errors?.map((e) => (e.pointer.startsWith(`${part}/`) ? { ...e, pointer: e.pointer.slice(part.length) } : e));
  return new ApiError(error.status, { ...error.problem, errors }, error.requestId);
}
