/** Whatever arrives: no parser of this layer throws, but for an invite's own error. */
import { expect, it } from 'vitest';
import { seededRandom } from '../runtime/index.ts';
import { decodeControl, encodeControl } from './control.ts';
import { bentBytes, bentTexts, bentValues } from './fuzz.testing.ts';
import { InviteError, parseInvite } from './invite.ts';
import { readRegistryReply, readRegistryRequest } from './registry-messages.ts';

const ID = '11111111-1111-4111-8111-111111111111';

it('msgpack is decoded or refused', () => {
  const good = [
    encodeControl({ a: 1, b: [1, -1, 0.5, 2 ** 40, 'text', null, true], c: { d: new Uint8Array(40) } }),
    encodeControl(Array.from({ length: 40 }, () => ({ x: [] }))),
  ];
  for (const bytes of bentBytes(good, seededRandom(1))) decodeControl(bytes);
});

it('what a server and a Node say to each other is read or refused', () => {
  const good = [
    {
      type: 'REGISTER',
      payload: { network: 'ab'.repeat(32), publicKey: 'A'.repeat(43), signature: 'A'.repeat(86) },
    },
    { type: 'CHALLENGE', payload: { nonce: 'ab'.repeat(32) } },
    { type: 'INSTANCES', payload: { ids: [ID, ID] } },
    { type: 'LEFT', payload: { id: ID } },
    { type: 'GOODBYE', payload: { reason: 'restarting' } },
  ];
  for (const value of bentValues(good, seededRandom(2))) {
    readRegistryReply(value);
    readRegistryRequest(value);
  }
});

it('an invite is read, or refused with its own error', () => {
  for (const text of bentTexts(
    [`amber-otter-river.${'A'.repeat(22)}`, `a-b.${'_'.repeat(43)}`],
    seededRandom(3),
  )) {
    try {
      parseInvite(text);
    } catch (error) {
      expect(error).toBeInstanceOf(InviteError);
    }
  }
});
