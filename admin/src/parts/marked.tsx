import '@mantine/core/styles/Mark.css';

import { Mark } from '@mantine/core';
import { Fragment, type ReactNode } from 'react';

/** A text with parts of it marked: [start, end) in code points, as the server counts. */
export function Marked({ text, spans }: { text: string; spans: number[][] }) {
  const points = Array.from(text);
  const out: ReactNode[] = [];
  let at = 0;
  for (const [from, to] of [...spans].sort((a, b) => a[0]! - b[0]!) as [number, number][]) {
    if (from < at) continue;
    out.push(<Fragment key={from}>{points.slice(at, from).join('')}<Mark>{points.slice(from, to).join('')}</Mark></Fragment>);
    at = to;
  }
  return <span className="prewrap">{out}{points.slice(at).join('')}</span>;
}
