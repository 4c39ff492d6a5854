import { describe, expect, it } from 'vitest';
import { SaidDigest } from './said-digest.ts';

const line = (text: string) => ({ name: 'Ada', text });

describe('what is said aloud', () => {
  it('is a single line in its own words', () => {
    const digest = new SaidDigest();
    expect(digest.dueAtMs).toBeUndefined();
    digest.add(1_000, [line('hello')]);
    expect(digest.take(1_600)).toBeUndefined();
    expect(digest.take(digest.dueAtMs ?? 0)).toBe('Ada: hello');
    expect(digest.dueAtMs).toBeUndefined();
  });

  it('is one sentence in five seconds, however much comes', () => {
    const digest = new SaidDigest();
    const said: string[] = [];
    for (let ms = 0; ms < 20_000; ms += 50) {
      digest.add(ms, [line(`${ms}`)]);
      const sentence = digest.take(ms);
      if (sentence !== undefined) said.push(sentence);
    }
    expect(said).toHaveLength(4);
    expect(said[1]).toBe('100 new messages, the last from Ada.');
  });
});
