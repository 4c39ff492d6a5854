import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Transport } from '../transport/index.ts';
import { type CreateTransport, joinOver } from './join.ts';

const INVITE = `http://studio.test/#amber-otter-river.${'A'.repeat(22)}`;
let asked = 0;

beforeEach(() => {
  asked = 0;
  vi.useFakeTimers();
  // The server says nothing of STUN and TURN, so it is asked again.
  vi.stubGlobal('fetch', async () => {
    asked++;
    return new Response('', { status: 503 });
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

async function expectNothingLeft(create: CreateTransport, info = {}): Promise<void> {
  await expect(joinOver(create, INVITE, { info })).rejects.toThrow();
  const before = asked;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toBe(before);
  expect(vi.getTimerCount()).toBe(0);
}

it('leaves nothing behind when no transport can be made', async () => {
  await expectNothingLeft(() => {
    throw new Error('this process has no WebRTC');
  });
});

it('leaves nothing behind when what it is to say of this Node is too much', async () => {
  let isClosed = false;
  const create: CreateTransport = ({ self, onClosed }) => {
    const close = (): void => {
      isClosed = true;
      onClosed?.();
    };
    return { self, close } as unknown as Transport;
  };
  await expectNothingLeft(create, { text: 'a'.repeat(2_000) });
  expect(isClosed).toBe(true);
});
