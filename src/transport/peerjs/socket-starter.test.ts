import { afterEach, expect, it, vi } from 'vitest';
import { SocketStarter } from './socket-starter.ts';

const HEALTH = 'http://leaf.example/healthz';

afterEach(() => {
  vi.unstubAllGlobals();
});

function starter(pageOrigin: string | undefined) {
  const calls: string[] = [];
  let answer: (error?: Error) => void = () => undefined;
  vi.stubGlobal('location', pageOrigin && { origin: pageOrigin });
  vi.stubGlobal('fetch', (url: string) => {
    calls.push(`fetch ${url}`);
    return new Promise((resolve, reject) => {
      answer = (error) => (error ? reject(error) : resolve(new Response('ok')));
    });
  });
  const socket = new SocketStarter(HEALTH, {
    start: () => calls.push('start'),
    fail: () => calls.push('fail'),
  });
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return {
    socket,
    calls,
    answer: (error?: Error) => {
      answer(error);
      return settled();
    },
  };
}

it('opens the first socket straight away, and every one where plain requests are not allowed or needed', () => {
  for (const origin of [undefined, 'http://elsewhere.example']) {
    const { socket, calls } = starter(origin);
    socket.start();
    socket.stop();
    socket.start();
    expect(calls).toEqual(['start', 'start']);
  }
});

it('asks by a plain request whether a server that was away is back, and opens the socket when it is', async () => {
  const { socket, calls, answer } = starter('http://leaf.example');
  socket.start();
  socket.stop();
  socket.start();
  expect(calls).toEqual(['start', `fetch ${HEALTH}`]);
  await answer(new TypeError('refused'));
  expect(calls.at(-1)).toBe('fail');
  socket.stop();
  socket.start();
  await answer();
  expect(calls.slice(2)).toEqual(['fail', `fetch ${HEALTH}`, 'start']);
});

it('does nothing with the answer to a request that was given up', async () => {
  const { socket, calls, answer } = starter('http://leaf.example');
  socket.stop();
  socket.start();
  socket.stop();
  await answer();
  expect(calls).toEqual([`fetch ${HEALTH}`]);
});
