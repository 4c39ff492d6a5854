/** Whatever a client or the backplane says: read or dropped, never thrown at. */
import { expect, it } from 'vitest';
import { seededRandom } from '../src/runtime/index.ts';
import { bentTexts, bentValues } from '../src/wire/fuzz.testing.ts';
import { newNodeId } from '../src/wire/index.ts';
import { redact } from './access-log.ts';
import { parseServerMessage } from './backplane/messages.ts';
import { normalAddress } from './client-addresses.ts';
import { pagePath } from './page-files.ts';
import { parsePeerFrame } from './peer-frames.ts';

const random = seededRandom(5);
const id = newNodeId(random);
const entry = { id, network: 'ab'.repeat(32), addressTag: 'ab', since: 1, hasSpoken: false };
const frames = [
  { type: 'OFFER', dst: id, payload: { connectionId: 'dc_1', sdp: { type: 'offer', sdp: 'v=0 "a" \\' } } },
  {
    type: 'REGISTER',
    payload: { network: 'ab'.repeat(32), publicKey: 'A'.repeat(43), signature: 'A'.repeat(86) },
  },
  { type: 'part', from: 'a', revision: 1, index: 0, count: 1, entries: [entry, entry] },
  { type: 'added', from: 'a', revision: 1, entry },
  {
    type: 'delivery',
    from: 'a',
    to: id,
    delivery: { type: 'text', from: id, text: '{}', offeredFrom: 'ab' },
  },
];

it('frames of clients, messages of other servers', () => {
  const texts = frames.map((frame) => JSON.stringify(frame));
  for (const text of bentTexts(texts, random)) {
    parsePeerFrame(text);
    parseServerMessage(text);
  }
  for (const value of bentValues(frames, random)) {
    const text = JSON.stringify(value) ?? '';
    parsePeerFrame(text);
    parseServerMessage(text);
  }
});

it('addresses of clients and paths of requests', () => {
  for (const text of bentTexts(
    ['/assets/a-1.js', '/%41%2f..%2f', '2001:db8::1%eth0', '::ffff:1.2.3.4', '::'],
    random,
  )) {
    redact(text);
    expect(pagePath(text) ?? '').not.toMatch(/(^|\/)\.\.?(\/|$)|\\/);
    expect(normalAddress(text).length).toBeLessThanOrEqual(45);
  }
});
