import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../runtime/index.ts';
import { FRAME_RULES, parseFrameHeader } from '../../wire/index.ts';
import { linkVectors } from './vectors.testing.ts';

const document = readFileSync(new URL('../../../docs/protocol.md', import.meta.url), 'utf8');
const golden = new Map(
  [...document.matchAll(/```hex (\S+)\n([^`]*)```/g)].map(([, name, hex]) => [
    name,
    (hex ?? '').replace(/\s/g, ''),
  ]),
);

describe('the protocol document', () => {
  it.each(linkVectors())('shows the bytes of %s as the code makes them', (name, bytes) => {
    expect(golden.get(name)).toBe(toHex(bytes));
  });

  it('shows frames that parse', () => {
    for (const [name, bytes] of linkVectors()) {
      if (/^(frame|hello|auth|refuse|goodbye)/.test(name))
        expect(parseFrameHeader(bytes)).toBeTypeOf('object');
    }
  });

  it('lists every frame type as the table has it', () => {
    const number = new Intl.NumberFormat('en');
    for (const [name, { code, scope, lane, maxBodyBytes }] of Object.entries(FRAME_RULES)) {
      const laneText =
        lane === 'of-stream' ? 'its stream’s; acknowledgements control'.replace('’', "'") : lane;
      expect(document).toContain(
        `| ${code} | \`${name}\` | ${scope} | ${laneText} | ${number.format(maxBodyBytes)} |`,
      );
    }
  });
});
