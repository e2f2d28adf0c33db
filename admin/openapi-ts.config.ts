import { defineConfig } from '@hey-api/openapi-ts'

// The TypeScript client of the contract; `make generate` runs this.
export default defineConfig({
  input: '../openapi.yaml',
  output: { path: '../gen/ts/src', importFileExtension: '.js' },
  plugins: [
    '@hey-api/client-fetch',
    '@hey-api/typescript',
    '@hey-api/sdk',
    '@tanstack/react-query',
  ],
})
