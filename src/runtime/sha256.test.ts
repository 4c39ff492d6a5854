import { afterEach, describe, expect, it, vi } from 'vitest';
import { toHex } from './bytes.ts';
import { sha256 } from './sha256.ts';

const abc = new TextEncoder().encode('abc');
/** FIPS 180-2, appendix B.1. */
const ABC_DIGEST = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

describe('sha256', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('matches the standard vector with WebCrypto', async () => {
    expect(toHex(await sha256(abc))).toBe(ABC_DIGEST);
  });

  it('gives the same bytes on a page that is no secure context and has no WebCrypto', async () => {
    vi.stubGlobal('crypto', {});
    expect(toHex(await sha256(abc))).toBe(ABC_DIGEST);
  });
});
