import { ActionIcon, Group, Pill, TagsInput, type TagsInputProps, Text } from '@mantine/core';
import { type ReactNode, useState } from 'react';

import { fold, tidy } from '@/lib/fold';

import { IconX } from './icons';

type Props = Pick<TagsInputProps, 'label' | 'description' | 'placeholder' | 'error' | 'readOnly' | 'onFocus' | 'onBlur' | 'required'> & {
  value: string[];
  onChange: (value: string[]) => void;
  /** Of one phrase. */
  maxLength?: number;
  /** At most so many. */
  max?: number;
  /** Phrases that are elsewhere already, by what is said of them: { 'Alias': [...] }. */
  elsewhere?: Record<string, string[]>;
  /** Said of a phrase beside it, such as who else has it. */
  note?: (phrase: string) => ReactNode;
};

/** Phrases as they are typed, with Enter or a comma after each, or pasted many at once. Phrases that differ only in accents or case are the same. */
export function Tags({ value, onChange, maxLength = 100, max = 200, elsewhere = {}, note, description, readOnly, ...rest }: Props) {
  const [refused, setRefused] = useState<string[]>([]);
  const whyNot = (phrase: string, among: string[]): string | undefined => {
    const key = fold(phrase);
    if (key === '') return undefined;
    if (tidy(phrase).length > maxLength) return `«${tidy(phrase).slice(0, 30)}…» pasa de ${maxLength} caracteres`;
    const there = Object.entries(elsewhere).find(([, phrases]) => phrases.some((one) => fold(one) === key));
    if (there) return `«${tidy(phrase)}» ya está en ${there[0]}`;
    return among.some((one) => fold(one) === key) ? `«${tidy(phrase)}» ya está` : undefined;
  };
  const notes = note && value.flatMap((phrase) => {
    const said = note(phrase);
    return said ? [<Text key={phrase} size="xs" component="li">«{phrase}»: {said}</Text>] : [];
  });
  return (
    <div>
      <TagsInput
        {...rest} value={value} readOnly={readOnly} maxTags={max} splitChars={[',', ';', '\n', '\r', '\t']}
        description={description ?? (readOnly ? undefined : 'Intro o coma después de cada una; se pueden pegar varias.')}
        onChange={(next) => onChange(next.map(tidy).filter((phrase) => phrase !== ''))}
        isDuplicate={(phrase, among) => whyNot(phrase, among) !== undefined}
        onDuplicate={(phrase) => setRefused((before) => [...before, whyNot(phrase, [...value, phrase]) ?? ''].slice(-5))}
        onMaxTags={() => setRefused([`No caben más de ${max}`])}
        onKeyDown={() => setRefused([])} onPaste={() => setRefused([])}
        renderPill={({ value: phrase, onRemove }) => (
          <Pill size="md" component="span" styles={{ root: { display: 'inline-flex', alignItems: 'center' }, label: { display: 'inline-flex', alignItems: 'center', gap: 4 } }}>
            {phrase}
            {!readOnly && (
              <ActionIcon size={24} mr={-8} onClick={onRemove} aria-label={`Quitar ${phrase}`} color="gray"><IconX size={13} /></ActionIcon>
            )}
          </Pill>
        )}
      />
      <Group gap="md" mt={2} role="status">
        {refused.length > 0 && <Text size="xs" c="dimmed">{refused.join(' · ')}</Text>}
      </Group>
      {notes && notes.length > 0 && <ul style={{ margin: '4px 0 0', paddingInlineStart: 18 }}>{notes}</ul>}
    </div>
  );
}
