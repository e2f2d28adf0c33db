import { defineConfig, mergeConfig } from 'vitest/config';

import vite from './vite.config.ts';

// Two kinds: units in src/, beside what they test, and flows in tests/, in a real browser on bin/msia.
export default mergeConfig(vite, defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: 'unit', include: ['src/**/*.test.{ts,tsx}'], environment: 'happy-dom' } },
      {
        extends: true,
        test: {
          name: 'browser', include: ['tests/**/*.test.ts'], environment: 'node', globalSetup: ['tests/setup.ts'],
          testTimeout: 60_000, hookTimeout: 120_000, maxWorkers: 2, sequence: { groupOrder: 1 },
        },
      },
    ],
  },
}));
