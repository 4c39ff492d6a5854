import { expect, it } from 'vitest';
import { redact } from './access-log.ts';

it('shows short words, and of keys and uuids the beginning only', () => {
  expect(redact('/assets/index-Bx1_yz.js')).toBe('/assets/index-Bx1_yz.js');
  expect(redact('/a/3f2a1b4c-1111-8222-9333-444455556666/b')).toBe('/a/3f2a1b4c.../b');
  const key = 'AAECAwQFBgcICQoLDA0ODw';
  expect(redact(`/#amber-otter-river.${key}`)).not.toContain(key.slice(9));
  expect(redact(`/${'a'.repeat(5000)}`)).toBe('/aaaaaaaa...');
});

it('stays on one line and bounded, whatever comes', () => {
  expect(redact('/x\n2026 forged line\x1b[31m')).toBe('/x?2026?forged?line?[31m');
  expect(redact('/a b'.repeat(1000)).length).toBeLessThanOrEqual(120);
});
