/** docs/protocol.md shows golden bytes; here the code makes the same ones. A change of either is a change of the protocol. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { toHex } from '../runtime/index.ts';
import { encodeControl, FRAME_RULES, frameTypeName, parseFrameHeader } from '../wire/index.ts';
import { healthVectors } from './health/vectors.testing.ts';
import { linkVectors } from './link/vectors.testing.ts';
import { multicastVectors } from './multicast/vectors.testing.ts';
import { signalingVectors } from './signaling/vectors.testing.ts';
import { streamVectors } from './streams/vectors.testing.ts';
import { gossipVectors } from './topology/vectors.testing.ts';

const document = readFileSync(new URL('../../docs/protocol.md', import.meta.url), 'utf8');
const golden = new Map(
  [...document.matchAll(/```hex (\S+)\n([^`]*)```/g)].map(([, name, hex]) => [
    name,
    (hex ?? '').replace(/\s/g, ''),
  ]),
);
const made = new Map<string, Uint8Array>([
  ['control-body', encodeControl({ list: [1, -1, 0.5, true, null], text: 'é', bytes: Uint8Array.of(1, 2) })],
  ...linkVectors(),
  ...streamVectors(),
  ...multicastVectors(),
  ...gossipVectors(),
  ...healthVectors(),
  ...signalingVectors(),
]);

describe('the protocol document', () => {
  it.each([...made])('shows the bytes of %s as the code makes them', (name, bytes) => {
    expect(golden.get(name)).toBe(toHex(bytes));
  });

  it('shows no bytes that are not checked here', () => {
    expect([...golden.keys()].sort()).toEqual([...made.keys()].sort());
  });

  it('shows frames that parse', () => {
    for (const [name, bytes] of made) {
      if (/^(frame|hello|auth|refuse|goodbye|packet)/.test(name))
        expect(parseFrameHeader(bytes), name).toBeTypeOf('object');
    }
  });

  it('lists every frame type as the table has it', () => {
    const number = new Intl.NumberFormat('en');
    for (const [name, { code, scope, lane, maxBodyBytes }] of Object.entries(FRAME_RULES)) {
      const laneText = lane === 'of-stream' ? "its stream's; acknowledgements control" : lane;
      expect(document).toContain(
        `| ${code} | \`${name}\` | ${scope} | ${laneText} | ${number.format(maxBodyBytes)} |`,
      );
      expect(frameTypeName(code)).toBe(name);
    }
  });
});
