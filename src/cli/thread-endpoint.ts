/** worker_threads as comlink wants them: its Endpoint over a Worker or a MessagePort. */
import type { MessagePort, TransferListItem, Worker } from 'node:worker_threads';
import type { Endpoint } from 'comlink';

type Listener = EventListenerOrEventListenerObject;

export function threadEndpoint(port: Worker | MessagePort): Endpoint {
  const attached = new Map<Listener, (data: unknown) => void>();
  return {
    postMessage: (message: unknown, transfer?: Transferable[]) =>
      port.postMessage(message, transfer as TransferListItem[] | undefined),
    addEventListener(_type: string, listener: Listener) {
      const forward = (data: unknown): void => {
        const event = new MessageEvent('message', { data });
        if (typeof listener === 'function') listener(event);
        else listener.handleEvent(event);
      };
      attached.set(listener, forward);
      port.on('message', forward);
    },
    removeEventListener(_type: string, listener: Listener) {
      const forward = attached.get(listener);
      if (forward) port.off('message', forward);
      attached.delete(listener);
    },
  };
}
