// Prices a set of modifications and says what it needs: node example.mjs motos-part ESCAPE MANILLAR
// MSIA_URL is where the server is; MSIA_API_KEY is needed only for what is not public.
import { calculateQuote, listCases } from '@msia/client';
import { client } from '@msia/client/client';

client.setConfig({ baseUrl: process.env.MSIA_URL ?? 'http://127.0.0.1:8080', auth: process.env.MSIA_API_KEY });

const [category = 'motos-part', ...codes] = process.argv.slice(2);
const { data: quote, error } = await calculateQuote({ body: { category, elements: codes.map((code) => ({ code })) } });
if (error) {
  console.error(error.detail ?? error);
  process.exit(1);
}
console.log(`${quote.tier.code} ${quote.subtotal} + IVA = ${quote.total} ${quote.currency}`);
for (const { element_code, description } of quote.documentation) console.log(`- ${element_code ?? 'base'}: ${description}`);

if (process.env.MSIA_API_KEY) {
  const { data: cases } = await listCases({ query: { limit: 5 }, throwOnError: true });
  for (const c of cases.items) console.log(c.number, c.status, c.customer_name);
}
