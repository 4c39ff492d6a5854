/** A member with the write key and no shame: equivocates, backdates, lies about depths, heads and what it gives, and repeats itself. */
import { integerBelow, toHex, uniform } from '../../src/runtime/index.ts';
import type { AuthorId, CheckpointHash, UpdateHash } from '../../src/services/rooms/contract.ts';
import { Keyring } from '../../src/services/rooms/epochs.ts';
import { UpdateCodec } from '../../src/services/rooms/update.ts';
import { type Place, writerOf } from '../../src/services/rooms/writers.ts';
import type { RoomNet } from './room-net.ts';
import type { SimRoom } from './sim-room.ts';

const EVERY_MS = 60;
const FOR_MS = 8_000;

export function hostile(net: RoomNet, victims: readonly SimRoom[]): void {
  const liar = net.add();
  const { keys, genesis, cryptography } = net;
  const codec = new UpdateCodec(new Keyring(genesis, keys, cryptography), cryptography);
  const certificate = codec.certify(liar.identity, keys.writeSecret ?? new Uint8Array());
  const nobody = (): UpdateHash =>
    Array.from({ length: 64 }, () => integerBelow(net.random, 16).toString(16)).join('') as UpdateHash;
  const known = (): UpdateHash[] => {
    const all = net.pick(victims).state.updates;
    return all.length > 0 ? [net.pick(all).hash] : [];
  };
  const placeOf = (hash: UpdateHash): Place =>
    net.truth.updates.get(hash) ?? {
      writer: writerOf(toHex(liar.identity.publicKey) as AuthorId, 1, cryptography),
      number: 1,
    };
  const made = (): Uint8Array => {
    const parents = [...known(), ...(uniform(net.random) < 0.3 ? [nobody()] : [])].sort();
    const honest = net.pick(victims);
    const depthOf = (hash: UpdateHash): number =>
      honest.state.updates.find((update) => update.hash === hash)?.depth ?? 0;
    const right = 1 + Math.max(0, ...parents.map(depthOf));
    const depth = parents.length === 0 ? 1 : Math.max(2, right + (uniform(net.random) < 0.3 ? 1 : 0));
    const number = 1 + integerBelow(net.random, 4);
    const payload = `lie${integerBelow(net.random, 1000)}`;
    return codec.write(
      {
        ...{ session: 1, number, depth, claimedAtMs: 0, parents, payload },
        places: parents.map(placeOf),
      },
      liar.identity,
      certificate,
    );
  };
  const spoiled = (): Uint8Array => {
    const bytes = made();
    const at = integerBelow(net.random, bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    return bytes;
  };
  net.liars.set(liar.id, () => [uniform(net.random) < 0.5 ? made() : spoiled()]);
  const until = net.now() + FOR_MS;
  const act = (): void => {
    if (net.now() >= until) {
      net.kill(liar);
      return;
    }
    const [update, to] = [uniform(net.random) < 0.7 ? made() : spoiled(), net.pick(victims)];
    const checkpoint = (
      uniform(net.random) < 0.2 ? nobody() : (net.pick(victims).state.tip?.hash ?? '')
    ) as string;
    const heads = {
      ...{ heads: [nobody(), ...known()], count: integerBelow(net.random, 1e6), isQuestion: false },
      checkpoint: checkpoint as CheckpointHash,
    };
    net.send(liar, to.id, 300, (at) =>
      net.handle(at, { type: 'updates', from: liar.id, updates: [update, update] }),
    );
    if (uniform(net.random) < 0.3) {
      net.send(liar, to.id, 100, (at) => net.handle(at, { type: 'heads', from: liar.id, heads }));
    }
    net.after(EVERY_MS, act);
  };
  net.after(100, act);
}
