import type { Image } from '@msia/client';

import { ApiError } from './problem';

/** The most that the server takes. */
export const maxUpload = 10 * (1 << 20);

/** Sends one picture to the library. Not with fetch, which cannot tell how much was sent. */
export function sendImage(file: File, category: string | undefined, onProgress: (share: number) => void, signal: AbortSignal): Promise<Image> {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open('POST', `/api/images/upload${category ? `?category=${encodeURIComponent(category)}` : ''}`);
    request.responseType = 'json';
    request.upload.onprogress = (e) => { if (e.lengthComputable) onProgress(e.loaded / e.total); };
    request.onload = () => {
      if (request.status === 201) done(request.response as Image);
      else failed(new ApiError(request.status, (request.response ?? {}) as object, request.getResponseHeader('X-Request-ID') ?? ''));
    };
    request.onerror = () => failed(new ApiError(0, {}, ''));
    request.onabort = () => failed(new DOMException('aborted', 'AbortError'));
    signal.addEventListener('abort', () => request.abort());
    const form = new FormData();
    form.append('file', file);
    request.send(form);
  });
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
