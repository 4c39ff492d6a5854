/** In place of `eventemitter3`, of whose nine methods PeerJS and peer-client.ts call four (scripts/peerjs-parts.ts puts it in). */
type Listener = (...args: unknown[]) => void;

export class EventEmitter {
  #listeners = new Map<string, readonly Listener[]>();

  on(event: string, listener: Listener): this {
    this.#listeners.set(event, [...this.listeners(event), listener]);
    return this;
  }

  listeners(event: string): readonly Listener[] {
    return this.#listeners.get(event) ?? [];
  }

  emit(event: string, ...args: unknown[]): void {
    for (const listener of this.listeners(event)) listener(...args);
  }

  removeAllListeners(): void {
    this.#listeners.clear();
  }
}
