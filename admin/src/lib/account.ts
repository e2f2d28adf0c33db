import type { Role, SignedIn } from '@msia/client';
import { getSignedInOptions } from '@msia/client/query';
import { useSuspenseQuery } from '@tanstack/react-query';

const rank: Record<Role, number> = { viewer: 0, editor: 1, admin: 2 };

/** Whether a role includes another. The server decides; this only hides what it would refuse. */
export const allows = (role: Role, needed: Role): boolean => rank[role] >= rank[needed];

/** Who is signed in. Only inside the shell, which waits for it. */
export function useSignedIn(): SignedIn {
  return useSuspenseQuery(getSignedInOptions()).data;
}

/** Whether who is signed in may do what needs this role. */
export function useMay(needed: Role): boolean {
  return allows(useSignedIn().role, needed);
}

export const roleNames: Record<Role, string> = { viewer: 'Lectura', editor: 'Edición', admin: 'Administración' };
