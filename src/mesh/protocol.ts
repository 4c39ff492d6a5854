/**
 * The one form of everything in the mesh that decides something. A protocol is told what happened and when, changes only
 * itself, and answers with what should be done. It reads no clock, draws randomness only from the source it was given, sets
 * no timer, logs nothing, knows neither channels nor promises. So the simulator and the browser run the same code, and one
 * seed replays one run to the byte.
 *
 * Protocols compose by the same form: `MeshState` (state/mesh-state.ts) is a Protocol made of the others; `Node` in a page
 * and `SimulatedNode` in the simulator are two thin drivers of it.
 *
 * The rules of the form:
 * - `handle` never throws for anything that came from the network.
 * - An event says what happened (`link-up`), an effect what to do (`connect`) or what became of things (`settled`).
 * - `wake` means "do all that is due by now". A protocol that has gathered work within a turn (packets to lay out,
 *   acknowledgements to send) asks for it with `nextWakeAt` at or before the present; its driver wakes it at the end of
 *   the turn. An early or needless `wake` does nothing.
 * - The driver performs effects in order. Arrays of effects are the callee's to reuse only if it says so: treat as frozen.
 * - What another protocol knows is read through a small interface given at construction (`View`, `Router`, `Paths`,
 *   `Directory`), never through the protocol itself.
 */
export interface Protocol<Event extends Tagged, Effect extends Tagged> {
  handle(event: Event, now: number): readonly Effect[];
  /** When it wants `wake`, at the latest; `NEVER` when nothing is due. Virtual or monotonic milliseconds, as `now`. */
  readonly nextWakeAt: number;
}

export interface Tagged {
  readonly type: string;
}

export interface Wake {
  readonly type: 'wake';
}

export const WAKE: Wake = { type: 'wake' };
export const NEVER = Number.POSITIVE_INFINITY;
export const NO_EFFECTS: readonly never[] = [];
