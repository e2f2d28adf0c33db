import type { StaffMember } from '@msia/client';
import { listStaffOptions } from '@msia/client/query';
import { useQuery } from '@tanstack/react-query';

export type Staff = {
  /** What an account is called; '' until it is known. */
  name: (id: string) => string;
  /** Who can be given something: active, and allowed to change it. */
  options: { value: string; label: string }[];
};

/** The people who work here. */
export function useStaff(): Staff {
  const all: StaffMember[] = useQuery({ ...listStaffOptions(), staleTime: 300_000 }).data ?? [];
  return {
    name: (id) => all.find((person) => person.id === id)?.name ?? '',
    options: all.filter((person) => person.is_active && person.role !== 'viewer').map((person) => ({ value: person.id, label: person.name })),
  };
}
