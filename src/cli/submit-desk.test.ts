import { describe, expect, it } from 'vitest';
import { MsgHeaders, type PubSub } from '../services/pubsub/index.ts';
import { optionsOf, readerFor, serveSubmissions } from './submit-desk.ts';

describe('what a request for a render may say', () => {
  it('is what the terminal may, in the same words', () => {
    expect(optionsOf(['--size 320x240 --samples 16', '--env #ffffff --camera 1'])).toMatchObject({
      size: { width: 320, height: 240 },
      samples: 16,
      env: { kind: 'colour', rgb: [1, 1, 1] },
      camera: '1',
    });
    expect(optionsOf([])).toMatchObject({ size: { width: 512, height: 512 }, seed: 0 });
    expect(optionsOf(['  '])).toEqual(optionsOf([]));
  });

  it.each([
    ['--size 9999999x1', /8192/],
    ['--samples', /argument missing/],
    ['--out /etc/passwd', /unknown option '--out'/],
    ['somewhere/else.glb', /too many arguments/],
    ['--workers 4', /cannot be asked for from outside/],
    ['--env /etc/secret.hdr', /no file of this machine is read/],
    ['--help', /unknown option '--help'/],
  ])('and nothing that reaches into the machine or is none: %s', (words, why) => {
    expect(() => optionsOf([words])).toThrow(why);
    expect(() => optionsOf([words])).toThrow(expect.objectContaining({ code: 'bad-options' }));
  });
});

describe('the scene of a request', () => {
  const files = new Map([['a.glb', Uint8Array.of(1)]]);
  const inside = (code: string) => ({ reader: new URL(`data:text/javascript,${encodeURIComponent(code)}`) });

  it('is read in a thread of its own: one that never comes to an end stops nobody, and is told so', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 5);
    const reading = readerFor(inside('for (;;);'), 500)(files, {});
    await expect(reading).rejects.toMatchObject({
      code: 'too-slow',
      message: expect.stringMatching(/within 0.5 s/),
    });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
  });

  it('may end its thread, and nothing else', async () => {
    await expect(readerFor(inside('process.exit(9)'), 60_000)(files, {})).rejects.toMatchObject({
      code: 'reader-failed',
      message: expect.stringMatching(/ended with code 9/),
    });
  });

  it('is read with what was asked for, and no longer than it is wanted', async () => {
    const echo = inside(
      "import { parentPort, workerData } from 'node:worker_threads'; parentPort.postMessage({ type: 'answer', answer: { ok: true, value: workerData } })",
    );
    const read = readerFor(echo, 60_000);
    expect(await read(files, { animation: 'lift', beside: async () => undefined })).toEqual({
      kind: 'files',
      files,
      choice: { animation: 'lift' },
      // A stranger's scene has no folder to look into.
      asksBeside: false,
    });
    await expect(read(files, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('the desk', () => {
  async function served(asked: readonly object[]): Promise<void> {
    async function* requests() {
      for (const request of asked) yield { data: Uint8Array.of(1), headers: undefined, ...request };
    }
    const pubsub = { subscribe: requests } as unknown as PubSub;
    const farm = { submit: () => Promise.reject(new Error('unreachable')) };
    const built = {
      ...{ page: new URL('file:///'), thread: new URL('file:///') },
      reader: new URL('data:text/javascript,process.exit(9)'),
    };
    await serveSubmissions({ pubsub, farm, built, signal: new AbortController().signal });
  }

  it('goes on when an answer cannot be given: the network has been left, or the answer is too large', async () => {
    const tried: string[] = [];
    const respond = (text: string) => {
      tried.push(text);
      throw new Error('publish and subscribe is closed here');
    };
    await served([{ respond }, { respond }]);
    expect(tried).toHaveLength(2);
  });

  it('answers in a few words whatever it was asked, so that an answer is no longer than a message may be', async () => {
    const headers = new MsgHeaders({ Options: `--${'a'.repeat(900_000)}` });
    const answers: unknown[] = [];
    await served([{ headers, respond: (...answer: unknown[]) => answers.push(answer) }]);
    expect(answers).toEqual([
      [
        expect.stringMatching(/^\{"error":"unknown option '--a{100}.*…","code":"bad-options"\}$/),
        { headers: { 'Nats-Service-Error': expect.any(String), 'Nats-Service-Error-Code': '400' } },
      ],
    ]);
    expect(JSON.stringify(answers).length).toBeLessThan(2_000);
  });
});
