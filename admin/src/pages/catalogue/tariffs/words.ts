import type { ClientType, WarningScope } from '@msia/client';

import type { Option } from '@/parts/filters';

export const clientTypes: Option<ClientType>[] = [{ value: 'particular', label: 'Particular' }, { value: 'professional', label: 'Profesional' }];

export const clientTypeNames: Record<ClientType, string> = { particular: 'Particular', professional: 'Profesional' };

/** The kinds of vehicle that the assistant knows; staff may add others. */
export const vehicleKinds: Record<string, string> = { motorcycle: 'Motocicleta', motorhome: 'Autocaravana', car: 'Turismo', quad: 'Quad', van: 'Furgoneta' };

export const vehicleKindName = (kind: string): string => vehicleKinds[kind] ?? kind;

export const scopes: Record<WarningScope, string> = { global: 'Todas las categorías', category: 'Toda la categoría', tier: 'Un tramo', element: 'Un elemento' };

/** "sin límite", "hasta 2". */
export const limit = (max: number | null): string => (max === null ? 'sin límite' : `hasta ${max}`);
