/** Requests of one fetch that are under way: each with a signal of its own, for listeners on a shared one would add up. */
import type { MeshStream } from '../../mesh/index.ts';
import type { NodeId } from '../../wire/index.ts';

export class Questions {
  readonly #underWay = new Set<AbortController>();

  /** @throws as `MeshStream.request` */
  async ask(
    stream: MeshStream,
    holder: NodeId,
    name: string,
    body: Uint8Array,
    timeoutMs: number,
  ): Promise<Uint8Array> {
    const abort = new AbortController();
    this.#underWay.add(abort);
    try {
      return await stream.request(holder, name, body, { timeoutMs, signal: abort.signal });
    } finally {
      this.#underWay.delete(abort);
    }
  }

  abort(): void {
    for (const abort of this.#underWay) abort.abort();
  }
}
