/**
 * What the application does with messages: one handler per name, and one per name for requests. A handler's promise holds
 * its stream back, that is the backpressure; requests run beside each other up to a bound, so that a long one does not
 * make the others wait. What a handler throws is reported or answered, never thrown into the mesh.
 */
import { LeafcutterError, messageOf, reportError } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { Handler, RequestHandler } from '../contract.ts';

/** Requests of one peer at work at the same time; more wait in its stream. */
const MAX_CONCURRENT_REQUESTS = 64;

/** Exactly one of the two: the answer, or why there is none. */
export type Answer = { readonly body: Uint8Array } | { readonly reason: string };

export class Handlers {
  readonly #handlers = new Map<string, Handler>();
  readonly #requestHandlers = new Map<string, RequestHandler>();
  readonly #atWork = new Map<NodeId, number>();
  readonly #waiting = new Map<NodeId, (() => void)[]>();

  receive(name: string, handler: Handler): () => void {
    return register(this.#handlers, name, handler, 'receive');
  }

  serve(name: string, handler: RequestHandler): () => void {
    return register(this.#requestHandlers, name, handler, 'serve');
  }

  /** Undefined when the handler is done (or nobody listens); a promise, which never rejects, when it takes its time. */
  message(from: NodeId, name: string, body: Uint8Array): Promise<void> | undefined {
    const handler = this.#handlers.get(name);
    if (!handler) return undefined;
    try {
      const pending = handler({ from, body });
      if (!isThenable(pending)) return undefined;
      return Promise.resolve(pending).catch((error: unknown) => report(name, error));
    } catch (error) {
      report(name, error);
      return undefined;
    }
  }

  /** Runs a request and gives its answer to `answer`, once. The promise, if any, says when the next may come. */
  request(
    from: NodeId,
    name: string,
    body: Uint8Array,
    answer: (answer: Answer) => void,
  ): Promise<void> | undefined {
    const handler = this.#requestHandlers.get(name);
    if (!handler) {
      answer({ reason: `nobody serves "${name}" here` });
      return undefined;
    }
    let pending: Uint8Array | Promise<Uint8Array>;
    try {
      pending = handler({ from, body });
    } catch (error) {
      answer({ reason: messageOf(error) });
      return undefined;
    }
    if (!isThenable(pending)) {
      answer({ body: pending });
      return undefined;
    }
    this.#atWork.set(from, (this.#atWork.get(from) ?? 0) + 1);
    Promise.resolve(pending)
      .then(
        (result) => answer({ body: result }),
        (error: unknown) => answer({ reason: messageOf(error) }),
      )
      .catch((error: unknown) => report(name, error))
      .finally(() => this.#finished(from));
    return this.#roomFor(from);
  }

  #roomFor(peer: NodeId): Promise<void> | undefined {
    if ((this.#atWork.get(peer) ?? 0) < MAX_CONCURRENT_REQUESTS) return undefined;
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(peer) ?? [];
      waiting.push(resolve);
      this.#waiting.set(peer, waiting);
    });
  }

  #finished(peer: NodeId): void {
    const left = (this.#atWork.get(peer) ?? 1) - 1;
    if (left === 0) this.#atWork.delete(peer);
    else this.#atWork.set(peer, left);
    const waiting = this.#waiting.get(peer);
    waiting?.shift()?.();
    if (waiting?.length === 0) this.#waiting.delete(peer);
  }
}

function register<H>(table: Map<string, H>, name: string, handler: H, verb: string): () => void {
  if (table.has(name)) {
    throw new LeafcutterError(
      'handler-taken',
      `"${name}" has a handler already; call what ${verb}() returned before registering another`,
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

function report(name: string, error: unknown): void {
  reportError(`the handler of "${name}" failed`, error);
}
