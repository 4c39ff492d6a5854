import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Transport } from '../transport/index.ts';
import { type CreateTransport, joinOver } from './join.ts';

const INVITE = `http://studio.test/#amber-otter-river.${'A'.repeat(22)}`;
let asked = 0;
/** No transport is to be made. */
const never: CreateTransport = () => expect.unreachable();
const code = (error: { readonly code?: string }): string | undefined => error.code;

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

it('gives up at once when its caller does, though the server keeps silent', async () => {
  vi.stubGlobal('fetch', (_: URL, { signal }: { readonly signal: AbortSignal }) => {
    asked++;
    return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  });
  expect(await joinOver(never, INVITE, { signal: AbortSignal.abort() }).catch(code)).toBe('cancelled');
  expect(asked).toBe(0);

  const caller = new AbortController();
  const joining = joinOver(never, INVITE, { signal: caller.signal }).catch(code);
  await vi.advanceTimersByTimeAsync(100);
  expect(asked).toBe(1);
  caller.abort();
  expect(await joining).toBe('cancelled');
  expect(vi.getTimerCount()).toBe(0);
});

it('asks for STUN and TURN servers within half of the time that its caller has', async () => {
  vi.stubGlobal('fetch', () => new Promise(() => undefined));
  let madeMs: number | undefined;
  const startedMs = Date.now();
  const create: CreateTransport = () => {
    madeMs = Date.now() - startedMs;
    throw new Error('enough');
  };
  const joining = joinOver(create, INVITE, { timeoutMs: 500 }).catch(() => undefined);
  await vi.advanceTimersByTimeAsync(500);
  await joining;
  expect(madeMs).toBe(250);
});

it.each([
  ['a text', 'stun:x'],
  ['an object', { iceServers: [] }],
  ['no scheme', [{ urls: 'x:3478' }]],
  ['an older word', [{ url: 'stun:x' }]],
  ['no address', [{ urls: [] }]],
  ['nothing', [null]],
  ['TURN without credentials', [{ urls: ['stun:x', 'turn:x'] }]],
])('refuses STUN and TURN servers with which no connection could ever be made: %s', async (_, iceServers) => {
  expect(await joinOver(never, INVITE, { iceServers: iceServers as never }).catch(code)).toBe(
    'bad-ice-server',
  );
});

it.each([0, -1, Number.NaN, '5'])('refuses to wait %s ms', async (timeoutMs) => {
  expect(await joinOver(never, INVITE, { timeoutMs: timeoutMs as never }).catch(code)).toBe('bad-timeout');
});
