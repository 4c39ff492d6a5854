/**
 * Who listens on a stream: one handler per message name, and one per name for requests. What a handler throws is reported
 * or answered, never thrown into the mesh.
 */
import { LeafcutterError, messageOf, reportError } from '../../runtime/index.ts';
import type { Handler, Received, RequestHandler } from '../contract.ts';

export type Answer = { readonly body: Uint8Array } | { readonly error: string };

export class Handlers {
  readonly #handlers = new Map<string, Handler>();
  readonly #requestHandlers = new Map<string, RequestHandler>();

  receive(name: string, handler: Handler): () => void {
    return register(this.#handlers, name, handler, 'receive');
  }

  serve(name: string, handler: RequestHandler): () => void {
    return register(this.#requestHandlers, name, handler, 'serve');
  }

  clear(): void {
    this.#handlers.clear();
    this.#requestHandlers.clear();
  }

  /** Undefined when the handler is done (or nobody listens); a promise, which never rejects, when it takes its time. */
  message(received: Received): Promise<void> | undefined {
    const handler = this.#handlers.get(received.name);
    if (!handler) return undefined;
    const report = (error: unknown): void =>
      reportError(`the handler of "${received.name}" on stream "${received.stream}" failed`, error);
    try {
      const pending = handler(received);
      return isThenable(pending) ? Promise.resolve(pending).catch(report) : undefined;
    } catch (error) {
      report(error);
      return undefined;
    }
  }

  /** Runs a request; the answer at once or later, an error if it threw. Never rejects. */
  request(received: Received): Answer | Promise<Answer> {
    const handler = this.#requestHandlers.get(received.name);
    if (!handler) return { error: `nobody serves "${received.name}" here` };
    try {
      const pending = handler(received);
      if (!isThenable(pending)) return answerOf(pending);
      return Promise.resolve(pending).then(answerOf, (error: unknown) => ({ error: messageOf(error) }));
    } catch (error) {
      return { error: messageOf(error) };
    }
  }
}

/** What a handler in JavaScript returns may be anything. */
function answerOf(body: unknown): Answer {
  return body instanceof Uint8Array ? { body } : { error: 'its handler returned no bytes' };
}

function register<H>(table: Map<string, H>, name: string, handler: H, verb: string): () => void {
  if (table.has(name)) {
    throw new LeafcutterError(
      'handler-taken',
      `"${name}" has a handler already: end its loop, or call what ${verb}() returned, first`,
    );
  }
  table.set(name, handler);
  return () => {
    if (table.get(name) === handler) table.delete(name);
  };
}

function isThenable<T>(value: T | PromiseLike<T> | undefined): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
