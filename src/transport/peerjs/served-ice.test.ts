import { afterEach, describe, expect, it } from 'vitest';
import { seededRandom, type Timers } from '../../runtime/index.ts';
import { LAN_ONLY, readIceAnswer, ServedIce } from './served-ice.ts';

/** One timer that fires when the test says so. */
class OneTimer implements Timers {
  delayMs: number | undefined;
  #callback: () => void = () => undefined;

  after(delayMs: number, callback: () => void): () => void {
    this.delayMs = delayMs;
    this.#callback = callback;
    return () => {
      this.delayMs = undefined;
    };
  }

  fire(): void {
    this.delayMs = undefined;
    this.#callback();
  }
}

/** The server takes the request and never answers. */
const SILENCE = Symbol();
const turn = (username: string) => ({ urls: ['turn:t:1'], username, credential: 'c' });
const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

function served(...answers: readonly unknown[]) {
  const timers = new OneTimer();
  const asked: string[] = [];
  const ice = new ServedIce({
    server: 'http://studio.test/leaf/page?x#y',
    timers,
    random: seededRandom(1),
    getJson: async (url, signal) => {
      asked.push(url.href);
      const answer = answers[asked.length - 1];
      if (answer === SILENCE) {
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      }
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  stops.push(() => ice.close());
  return { ice, timers, asked };
}

/** For what a fired timer set off. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('the servers that the server names', () => {
  it('are asked for beside the page, and used from the first answer on', async () => {
    const { ice, asked, timers } = served({ iceServers: [turn('a')], iceTransportPolicy: 'relay' });
    expect(ice.current).toEqual(LAN_ONLY);
    await ice.start();
    expect(asked).toEqual(['http://studio.test/leaf/api/ice-servers']);
    expect(ice.current).toEqual({ iceServers: [turn('a')], iceTransportPolicy: 'relay' });
    // Nothing in it ends.
    expect(timers.delayMs).toBeUndefined();
  });

  it('are asked for again while their credentials still last', async () => {
    const { ice, timers } = served(
      { iceServers: [turn('a')], validForSeconds: 1_000 },
      { iceServers: [turn('b')], validForSeconds: 1 },
    );
    await ice.start();
    expect(timers.delayMs).toBe(750_000);
    timers.fire();
    await settled();
    expect(ice.current.iceServers).toEqual([turn('b')]);
    // A server that says nonsense is not asked without end.
    expect(timers.delayMs).toBe(10_000);
  });

  it('stay as they were while the server is away, and it is tried again', async () => {
    const { ice, timers } = served(
      { iceServers: [turn('a')], validForSeconds: 1_000 },
      new Error('away'),
      'junk',
      { iceServers: [turn('b')] },
    );
    await ice.start();
    for (const _ of ['away', 'junk']) {
      timers.fire();
      await settled();
      expect(ice.current.iceServers).toEqual([turn('a')]);
      expect(timers.delayMs).toBeGreaterThan(0);
      expect(timers.delayMs).toBeLessThan(20_000);
    }
    timers.fire();
    await settled();
    expect(ice.current.iceServers).toEqual([turn('b')]);
  });

  it('are asked for again when the server says nothing at all', async () => {
    const { ice, timers, asked } = served(SILENCE, { iceServers: [turn('a')] });
    const first = ice.start();
    expect(timers.delayMs).toBe(10_000);
    timers.fire();
    await first;
    expect(timers.delayMs).toBeLessThan(10_000);
    timers.fire();
    await settled();
    expect(asked).toHaveLength(2);
    expect(ice.current.iceServers).toEqual([turn('a')]);
    expect(timers.delayMs).toBeUndefined();
  });

  it('are not waited for any more after close', async () => {
    const { ice, timers } = served(SILENCE);
    const first = ice.start();
    ice.close();
    await first;
    expect(timers.delayMs).toBeUndefined();
  });

  it('are not asked for any more after close', async () => {
    const { ice, timers } = served({ iceServers: [turn('a')], validForSeconds: 1_000 });
    await ice.start();
    ice.close();
    expect(timers.delayMs).toBeUndefined();
  });
});

it('leaves out what a browser would refuse, for it would refuse every connection with it', () => {
  const good = [{ urls: 'stun:s:1' }, turn('a'), { urls: ['stun:s:1', 'stuns:s:2'] }];
  const bad = [
    null,
    7,
    {},
    { urls: [] },
    { urls: 'http://a' },
    { urls: 'turn:t:1' },
    { urls: ['stun:s:1', 'x'] },
    { urls: 'stun:a b' },
    { urls: 'turn:t:70000', username: 'a', credential: 'c' },
    { urls: Array(9).fill('stun:s:1') },
    turn('a'.repeat(509)),
  ];
  expect(readIceAnswer({ iceServers: [...bad, ...good] }).configuration.iceServers).toEqual(good);
  const odd = { ...turn('a'), credentialType: 'oauth' };
  expect(readIceAnswer({ iceServers: [odd] }).configuration.iceServers).toEqual([turn('a')]);
  expect(readIceAnswer({ iceServers: Array(50).fill(good[0]) }).configuration.iceServers).toHaveLength(16);
  expect(readIceAnswer({ iceServers: [], iceTransportPolicy: 'x' }).configuration).toEqual(LAN_ONLY);
  for (const answer of [undefined, null, 'x', {}, { iceServers: 7 }])
    expect(() => readIceAnswer(answer)).toThrow();
});
