import type { ComponentType } from 'react';

/** Pages by their address; `$id` stands for one part of it. Each is loaded when it is first looked at. */
export type Pages = Record<string, () => Promise<{ default: ComponentType }>>;
