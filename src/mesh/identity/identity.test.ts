import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { isNodeId, nodeIdOf } from '../../wire/index.ts';
import { beginLife, identityFrom, isNewerLife } from './identity.ts';
import { realCryptography } from './real-cryptography.ts';

const identity = identityFrom(seededRandom(1).bytes(32), realCryptography);
const lifeOf = (life: number, seed: number) =>
  beginLife(identity, life, seededRandom(seed).bytes(32), realCryptography);

describe('an identity', () => {
  it('has a version 8 uuid that follows from its public key alone', () => {
    expect(identity.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(isNodeId(identity.id)).toBe(true);
    expect(nodeIdOf(identity.publicKey, realCryptography)).toBe(identity.id);
    const other = identity.publicKey.slice();
    other[31] = (other[31] ?? 0) ^ 1;
    expect(nodeIdOf(other, realCryptography)).not.toBe(identity.id);
  });

  it('keeps its id over lives, each with an agreement key of its own', () => {
    const [first, second] = [lifeOf(1, 10), lifeOf(2, 11)];
    expect(second.id).toBe(first.id);
    expect(second.agreementKey).not.toEqual(first.agreementKey);
  });

  it('has exactly one newer life of two, unless they are one', () => {
    const lives = [lifeOf(1, 10), lifeOf(2, 11), lifeOf(2, 12)];
    for (const a of lives) {
      for (const b of lives) expect(isNewerLife(a, b)).toBe(a !== b && !isNewerLife(b, a));
    }
    const [old, young] = lives;
    expect(old && young && isNewerLife(young, old)).toBe(true);
  });
});
