import { describe, expect, it } from 'vitest';
import type { UpdateHash } from '../../services/rooms/index.ts';
import { type Unsaid, UnsaidWords, wordsOf } from './unsaid-words.ts';

const link = { kind: 'render', job: 'a job', title: 'a render' } as const;

/** Said, and not answered yet. */
function pending(words: UnsaidWords) {
  const said: Unsaid[] = [];
  let answer = (_isIn: boolean): void => {};
  const done = words.say('chat', (unsaid) => {
    said.push(unsaid);
    return new Promise((resolve) => {
      answer = resolve;
    });
  });
  const answered = (isIn: boolean): Promise<void> => {
    answer(isIn);
    return done;
  };
  return { said, answered };
}

describe('words that are not said yet', () => {
  it('are kept for each place', () => {
    const words = new UnsaidWords();
    words.type('chat', 'half a');
    words.type('look', 'Dusk');
    words.type('chat', 'half a line');
    expect(words.at('chat').value.text).toBe('half a line');
    words.forget('chat');
    expect([words.at('chat').value.text, words.at('look').value.text]).toEqual(['', 'Dusk']);
  });

  it('are gone as they are said', async () => {
    const words = new UnsaidWords();
    words.at('chat').value = { text: 'look', link };
    const { said, answered } = pending(words);
    expect([said, words.at('chat').value]).toEqual([[{ text: 'look', link }], { text: '', link: null }]);
    await answered(true);
    expect(words.at('chat').value).toEqual({ text: '', link: null });
  });

  it('are back with what they carry when they are refused', async () => {
    const words = new UnsaidWords();
    words.at('chat').value = { text: '', link };
    await pending(words).answered(false);
    expect(words.at('chat').value).toEqual({ text: '', link });
  });

  it('leave alone what was typed meanwhile', async () => {
    const words = new UnsaidWords();
    words.at('chat').value = { text: 'the first', link };
    const { answered } = pending(words);
    words.type('chat', 'the second');
    await answered(false);
    expect(words.at('chat').value).toEqual({ text: 'the second', link: null });
  });

  it('are given back where they were said, when others took their place, unless one types there', () => {
    const words = new UnsaidWords();
    const [place, said] = wordsOf({ say: 'look', link, name: 'Ada' }) ?? [];
    if (!place || !said) throw new Error('a line has words');
    words.giveBack(place, said);
    expect(words.at('chat').value).toEqual({ text: 'look', link });
    words.giveBack('chat', { text: 'older', link: null });
    expect(words.at('chat').value.text).toBe('look');
    expect(wordsOf({ vote: null })).toBeUndefined();
  });

  it('go from the thread of a pin that was removed to the chat, behind what stands there, also when they are refused later', () => {
    const words = new UnsaidWords();
    const [gone, there] = ['a'.repeat(64), 'b'.repeat(64)] as [UpdateHash, UpdateHash];
    words.at('chat').value = { text: 'look', link };
    for (const pin of [gone, there]) words.type(pin, `answer ${pin[0]}`);
    expect(words.keepThreads(new Set([gone, there]))).toBe(false);
    expect(words.keepThreads(new Set([there]))).toBe(true);
    expect(words.keepThreads(new Set([there]))).toBe(false);
    expect(words.at(there).value.text).toBe('answer b');
    words.giveBack(gone, { text: 'and this', link: null });
    expect(words.at('chat').value).toEqual({ text: 'look\nanswer a\nand this', link });
  });
});
