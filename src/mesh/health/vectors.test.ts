import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { toHex } from '../../runtime/index.ts';
import { healthVectors } from './vectors.testing.ts';

const document = readFileSync(new URL('../../../docs/protocol.md', import.meta.url), 'utf8');

it.each(healthVectors())('the bytes of %s are those that docs/protocol.md shows', (name, bytes) => {
  const [, hex = ''] = new RegExp(`\`\`\`hex ${name}\\n([^\`]*)\`\`\``).exec(document) ?? [];
  expect(hex.replace(/\s/g, '')).toBe(toHex(bytes));
});
