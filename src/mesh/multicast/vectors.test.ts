import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { toHex } from '../../runtime/index.ts';
import { multicastVectors } from './vectors.testing.ts';

const document = readFileSync(new URL('../../../docs/protocol.md', import.meta.url), 'utf8');

it.each(multicastVectors())(
  'docs/protocol.md shows the bytes of %s as the code makes them',
  (name, bytes) => {
    const [, hex = ''] = new RegExp(`\`\`\`hex ${name}\\n([^\`]*)\`\`\``).exec(document) ?? [];
    expect(hex.replace(/\s/g, '')).toBe(toHex(bytes));
  },
);
