import { expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { HIGH_WATER_BYTES } from '../../transport/index.ts';
import { encodeFrame, FrameType, newNodeId } from '../../wire/index.ts';
import { encodeAck } from '../health/datagram.ts';
import { OWN_CONTROL_BYTES } from '../link/lanes.ts';
import { encodeGrafts } from '../multicast/announcements.ts';
import { WAKE } from '../protocol.ts';
import type { MeshEvent } from '../vocabulary.ts';
import { Wires } from './wired-states.testing.ts';

it('a neighbour that asks all the time and reads nothing costs no more than a bound', () => {
  const wires = new Wires();
  const [victim, hostile] = wires.mesh(2);
  const channel = victim && [...victim.ends.keys()][0];
  if (!victim || !hostile || channel === undefined) throw new Error('two and their channel');
  const { state } = victim;
  const random = seededRandom(1);
  const grafts = Array.from({ length: 100 }, () => {
    return { source: newNodeId(random), life: 1, isWanted: false, from: 0, to: 1, withinMs: 5 };
  });
  const question = encodeFrame(
    { type: FrameType.graft, source: hostile.state.id, hopLimit: 1 },
    encodeGrafts(grafts),
  );
  // Its machine takes nothing from the channel and answers the datagrams of health.
  const tell = (event: MeshEvent): void => {
    for (const effect of state.handle(event, wires.now)) {
      if (effect.type !== 'channel-datagram' || effect.bytes[0] !== 0) continue;
      tell({ type: 'channel-datagram', channel, bytes: encodeAck(effect.bytes) });
    }
  };
  for (const endMs = wires.now + 20_000; wires.now < endMs; wires.now += 20) {
    for (let i = 0; i < 5; i++) tell({ type: 'channel-message', channel, bytes: question });
    if (state.nextWakeAt <= wires.now) tell(WAKE);
  }
  const [link] = state.snapshot(wires.now).links;
  expect(link?.queuedBytes).toBeGreaterThan(OWN_CONTROL_BYTES / 2);
  expect(link?.queuedBytes).toBeLessThan(OWN_CONTROL_BYTES + HIGH_WATER_BYTES);
});
