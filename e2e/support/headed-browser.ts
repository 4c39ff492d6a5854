/**
 * A headed Chromium as a person has it, spoken to over the DevTools protocol by ourselves: Playwright tells every page that it
 * is looked at, so that none of its tabs is ever hidden.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { windowLaunchOptions } from './chromium.ts';

interface Answer {
  readonly id?: number;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

export interface HeadedTab {
  /** What the function returns in the page, as JSON; promises are waited for. It sees nothing of ours but its argument. */
  evaluate<T, A = undefined>(action: (argument: A) => T | Promise<T>, argument?: A): Promise<T>;
  /** In front of the other tabs of its window. */
  bringToFront(): Promise<void>;
}

export class HeadedBrowser {
  readonly #process: ChildProcess;
  readonly #profile: string;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #lastId = 0;

  private constructor(process: ChildProcess, profile: string, socket: WebSocket) {
    this.#process = process;
    this.#profile = profile;
    this.#socket = socket;
    socket.on('message', (data) => {
      const answer = JSON.parse(String(data)) as Answer;
      if (answer.id !== undefined) this.#waiting.get(answer.id)?.(answer);
    });
  }

  /** @param options further ones of Chromium's */
  static async launch(...options: readonly string[]): Promise<HeadedBrowser> {
    const { executablePath, args } = windowLaunchOptions;
    if (!executablePath) throw new Error('no Chromium found: set CHROMIUM_PATH');
    const profile = await mkdtemp(join(tmpdir(), 'leafcutter-'));
    const own = [`--user-data-dir=${profile}`, '--remote-debugging-port=0', 'about:blank'];
    const child = spawn(executablePath, [...args, ...options, ...own], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const socket = new WebSocket(await printedAddress(child));
    await once(socket, 'open');
    return new HeadedBrowser(child, profile, socket);
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Opens a tab in front of the others. */
  async open(address: string): Promise<HeadedTab> {
    const { targetId } = await this.#call('Target.createTarget', { url: address });
    const { sessionId } = await this.#call('Target.attachToTarget', { targetId, flatten: true });
    return {
      evaluate: (action, argument) => this.#evaluate(sessionId, `(${action})(${JSON.stringify(argument)})`),
      bringToFront: async () => {
        await this.#call('Target.activateTarget', { targetId });
      },
    };
  }

  async close(): Promise<void> {
    const exited = once(this.#process, 'exit');
    this.#socket.close();
    this.#process.kill();
    await exited;
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  async #evaluate<T>(sessionId: unknown, expression: string): Promise<T> {
    const parameters = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await this.#call('Runtime.evaluate', parameters, sessionId);
    if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
    return (result as { readonly value: T }).value;
  }

  async #call(
    method: string,
    params: object,
    sessionId?: unknown,
  ): Promise<Readonly<Record<string, unknown>>> {
    const id = ++this.#lastId;
    this.#socket.send(JSON.stringify({ id, method, params, ...(sessionId ? { sessionId } : {}) }));
    const { result, error } = await new Promise<Answer>((resolve) => this.#waiting.set(id, resolve));
    this.#waiting.delete(id);
    if (!result) throw new Error(`${method}: ${error?.message}`);
    return result;
  }
}

function printedAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const address = /ws:\/\/\S+/.exec(text)?.[0];
      if (address) resolve(address);
    });
    child.once('exit', (code) => reject(new Error(`Chromium ended with ${code}: ${text}`)));
  });
}
