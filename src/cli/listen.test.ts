import { expect, it } from 'vitest';
import type { Member } from '../library/index.ts';
import { Message } from '../library/message.ts';
import { parseNodeId } from '../wire/index.ts';
import { lineOf, recordOf } from './listen.ts';
import { printable } from './printable.ts';

const id = parseNodeId('12345678-0000-8000-8000-000000000000');
const mesh = { members: () => [{ id, attributes: { name: 'kitchen' } } as unknown as Member] };
const message = (...bytes: number[]) => new Message(id, 'text', true, Uint8Array.from(bytes));

it('prints a text as it came for programs, and harmless for people', () => {
  const red = message(...new TextEncoder().encode('a\n\u001b[31mb'));
  expect(recordOf(mesh, red)).toEqual({
    from: id,
    name: 'kitchen',
    message: 'text',
    isBroadcast: true,
    text: 'a\n\u001b[31mb',
  });
  expect(lineOf(mesh, red)).toBe('12345678 kitchen: a\n\ufffd[31mb');
});

it('prints bytes that are no text as base64, or their number', () => {
  expect(recordOf(mesh, message(0xff, 0xfe))).toMatchObject({ base64: '//4=' });
  expect(recordOf(mesh, message(0xff, 0xfe))).not.toHaveProperty('text');
  expect(lineOf(mesh, message(0xff, 0xfe))).toBe('12345678 kitchen: (2 bytes)');
  expect(lineOf({ members: () => [] }, message(65))).toBe('12345678 A device: A');
});

it('lets no character through that a terminal would obey', () => {
  expect(printable('tab\tand\nline, é 日本 🐜')).toBe('tab\tand\nline, é 日本 🐜');
  expect(printable('\r\b\u0007\u009b\u202e\u007f')).toBe('\ufffd'.repeat(6));
});
