import { TextInput, type TextInputProps } from '@mantine/core';
import type { Ref } from 'react';

/** An amount in euros, typed with a decimal comma; lib/format's parseMoney reads it. */
export function MoneyInput({ ref, ...props }: TextInputProps & { ref?: Ref<HTMLInputElement> }) {
  return <TextInput ref={ref} inputMode="decimal" autoComplete="off" maxLength={16} rightSection={<span aria-hidden>€</span>} styles={{ input: { textAlign: 'end' } }} classNames={{ input: 'nums' }} {...props} />;
}
