/** Updates a second that a Node takes in from eight writers, every check and signature among them, into a list that all append to. */
import { quickenCryptography } from '../../src/mesh/index.curve.ts';
import { realCryptography as cryptography, identityFrom } from '../../src/mesh/index.ts';
import { seededRandom } from '../../src/runtime/index.ts';
import { Keyring } from '../../src/services/rooms/epochs.ts';
import { makeGenesis } from '../../src/services/rooms/genesis.ts';
import { DEFAULT_ROOM_LIMITS, type Plain, type Reducer } from '../../src/services/rooms/index.ts';
import { keysOf } from '../../src/services/rooms/keys.ts';
import type { RoomEffect, RoomEvent } from '../../src/services/rooms/room-events.ts';
import { RoomState } from '../../src/services/rooms/room-state.ts';
import type { RoomReducer } from '../../src/services/rooms/states.ts';

const WRITERS = 8;
const counting: Reducer<Plain, Plain> = {
  name: 'bench/1',
  reduce: (state, update) => ({ ...(state as object), [`${update}`]: true }),
};

export interface Checks {
  readonly updatesPerSecond: number;
  /** Of an update as it travels, above its payload. */
  readonly bytesBesidePayload: number;
}

export function checks(updates: number): Checks {
  quickenCryptography();
  const random = seededRandom(1);
  const keys = keysOf('admin', random.bytes(32), cryptography);
  const limits = { ...DEFAULT_ROOM_LIMITS, updatesPerSecond: 1_000_000, bytesPerSecond: 1e9 };
  const genesis = makeGenesis({ reducer: counting.name, initial: {}, limits }, keys, cryptography);
  const made = (): RoomState => {
    const identity = identityFrom(random.bytes(32), cryptography);
    return new RoomState({
      ...{ self: identity.id, identity, genesis, cryptography, isMaker: false, session: 1 },
      keyring: new Keyring(genesis, keys, cryptography),
      deviceSecret: random.bytes(32),
      reducer: counting as RoomReducer,
    });
  };
  const [reader, ...writers] = Array.from({ length: WRITERS + 1 }, made);
  if (!reader) throw new Error('there is a reader');
  const items: Uint8Array[] = [];
  const tell = (to: RoomState, event: RoomEvent): readonly RoomEffect[] => to.handle(event, items.length);
  for (let i = 0; i < updates; i++) {
    const writer = writers[i % WRITERS];
    for (const effect of writer
      ? tell(writer, { type: 'write', token: i, payload: `${i % 100}`, claimedAtMs: 0 })
      : [])
      if (effect.type === 'store') items.push(effect.update.bytes);
  }
  const from = identityFrom(random.bytes(32), cryptography).id;
  const begun = performance.now();
  tell(reader, { type: 'loaded', base: undefined, items });
  const seconds = (performance.now() - begun) / 1000;
  if (reader.updates.length !== updates)
    throw new Error(`only ${reader.updates.length} were taken, of ${from}`);
  const bytes = items.reduce((sum, item) => sum + item.length, 0) / updates;
  return { updatesPerSecond: updates / seconds, bytesBesidePayload: bytes - 3 };
}
