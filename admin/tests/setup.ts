import type { TestProject } from 'vitest/node';

import { Msia } from './msia';

declare module 'vitest' {
  interface ProvidedContext {
    template: string;
  }
}

/** Prepares one data folder, with the default catalogue and the demo's conversations; every test file works on a copy. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await Msia.start();
  server.run('seed', '--demo');
  await server.stop(true);
  project.provide('template', server.data);
  return () => server.stop();
}
