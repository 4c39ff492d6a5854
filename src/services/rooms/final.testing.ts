/** Test support: a history with updates and checkpoints, made by hand. */
import type { Identity } from '../../mesh/index.ts';
import { toHex } from '../../runtime/index.ts';
import type { Checkpoint, CheckpointDraft } from './checkpoint.ts';
import { CheckpointCodec } from './checkpoint-codec.ts';
import { draftCheckpoint } from './closing.ts';
import type { AuthorId } from './contract.ts';
import { History } from './history.ts';
import type { HistoryOptions } from './history-contract.ts';
import { noting, type TestRoom } from './room.testing.ts';
import type { RoomReducer } from './states.ts';
import type { Update } from './update.ts';

export const authorOf = ({ publicKey }: Identity): AuthorId => toHex(publicKey) as AuthorId;

export class FinalRoom {
  readonly codec: CheckpointCodec;
  readonly #room: TestRoom;

  constructor(room: TestRoom) {
    this.#room = room;
    this.codec = new CheckpointCodec(room.keyring, room.random.bytes(32), room.cryptography);
  }

  history(change: Partial<HistoryOptions> = {}): History {
    const { cryptography, genesis, keyring } = this.#room;
    return new History({
      ...{ reducer: noting as unknown as RoomReducer, initial: genesis.initial, cryptography, keyring },
      ...{ maxBytes: genesis.limits.maxBytes, maxHistoryBytes: 1024 * 1024, ...change },
    });
  }

  read(bytes: Uint8Array): Checkpoint {
    const checkpoint = this.codec.read(bytes);
    if (typeof checkpoint === 'string' || 'type' in checkpoint) throw new Error(String(checkpoint));
    return checkpoint;
  }

  bytesOf(draft: CheckpointDraft, admin: Identity): Uint8Array {
    return this.codec.write(draft, admin, this.#room.keys.adminSecret ?? new Uint8Array());
  }

  /** Of all that is in that history, as that administrator would make it. */
  checkpoint(history: History, admin: Identity, change: Partial<CheckpointDraft> = {}): Checkpoint {
    const isTaking = history.tip?.next !== authorOf(admin);
    const said = { next: authorOf(admin), isTaking, members: [], removed: undefined };
    const draft = draftCheckpoint(history, said, this.#room.cryptography);
    if (!draft) throw new Error('there is no state to close');
    return this.read(this.bytesOf({ ...draft, ...change }, admin));
  }

  /** The same in several histories. */
  add(histories: readonly History[], ...items: readonly (Update | Checkpoint)[]): void {
    for (const history of histories) {
      for (const item of items) {
        if ('takes' in item) history.offer(item);
        else history.add(item);
      }
    }
  }
}
