import type { Image } from '@msia/client';

import { ApiError } from './problem';

/** The most that the server takes. */
export const maxUpload = 10 * (1 << 20);

/** Sends a form with a file. Not with fetch, which cannot tell how much was sent. */
export function sendForm<T>(to: string, fields: Record<string, string | File>, onProgress: (share: number) => void, signal: AbortSignal): Promise<T> {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open('POST', to);
    request.responseType = 'json';
    request.upload.onprogress = (e) => { if (e.lengthComputable) onProgress(e.loaded / e.total); };
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) done(request.response as T);
      else failed(new ApiError(request.status, (request.response ?? {}) as object, request.getResponseHeader('X-Request-ID') ?? ''));
    };
    request.onerror = () => failed(new ApiError(0, {}, ''));
    request.onabort = () => failed(new DOMException('aborted', 'AbortError'));
    signal.addEventListener('abort', () => request.abort());
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    request.send(form);
  });
}

/** Sends one picture to the library. */
export function sendImage(file: File, category: string | undefined, onProgress: (share: number) => void, signal: AbortSignal): Promise<Image> {
  return sendForm(`/api/images/upload${category ? `?category=${encodeURIComponent(category)}` : ''}`, { file }, onProgress, signal);
}

/** Why a picture was refused. */
export function whyRefused(error: ApiError): string {
  switch (error.code) {
    case 'invalid_file_type':
      return 'No es una foto: sirven JPEG, PNG, WebP y HEIC.';
    case 'file_too_large':
      return 'Es demasiado grande: como mucho 10 MB y 50 megapíxeles.';
    case 'broken_image':
      return 'El archivo está dañado o incompleto.';
    default:
      return error.status === 429 ? 'El servidor está ocupado con otras fotos. Vuelva a intentarlo en unos segundos.' : error.message;
  }
}
