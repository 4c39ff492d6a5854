import { expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import type { PeerIdentity } from '../identity/identity.ts';
import { KnownLives } from './known-lives.ts';

const random = seededRandom(4);
const identity = (life: number, id = newNodeId(random)): PeerIdentity => ({
  id,
  life,
  publicKey: new Uint8Array(32),
  agreementKey: new Uint8Array(32),
});

it('a life is news once, and again only when it is newer', () => {
  const lives = new KnownLives();
  const first = identity(5);
  expect(lives.learn(first)).toBe(true);
  expect(lives.learn({ ...first })).toBe(false);
  expect(lives.learn(identity(4, first.id))).toBe(false);
  expect(lives.get(first.id)?.life).toBe(5);
  expect(lives.learn(identity(6, first.id))).toBe(true);
  expect(lives.get(first.id)?.life).toBe(6);
});

it('no more lives are kept than the bound, the longest unchanged go first', () => {
  const lives = new KnownLives();
  const oldest = identity(1);
  const second = identity(1);
  lives.learn(oldest);
  lives.learn(second);
  for (let i = 0; i < 8191; i++) lives.learn(identity(1));
  expect(lives.get(oldest.id)).toBeUndefined();
  expect(lives.get(second.id)).toBeDefined();
});
