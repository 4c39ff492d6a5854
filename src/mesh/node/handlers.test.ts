import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seededRandom, setLogSink } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import type { Received } from '../contract.ts';
import { Handlers } from './handlers.ts';

const FROM = newNodeId(seededRandom(1));
const message = (name: string): Received => ({
  from: FROM,
  name,
  stream: 's',
  isBroadcast: false,
  body: Uint8Array.of(1),
});

let logged: string[];
beforeEach(() => {
  logged = [];
  setLogSink((_, text) => logged.push(text));
});
afterEach(() => setLogSink(undefined));

describe('the handlers of a stream', () => {
  it('take the messages of their name; without one a message is dropped', () => {
    const handlers = new Handlers();
    const got: Received[] = [];
    const off = handlers.receive('x', (received) => {
      got.push(received);
    });
    expect(handlers.message(message('x'))).toBeUndefined();
    expect(handlers.message(message('y'))).toBeUndefined();
    expect(got).toEqual([message('x')]);
    off();
    handlers.message(message('x'));
    expect(got).toHaveLength(1);
  });

  it('are one for each name, until the first is taken back', () => {
    const handlers = new Handlers();
    const off = handlers.receive('x', () => undefined);
    expect(() => handlers.receive('x', () => undefined)).toThrow(/has a handler already/);
    off();
    handlers.receive('x', () => undefined);
    handlers.serve('x', () => new Uint8Array());
    expect(() => handlers.serve('x', () => new Uint8Array())).toThrow(/serve\(\)/);
  });

  it('may take their time; what they throw or reject with is reported and ends the wait', async () => {
    const handlers = new Handlers();
    handlers.receive('late', () => Promise.reject(new Error('broken')));
    handlers.receive('now', () => {
      throw new Error('broken');
    });
    await expect(handlers.message(message('late'))).resolves.toBeUndefined();
    expect(handlers.message(message('now'))).toBeUndefined();
    expect(logged).toHaveLength(2);
    expect(logged[0]).toContain('"late" on stream "s"');
  });

  it('answer requests at once or later, with bytes or with the reason why not', async () => {
    const handlers = new Handlers();
    handlers.serve('now', ({ body }) => body);
    handlers.serve('later', async ({ body }) => body);
    handlers.serve('throws', () => {
      throw new Error('out of ink');
    });
    handlers.serve('rejects', () => Promise.reject(new Error('out of paper')));
    const wordless: unknown = Object.create(null); // no string can be made of it
    handlers.serve('throws wordless', () => {
      throw wordless;
    });
    handlers.serve('rejects wordless', () => Promise.reject(wordless));
    handlers.serve('nonsense', () => 'text' as unknown as Uint8Array);
    expect(handlers.request(message('now'))).toEqual({ body: Uint8Array.of(1) });
    expect(await handlers.request(message('later'))).toEqual({ body: Uint8Array.of(1) });
    expect(handlers.request(message('throws'))).toEqual({ error: 'out of ink' });
    expect(await handlers.request(message('rejects'))).toEqual({ error: 'out of paper' });
    expect(handlers.request(message('throws wordless'))).toEqual({ error: expect.any(String) });
    expect(await handlers.request(message('rejects wordless'))).toEqual({ error: expect.any(String) });
    expect(handlers.request(message('nonsense'))).toEqual({ error: 'its handler returned no bytes' });
    expect(handlers.request(message('nobody'))).toEqual({ error: 'nobody serves "nobody" here' });
  });
});
