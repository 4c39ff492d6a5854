/** What a Node keeps in memory of a document of 100 KB that is changed again and again: a room with an administrator, and Yjs with its gc. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Doc } from 'yjs';
import { simulatedCryptography } from '../../src/mesh/identity/cryptography.testing.ts';
import { identityFrom } from '../../src/mesh/index.ts';
import { seededRandom } from '../../src/runtime/index.ts';
import { Keyring } from '../../src/services/rooms/epochs.ts';
import { makeGenesis } from '../../src/services/rooms/genesis.ts';
import { DEFAULT_ROOM_LIMITS, fieldsReducer } from '../../src/services/rooms/index.ts';
import { keysOf } from '../../src/services/rooms/keys.ts';
import { RoomState } from '../../src/services/rooms/room-state.ts';
import type { RoomReducer } from '../../src/services/rooms/states.ts';

/** So many fields of so many characters are 100 KB. */
const FIELDS = 1_000;
const VALUE = 'v'.repeat(84);

const fieldOf = (i: number): string => `f${i % FIELDS}`;
const textOf = (i: number): string => `${i}${VALUE}`;

/** Bytes. What is flat is the same in both. */
export interface Memory {
  readonly afterTenth: number;
  readonly afterAll: number;
}

/** The curves are left out: they leave nothing in memory, and would be an hour. */
export function roomMemory(updates: number): Memory {
  const before = usedBytes();
  const cryptography = simulatedCryptography();
  const random = seededRandom(1);
  const keys = keysOf('admin', random.bytes(32), cryptography);
  const limits = { ...DEFAULT_ROOM_LIMITS, updatesPerSecond: 1_000_000, bytesPerSecond: 1e9 };
  const genesis = makeGenesis({ reducer: fieldsReducer.name, initial: {}, limits }, keys, cryptography);
  const identity = identityFrom(random.bytes(32), cryptography);
  const state = new RoomState({
    ...{ self: identity.id, identity, genesis, cryptography, isMaker: true, session: 1 },
    keyring: new Keyring(genesis, keys, cryptography),
    deviceSecret: random.bytes(32),
    reducer: fieldsReducer as unknown as RoomReducer,
  });
  const used = usedBy('rooms', updates, before, (i) => {
    const payload = { set: { [fieldOf(i)]: textOf(i) } };
    state.handle({ type: 'write', token: i, payload, claimedAtMs: 0 }, i * 10);
  });
  if (Object.keys(state.state as object).length !== Math.min(updates, FIELDS))
    throw new Error('it is not all there');
  return used;
}

export function yjsMemory(updates: number): Memory {
  const before = usedBytes();
  const doc = new Doc({ gc: true });
  const map = doc.getMap<string>('m');
  const used = usedBy('yjs', updates, before, (i) => void map.set(fieldOf(i), textOf(i)));
  if (map.size !== Math.min(updates, FIELDS)) throw new Error('it is not all there');
  return used;
}

/** Says how far it is after each tenth: a million updates take minutes. */
function usedBy(what: string, updates: number, before: number, update: (i: number) => void): Memory {
  const tenth = Math.ceil(updates / 10);
  const used: number[] = [];
  for (let i = 0; i < updates; i++) {
    update(i);
    if ((i + 1) % tenth > 0 && i + 1 < updates) continue;
    const bytes = usedBytes() - before;
    used.push(bytes);
    const { user, system } = process.cpuUsage();
    const seconds = ((user + system) / 1e6).toFixed(0);
    console.error(
      `${what}: ${i + 1} of ${updates} updates, ${(bytes / 1e6).toFixed(1)} MB, ${seconds} s of processor`,
    );
  }
  const [afterTenth = Number.NaN] = used;
  return { afterTenth, afterAll: used.at(-1) ?? Number.NaN };
}

setFlagsFromString('--expose_gc');
const collect = runInNewContext('gc') as () => void;

function usedBytes(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
