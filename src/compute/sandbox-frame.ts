/**
 * The sandbox's hidden frame, with an origin of its own (public/sandbox.html). When its process dies nothing tells: it is asked whenever it is
 * to be used, and made anew when it does not answer.
 */
import { LeafcutterError, type Timers } from '../runtime/index.ts';

/** The frame comes from the server that the page came from, or from the browser's own copy. */
const OPEN_TIMEOUT_MS = 15_000;

/** What the frame says of what is in it. */
export type FrameNews =
  | { readonly type: 'crashed'; readonly id: number; readonly reason: string }
  | { readonly type: 'syntax'; readonly id: number; readonly line: number };

export interface SandboxFramePort {
  /** Where `sandbox.html` is. */
  readonly address: URL;
  readonly timers: Timers;
  heard(news: FrameNews): void;
  /** Whatever was in it is gone. */
  lost(): void;
}

export class SandboxFrame {
  readonly #port: SandboxFramePort;
  #window: Promise<Window> | undefined;
  #element: HTMLIFrameElement | undefined;
  #opened: () => void = () => {};
  #isClosed = false;

  constructor(port: SandboxFramePort) {
    this.#port = port;
    globalThis.addEventListener('message', this.#heard);
  }

  /** One that answers. @throws LeafcutterError `compute-worker` when none opens */
  open(): Promise<Window> {
    const opening =
      this.#window?.then((frame) =>
        this.#answered(() => frame.postMessage({ type: 'ask' }, '*')).catch(() => this.#make()),
      ) ?? this.#make();
    this.#window = opening;
    opening.catch(() => {
      if (this.#window === opening) this.#window = undefined;
    });
    return opening;
  }

  /** Where there is one now. */
  post(message: { readonly type: 'end'; readonly id: number }): void {
    this.#element?.contentWindow?.postMessage(message, '*');
  }

  close(): void {
    globalThis.removeEventListener('message', this.#heard);
    this.#isClosed = true;
    this.#element?.remove();
    this.#window = undefined;
  }

  async #make(): Promise<Window> {
    if (this.#isClosed) throw pageLeft();
    this.#port.lost();
    this.#element?.remove();
    const element = document.createElement('iframe');
    element.setAttribute('sandbox', 'allow-scripts');
    element.setAttribute('aria-hidden', 'true');
    element.tabIndex = -1;
    element.hidden = true;
    element.src = this.#port.address.href;
    this.#element = element;
    return this.#answered(() => document.body.append(element));
  }

  /** Our frame, once it says that it is open: asked to, or by itself when it has loaded. */
  #answered(ask: () => void): Promise<Window> {
    return new Promise((resolve, reject) => {
      const stopTimer = this.#port.timers.after(OPEN_TIMEOUT_MS, () =>
        reject(new LeafcutterError('compute-worker', 'the sandbox did not open; reload the page')),
      );
      this.#opened = () => {
        stopTimer();
        const frame = this.#element?.contentWindow;
        if (frame) resolve(frame);
      };
      ask();
    });
  }

  /** Any script may post a message to the page: only those of our frame are read. */
  readonly #heard = ({ source, data }: MessageEvent<FrameNews | { readonly type: 'open' }>): void => {
    if (!this.#element || source !== this.#element.contentWindow) return;
    if (data.type === 'open') this.#opened();
    else this.#port.heard(data);
  };
}

export const pageLeft = (): Error => new LeafcutterError('compute-worker', 'the page left');
