import { expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { encodeFrame, FrameType, type NodeId } from '../../wire/index.ts';
import { beginLife, identityFrom } from '../identity/identity.ts';
import { networkNameHash } from '../identity/network-name.ts';
import { sealRecord } from '../topology/record-codec.ts';
import { encodeRecords } from '../topology/record-list.ts';
import { NETWORK_NAME, Wires } from './wired-states.testing.ts';

it('sources that a neighbour makes up cost few derivations of keys, and those whom it brings truly are heard', () => {
  const wires = new Wires();
  let derived = 0;
  const { agree } = wires.cryptography;
  Object.assign(wires.cryptography, {
    agree: (...args: Parameters<typeof agree>) => {
      derived++;
      return agree(...args);
    },
  });
  const [victim, liar, far] = [wires.add(), wires.add(), wires.add()];
  wires.connect(victim, liar);
  wires.connect(liar, far);
  wires.run(1000);
  const channel = [...victim.ends.keys()][0];
  if (channel === undefined) throw new Error('a channel');
  const say = (type: FrameType, source: NodeId, body: Uint8Array, fields = {}) => {
    const bytes = encodeFrame({ type, source, hopLimit: 1, ...fields }, body);
    wires.feed(victim, { type: 'channel-message', channel, bytes });
  };
  const random = seededRandom(6);
  const nameHash = networkNameHash(NETWORK_NAME, wires.cryptography);
  const fields = { version: 1, hasLeft: false, attributes: Uint8Array.of(0x80), neighbours: new Map() };
  const sources = Array.from({ length: 3000 }, () => {
    const identity = identityFrom(random.bytes(32), wires.cryptography);
    const own = beginLife(identity, 1, random.bytes(32), wires.cryptography);
    const record = sealRecord(own, fields, nameHash, wires.cryptography);
    for (const body of encodeRecords([record], 4096)) say(FrameType.new_edge, liar.state.id, body);
    return own.id;
  });
  derived = 0;
  for (const source of sources) {
    say(FrameType.ping, source, random.bytes(32), { target: victim.state.id, flags: 1 });
    say(FrameType.msg, source, random.bytes(60), { target: victim.state.id, flags: 1 });
  }
  expect(derived).toBeGreaterThan(0);
  expect(derived).toBeLessThan(600);

  wires.run(2000);
  wires.feed(far, {
    type: 'send',
    token: 1 as never,
    target: victim.state.id,
    stream: 3 as never,
    message: { kind: 'message', name: 'x', body: new Uint8Array(1) },
    timeoutMs: 5000,
  });
  wires.run(3000);
  expect(wires.of(victim, 'deliver').map(({ from }) => from)).toEqual([far.state.id]);
});
