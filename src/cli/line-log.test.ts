import { expect, it } from 'vitest';
import { lineLog } from './line-log.ts';

it('writes one line with time and level, from the level that was asked for', () => {
  const lines: string[] = [];
  const sink = lineLog(
    'info',
    (line) => lines.push(line),
    () => 0,
  );
  sink('debug', 'unseen');
  sink('info', 'GET / 200 1 ms');
  sink('error', 'it failed', new Error('for a reason'));
  expect(lines).toEqual([
    '1970-01-01T00:00:00.000Z info GET / 200 1 ms',
    '1970-01-01T00:00:00.000Z error it failed: for a reason',
  ]);
});
