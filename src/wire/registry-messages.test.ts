import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../runtime/index.ts';
import { newNodeId } from './node-id.ts';
import { parseRegistryReply, parseRegistryRequest, type RegistryReply } from './registry-messages.ts';

const id = newNodeId(seededRandom(1));
const network = 'ab'.repeat(32);

describe('registry messages', () => {
  it('come back as they were written', () => {
    const register = { type: 'register', network, id } as const;
    expect(parseRegistryRequest(JSON.stringify(register))).toEqual(register);
    expect(parseRegistryRequest('{"type":"ping"}')).toEqual({ type: 'ping' });
    const replies: RegistryReply[] = [
      { type: 'instances', ids: [id] },
      { type: 'joined', id },
      { type: 'left', id },
      { type: 'pong' },
      { type: 'refused', reason: 'full' },
    ];
    for (const reply of replies) expect(parseRegistryReply(JSON.stringify(reply))).toEqual(reply);
  });

  it('are undefined for a name that is not hashed, an id that is no uuid, or another shape', () => {
    for (const bad of [
      { type: 'register', network: 'amber-otter-river', id },
      { type: 'register', network, id: 'bob' },
      { type: 'register', network, id: id.toUpperCase() },
      { type: 'register', network: [network], id },
      { type: 'nothing' },
      null,
      [],
      7,
    ]) {
      expect(parseRegistryRequest(JSON.stringify(bad))).toBeUndefined();
    }
    for (const bad of [
      { type: 'instances', ids: [id, 7] },
      { type: 'instances', ids: id },
      { type: 'instances', ids: Array.from({ length: 5001 }, () => id) },
      { type: 'joined', id: 'bob' },
      { type: 'refused' },
    ]) {
      expect(parseRegistryReply(JSON.stringify(bad))).toBeUndefined();
    }
  });

  it('never throw, whatever arrives', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        parseRegistryRequest(text);
        parseRegistryReply(text);
      }),
    );
  });
});
