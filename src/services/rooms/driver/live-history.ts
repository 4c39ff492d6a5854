/** Undo and redo of an open room, as an application holds them. */
import type { RoomHistory, UpdateHash } from '../contract.ts';
import { RoomUndoError } from '../errors.ts';
import type { Token } from '../room-events.ts';
import { Undoing } from '../undoing.ts';
import type { Undoes, Update } from '../update.ts';

export interface HistoryPort {
  isFinal(place: Undoes): boolean;
  /** @param begun called at once, with the token that stands for it */
  write(undoes: Undoes, begun: (token: Token) => void, signal: AbortSignal | undefined): Promise<UpdateHash>;
}

export class LiveHistory implements RoomHistory {
  readonly #port: HistoryPort;
  readonly #undoing = new Undoing();

  constructor(port: HistoryPort) {
    this.#port = port;
  }

  get canUndo(): boolean {
    const { next } = this.#undoing;
    return next !== undefined && !this.#port.isFinal(next);
  }

  get canRedo(): boolean {
    const { nextRedo } = this.#undoing;
    return nextRedo !== undefined && !this.#port.isFinal(nextRedo);
  }

  undo({ signal }: { readonly signal?: AbortSignal } = {}): Promise<UpdateHash> {
    return this.#go(this.#undoing.next, false, signal);
  }

  redo({ signal }: { readonly signal?: AbortSignal } = {}): Promise<UpdateHash> {
    return this.#go(this.#undoing.nextRedo, true, signal);
  }

  written(token: Token, update: Update): void {
    this.#undoing.written(token, update);
  }

  moved(from: Undoes, to: Undoes): void {
    this.#undoing.moved(from, to);
  }

  overtaken(update: Update): void {
    this.#undoing.overtaken(update);
  }

  failed(token: Token): void {
    this.#undoing.failed(token);
  }

  async #go(
    place: Undoes | undefined,
    isRedo: boolean,
    signal: AbortSignal | undefined,
  ): Promise<UpdateHash> {
    const what = isRedo ? 'redo' : 'undo';
    if (!place) throw new RoomUndoError(`there is nothing of this device to ${what} here`);
    if (this.#port.isFinal(place)) {
      throw new RoomUndoError(`what there is to ${what} is final by now: write an update that sets it right`);
    }
    return this.#port.write(place, (token) => this.#undoing.ask(token, isRedo), signal);
  }
}
