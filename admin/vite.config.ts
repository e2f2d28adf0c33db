import react from '@vitejs/plugin-react';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// The server puts a fresh value in place of this with every page it serves.
const noncePlaceholder = '__CSP_NONCE__';

export default defineConfig({
  plugins: [react()],
  resolve: {
    alias: {
      '@msia/client/query': at('../gen/ts/src/@tanstack/react-query.gen.ts'),
      '@msia/client/client': at('../gen/ts/src/client.gen.ts'),
      '@msia/client': at('../gen/ts/src/index.ts'),
      '@': at('./src'),
    },
    // The client's query options must use the same copy as the pages.
    dedupe: ['@tanstack/react-query'],
  },
  html: { cspNonce: noncePlaceholder },
  build: {
    outDir: 'dist/ui',
    target: 'es2023',
    chunkSizeWarningLimit: 600,
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    rolldownOptions: {
      output: {
        // Few files: what the first page needs, what several pages share, each page, and the seldom seen ones together.
        codeSplitting: {
          groups: [
            { name: 'app', tags: ['$initial'] },
            { name: 'parts', test: /node_modules|src\/(parts|lib)/, minShareCount: 10 },
            { name: 'admin', test: /src\/pages\/admin\// },
            { name: 'more', test: /node_modules|src\/(parts|lib)/, minShareCount: 2 },
          ],
        },
      },
    },
  },
  server: {
    port: 5173,
    proxy: Object.fromEntries(
      ['/api', '/docs', '/riverui', '/openapi.yaml', '/healthz', '/readyz'].map((path) => [
        path,
        { target: process.env.MSIA_DEV_API ?? 'http://127.0.0.1:8080' },
      ]),
    ),
  },
});
