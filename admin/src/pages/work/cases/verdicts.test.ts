import type { CaseFile, CaseFileVerdict } from '@msia/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { grace, judged, Verdicts } from './verdicts';

const file = (id: string) => ({ id, version: 1, review: 'pending', reject_reason: null, reject_note: null }) as CaseFile;
const [a, b] = [file('a'), file('b')];
const good: CaseFileVerdict = { accepted: true };
const bad: CaseFileVerdict = { accepted: false, reason: 'blurry', note: null };

let sent: [string, CaseFileVerdict][];
let release: (() => void)[];
let verdicts: Verdicts;

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  release = [];
  verdicts = new Verdicts((_case, { id }, verdict) => {
    sent.push([id, verdict]);
    return new Promise((done) => release.push(done));
  });
});
afterEach(() => vi.useRealTimers());

test('a verdict is shown at once and sent when there were no second thoughts', async () => {
  verdicts.give('case', a, bad);
  expect(judged(a, verdicts)).toMatchObject({ review: 'rejected', reject_reason: 'blurry' });
  vi.advanceTimersByTime(grace - 1);
  expect(sent).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(sent).toEqual([['a', bad]]);
  expect(verdicts.undo()).toBeUndefined(); // too late
  expect(judged(a, verdicts).review).toBe('rejected');
  release[0]!();
  await vi.runAllTimersAsync();
  expect(verdicts.held()).toEqual([]);
});

test('the last one is taken back first; a second one on the same file takes its place', () => {
  verdicts.give('case', a, good);
  verdicts.give('case', b, bad);
  expect(verdicts.undo()).toBe('b');
  verdicts.give('case', a, bad);
  vi.advanceTimersByTime(grace);
  expect(sent).toEqual([['a', bad]]);
});

test('flushing sends each once and waits for the answers', async () => {
  verdicts.give('case', a, good);
  verdicts.give('case', b, good);
  const flushed = vi.fn();
  void verdicts.flush().then(flushed);
  await vi.advanceTimersByTimeAsync(grace);
  expect(sent.map(([id]) => id)).toEqual(['a', 'b']);
  expect(flushed).not.toHaveBeenCalled();
  for (const done of release) done();
  await vi.runAllTimersAsync();
  expect(flushed).toHaveBeenCalledOnce();
});
