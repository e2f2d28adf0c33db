import { crc32, deflateSync } from 'node:zlib';

import { createCase, createCustomer, getCase, listCases, listConversations, listEscalations, updateCase, uploadCaseFile } from '../../gen/ts/src';
import type { Case } from '../../gen/ts/src';
import type { Api } from './places';
import { sleep } from './msia';

/** A picture that is another one for every seed. */
export function picture(seed: number, width = 640, height = 480): File {
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * (1 + width * 3) + 1 + x * 3;
      const line = (x + y * seed) % 97 < 6 || Math.hypot(x - width / 2, y - height / 2) < 40 + seed * 7 % 90;
      rows[at] = line ? 230 : 40 + (seed * 53) % 120;
      rows[at + 1] = line ? 225 : 60 + (y * 90) / height;
      rows[at + 2] = line ? 210 : 90 + (x * 110) / width;
    }
  }
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length);
    body.copy(out, 4);
    out.writeUInt32BE(crc32(body), body.length + 4);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const png = Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
  return new File([png], `foto-${seed}.png`, { type: 'image/png' });
}

/** Uploads a picture for everything that is missing of the case, at most so many. */
export async function uploadMissing(api: Api, id: string, most = Infinity): Promise<Case> {
  let c = (await getCase({ client: api, path: { case_id: id }, throwOnError: true })).data;
  for (let n = 0; n < most; n++) {
    const missing = c.missing.find((m) => m.kind !== 'field');
    if (!missing) break;
    c = (await uploadCaseFile({
      client: api, path: { case_id: id }, throwOnError: true,
      body: { file: picture(n + 1), element_code: missing.kind === 'photo' ? missing.section.replace('element:', '') : undefined, slot_code: missing.key },
    })).data;
  }
  return c;
}

/** A case opened by staff, with photos of everything. */
export async function openCase(api: Api, name: string, photos = Infinity): Promise<Case> {
  const customer = (await createCustomer({ client: api, body: { first_name: name, last_name: 'Prueba', client_type: 'particular' }, throwOnError: true })).data;
  const c = (await createCase({ client: api, body: { customer_id: customer.id, category: 'motos-part', elements: [{ code: 'ESCAPE' }, { code: 'ESTRIBERAS' }] }, throwOnError: true })).data;
  await updateCase({ client: api, path: { case_id: c.id }, body: { data: { personal: { first_name: name, last_name: 'Prueba' } } }, throwOnError: true });
  return uploadMissing(api, c.id, photos);
}

/** Asks until it is so. */
export async function until<T>(ask: () => Promise<T | undefined | false>, what: string): Promise<T> {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await sleep(100)) {
    const got = await ask();
    if (got) return got;
  }
  throw new Error(`in vain: ${what}`);
}

/** The first case there is to work on, opened when there is none. */
export async function someCase(api: Api): Promise<Case> {
  const [first] = (await listCases({ client: api, query: { status: ['pending_review', 'in_progress'], limit: 1 }, throwOnError: true })).data.items;
  if (!first) return openCase(api, 'Marta');
  return (await getCase({ client: api, path: { case_id: first.id }, throwOnError: true })).data;
}

export const conversationOf = async (api: Api, q: string) => (await listConversations({ client: api, query: { q }, throwOnError: true })).data.items[0];
export const openEscalations = async (api: Api) => (await listEscalations({ client: api, throwOnError: true })).data.items;
