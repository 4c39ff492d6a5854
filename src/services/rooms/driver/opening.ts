/** A room that is being opened: its beginning is asked for from whoever says it has it, until one gives it. */
import type { Cryptography, MeshStream } from '../../../mesh/index.ts';
import { log, messageOf, type Timers } from '../../../runtime/index.ts';
import type { NodeId } from '../../../wire/index.ts';
import type { RoomId } from '../contract.ts';
import { decodeIntroduced, type Succession } from '../epochs.ts';
import { RoomVersionError } from '../errors.ts';
import { type Genesis, isOfAnotherVersion, readGenesis } from '../genesis.ts';
import type { Envelope, Presence } from '../messages.ts';

/** For an initial state of 5 MB over a slow path. */
const GENESIS_TIMEOUT_MS = 60_000;
/** Until a holder that did not give it is asked again. */
const AGAIN_MS = 2_000;

export interface OpeningOptions {
  readonly id: RoomId;
  readonly envelope: Envelope;
  readonly cryptography: Cryptography;
  readonly timers: Timers;
  readonly bulk: Pick<MeshStream, 'request'>;
}

/** A beginning, and how the keys come to be those of the link; the rotations after these. */
export interface Opened {
  readonly genesis: Genesis;
  readonly line: readonly Succession[];
  readonly rotations: readonly Uint8Array[];
}

export class Opening {
  readonly id: RoomId;
  readonly envelope: Envelope;
  /** Who has it, in the order in which they said so, and what they showed: known to the room once it is open. */
  readonly holders = new Map<NodeId, Presence>();
  readonly opened: Promise<Opened>;
  readonly #options: OpeningOptions;
  #resolve: (opened: Opened) => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;
  #asked: NodeId | undefined;
  #isOver = false;

  constructor(options: OpeningOptions) {
    this.id = options.id;
    this.envelope = options.envelope;
    this.#options = options;
    this.opened = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  here(node: NodeId, presence: Presence): void {
    this.holders.set(node, presence);
    this.#ask();
  }

  gone(node: NodeId): void {
    this.holders.delete(node);
  }

  /** It was here all the time. */
  found(genesis: Genesis): void {
    this.#isOver = true;
    this.#resolve({ genesis, line: [], rotations: [] });
  }

  fail(error: Error): void {
    this.#isOver = true;
    this.#reject(error);
  }

  #ask(): void {
    const [next] = this.holders.keys();
    if (this.#isOver || this.#asked !== undefined || next === undefined) return;
    this.#asked = next;
    void this.#request(next);
  }

  async #request(from: NodeId): Promise<void> {
    const { bulk, envelope, cryptography, id, timers } = this.#options;
    let opened: Opened | undefined;
    try {
      const message = await bulk.request(from, 'genesis', envelope.ownMark, {
        timeoutMs: GENESIS_TIMEOUT_MS,
      });
      const body = envelope.open('genesis', from, message);
      const introduced = body && decodeIntroduced(body);
      const genesis = introduced && readGenesis(id, introduced.genesis, cryptography);
      if (introduced && isOfAnotherVersion(id, introduced.genesis, cryptography))
        this.fail(new RoomVersionError());
      opened = genesis && { ...introduced, genesis };
    } catch (error) {
      log('debug', `the beginning of a room did not come: ${messageOf(error)}`);
    }
    this.#asked = undefined;
    if (this.#isOver) return;
    if (opened) {
      this.#isOver = true;
      this.#resolve(opened);
      return;
    }
    // To the end of the line: another may be quicker.
    const presence = this.holders.get(from);
    if (presence && this.holders.delete(from)) this.holders.set(from, presence);
    timers.after(AGAIN_MS, () => this.#ask());
  }
}
