import { nkeys } from '@nats-io/transport-node';
import { describe, expect, it } from 'vitest';
import { type ConnectFields, readConnect, UNSAID } from './connect-fields.ts';
import { userKeyBytes } from './nkey.ts';
import { ALL_PERMITTED } from './permissions.ts';
import { NO_RATE } from './rate-gate.ts';
import { type DoorUser, type Proof, Users } from './users.ts';

const userOf = (name: string, proof: Proof): DoorUser => ({
  name,
  proof,
  permissions: ALL_PERMITTED,
  rate: NO_RATE,
});
const claims = (change: Partial<ConnectFields>): ConnectFields => ({ ...UNSAID, ...change });
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

const joe = userOf('joe', { type: 'password', password: 'secret' });
const bot = userOf('bot', { type: 'token', token: 's3cr3t' });

describe('users', () => {
  it('are not asked where there are none', () => {
    const users = new Users([]);
    expect(users.areAsked).toBe(false);
    expect(users.admit(claims({ user: 'who', pass: 'ever' }), '')?.name).toBe('');
  });

  it('come in by password or token, and by nothing else', () => {
    const users = new Users([joe, bot]);
    expect(users.areAsked).toBe(true);
    expect(users.unnamed).toBeUndefined();
    expect(users.admit(claims({ user: 'joe', pass: 'secret' }), '')?.name).toBe('joe');
    expect(users.admit(claims({ authToken: 's3cr3t' }), '')?.name).toBe('bot');
    for (const wrong of [
      {},
      { user: 'joe' },
      { user: 'joe', pass: 'Secret' },
      { user: 'bot', pass: 'secret' },
      { pass: 'secret' },
      { user: 's3cr3t' },
      { authToken: 'joe' },
      { authToken: 's3cr3t2' },
    ]) {
      expect(users.admit(claims(wrong), '')).toBeUndefined();
    }
  });

  it('come in by a key that signs the nonce, in either base64', () => {
    const pair = nkeys.createUser();
    const key = pair.getPublicKey();
    const users = new Users([joe, userOf('keeper', { type: 'nkey', key })]);
    expect(users.haveKeys).toBe(true);
    const signature = base64(pair.sign(new TextEncoder().encode('nonce-1')));
    const url = signature.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
    for (const sig of [signature, url]) {
      expect(users.admit(claims({ nkey: key, sig }), 'nonce-1')?.name).toBe('keeper');
      expect(users.admit(claims({ nkey: key, sig }), 'nonce-2')).toBeUndefined();
    }
    const other = nkeys.createUser();
    const forged = base64(other.sign(new TextEncoder().encode('nonce-1')));
    expect(users.admit(claims({ nkey: key, sig: forged }), 'nonce-1')).toBeUndefined();
    expect(users.admit(claims({ nkey: other.getPublicKey(), sig: forged }), 'nonce-1')).toBeUndefined();
    expect(users.admit(claims({ nkey: key, sig: '%' }), 'nonce-1')).toBeUndefined();
  });

  it('may let in those who say nothing, but not those who say something wrong', () => {
    const users = new Users([joe, bot], 'bot');
    expect(users.areAsked).toBe(false);
    expect(users.unnamed?.name).toBe('bot');
    expect(users.admit(claims({}), '')?.name).toBe('bot');
    expect(users.admit(claims({ user: 'joe', pass: 'no' }), '')).toBeUndefined();
  });
});

describe('a key of a user', () => {
  it('is read back to its bytes; a letter off, another kind or another length is none', () => {
    const key = nkeys.createUser().getPublicKey();
    expect(userKeyBytes(key)).toHaveLength(32);
    const wrong = key.at(-1) === 'A' ? 'B' : 'A';
    expect(userKeyBytes(key.slice(0, -1) + wrong)).toBeUndefined();
    expect(userKeyBytes(key.slice(0, 9) + (key[9] === 'A' ? 'B' : 'A') + key.slice(10))).toBeUndefined();
    expect(userKeyBytes(nkeys.createAccount().getPublicKey())).toBeUndefined();
    expect(userKeyBytes(key.slice(0, 40))).toBeUndefined();
    expect(userKeyBytes(key.toLowerCase())).toBeUndefined();
  });
});

describe('the fields of CONNECT', () => {
  it('have their defaults, keep what was said before, and know nothing of strangers', () => {
    const first = readConnect('{"verbose":false,"no_responders":true,"tls_required":false}', UNSAID);
    expect(first).toEqual({ ...UNSAID, verbose: false, noResponders: true });
    expect(readConnect('{"name":"x","user":null}', first ?? UNSAID)).toMatchObject({
      verbose: false,
      name: 'x',
    });
    expect(readConnect('{"__proto__":{"verbose":1},"constructor":1}', UNSAID)).toEqual(UNSAID);
  });

  it.each(['', '{', '[]', 'null', '1', '{"verbose":1}', '{"name":{}}', '{"protocol":"1"}'])(
    'are none in %s',
    (json) => {
      expect(readConnect(json, UNSAID)).toBeUndefined();
    },
  );
});
