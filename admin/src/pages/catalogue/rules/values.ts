import type { ResponseRule, ResponseRuleAction, ResponseRuleCreate } from '@msia/client';

import { errorsOf, required } from '../values';

export type RuleValues = { name: string; pattern: string; category: string; action: ResponseRuleAction; answer: string; reason: string; is_active: boolean };

export const newRule: RuleValues = { name: '', pattern: '', category: '', action: 'answer', answer: '', reason: '', is_active: true };

export const readRule = (r: ResponseRule): RuleValues => ({ name: r.name, pattern: r.pattern, category: r.category ?? '', action: r.action, answer: r.answer ?? '', reason: r.reason ?? '', is_active: r.is_active });

/** Only the text of the action it has. */
export const writeRule = (v: RuleValues) => ({
  name: v.name.trim(), pattern: v.pattern, category: v.category || null, action: v.action, is_active: v.is_active,
  answer: v.action === 'answer' ? v.answer.trim() : null,
  reason: v.action === 'hand_over' ? v.reason.trim() : null,
}) satisfies ResponseRuleCreate;

export const checkRule = (v: RuleValues): Record<string, string> => errorsOf({
  name: required(v.name),
  pattern: required(v.pattern),
  answer: v.action === 'answer' ? required(v.answer) : null,
  reason: v.action === 'hand_over' ? required(v.reason) : null,
});

export const actions: Record<ResponseRuleAction, string> = { answer: 'Contestar', hand_over: 'Pasar a una persona' };

export const ruleLabels: Record<keyof RuleValues, string> = { name: 'Nombre', pattern: 'Expresión regular', category: 'Tarifa', action: 'Qué hace', answer: 'Respuesta', reason: 'Motivo', is_active: 'Activa' };
