import { client } from '@msia/client/client';

import { toApiError } from './problem';

/** Makes the generated client talk to this page's own server and throw ApiError. */
export function setUpClient(): void {
  client.setConfig({ baseUrl: '', throwOnError: true });
  client.interceptors.error.use((error, response) => toApiError(error, response));
}

/** The If-Match of a resource read at a version. */
export function ifMatch(version: number): { 'If-Match': string } {
  return { 'If-Match': `"${version}"` };
}
