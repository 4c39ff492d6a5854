import { strToU8, unzipSync } from 'fflate';
import { expect, it } from 'vitest';
import { openZip } from './frames-zip.ts';

it('a zip that is written as it comes has every file as it was given', async () => {
  const zip = openZip();
  const given = {
    'a-0000.png': strToU8('one'),
    'a-0001.png': new Uint8Array(100_000).fill(7),
    'b.png': new Uint8Array(),
  };
  for (const [name, bytes] of Object.entries(given)) zip.add(name, bytes);
  const blob = zip.end();
  expect(blob.type).toBe('application/zip');
  expect(unzipSync(new Uint8Array(await blob.arrayBuffer()))).toEqual(given);
});
