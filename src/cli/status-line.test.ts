import { describe, expect, it } from 'vitest';
import { StatusLine } from './status-line.ts';

/** What a person sees of it: the finished lines, and the one the cursor is on. */
function screen(isTTY: boolean, columns = 20) {
  let written = '';
  const line = new StatusLine({ isTTY, columns, write: (text) => (written += text) });
  return { line, shown: () => written.split('\n').map((row) => row.split('\r\x1b[K').at(-1)) };
}

describe('the status line', () => {
  it('is drawn again in place, never wider than the terminal', () => {
    const { line, shown } = screen(true, 10);
    line.show('one');
    line.show('two, and much more');
    expect(shown()).toEqual(['two, and ']);
    line.clear();
    expect(shown()).toEqual(['']);
  });

  it('stays below the lines that are printed', () => {
    const { line, shown } = screen(true);
    line.print('before');
    line.show('status');
    line.print('first');
    line.print('second');
    expect(shown()).toEqual(['before', 'first', 'second', 'status']);
  });

  it('is nothing in a log, where only lines are', () => {
    const { line, shown } = screen(false);
    line.show('status');
    line.print('first');
    line.clear();
    expect(shown()).toEqual(['first', '']);
  });
});
