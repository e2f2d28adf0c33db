import type { WarningTrigger, WarningTriggerInput } from '@msia/client';

export type TriggerKind = 'element_code' | 'tier_code' | 'keyword' | 'min_quantity';
/** A condition as it is edited. */
export type Condition = { kind: TriggerKind; value: string };

export const triggerKinds: Record<TriggerKind, string> = {
  element_code: 'Pide el elemento', tier_code: 'Sale el tramo', keyword: 'Escribe las palabras', min_quantity: 'Pide al menos (unidades)',
};

export function toCondition(trigger: WarningTrigger): Condition {
  const [kind, value] = Object.entries(trigger).find(([, v]) => v !== undefined && v !== null)! as [TriggerKind, string | number];
  return { kind, value: String(value) };
}

export const toTrigger = ({ kind, value }: Condition): WarningTriggerInput =>
  kind === 'min_quantity' ? { min_quantity: Number(value) } : { [kind]: value.trim() };

/** "pide ESCAPE, o escribe «sin placa»"; "siempre" without conditions. */
export function whenText(triggers: WarningTrigger[], name: (code: string) => string): string {
  if (triggers.length === 0) return 'siempre';
  return triggers.map((t) => {
    const { kind, value } = toCondition(t);
    switch (kind) {
      case 'element_code': return `pide ${name(value)}`;
      case 'tier_code': return `sale el tramo ${value}`;
      case 'keyword': return `escribe «${value}»`;
      case 'min_quantity': return `pide ${value} unidades o más`;
    }
  }).join(', o ');
}
