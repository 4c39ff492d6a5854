/**
 * Who may come in. Without users everyone may, as one who may do all; with them everyone must be one, unless `anonymous` names the user
 * that those are who say nothing of themselves (NATS' `no_auth_user`).
 */
import { equalBytes, sha256Sync } from '../runtime/index.ts';
import type { ConnectFields } from './connect-fields.ts';
import { isSignedBy } from './nkey.ts';
import { ALL_PERMITTED, type Permissions } from './permissions.ts';
import { NO_RATE, type Rate } from './rate-gate.ts';

export type Proof =
  | { readonly type: 'password'; readonly password: string }
  | { readonly type: 'token'; readonly token: string }
  /** The user's public key, "U...". */
  | { readonly type: 'nkey'; readonly key: string };

export interface DoorUser {
  /** Of a token or a key: how monitors call it. */
  readonly name: string;
  readonly proof: Proof;
  readonly permissions: Permissions;
  readonly rate: Rate;
}

/** What a client may do once it is in. */
export interface Admitted {
  readonly name: string;
  readonly permissions: Permissions;
  readonly rate: Rate;
}

const ANYONE: Admitted = { name: '', permissions: ALL_PERMITTED, rate: NO_RATE };

export class Users {
  readonly #users: readonly DoorUser[];
  readonly #anonymous: DoorUser | undefined;

  constructor(users: readonly DoorUser[], anonymous?: string) {
    this.#users = users;
    this.#anonymous = users.find(({ name }) => name === anonymous);
  }

  /** Whether a client must say who it is. */
  get areAsked(): boolean {
    return this.#users.length > 0 && this.#anonymous === undefined;
  }

  /** Whether INFO has a nonce to be signed. */
  get haveKeys(): boolean {
    return this.#users.some(({ proof }) => proof.type === 'nkey');
  }

  /** Whoever says nothing at all; undefined where that is not enough. */
  get unnamed(): Admitted | undefined {
    return this.#users.length === 0 ? ANYONE : this.#anonymous;
  }

  /** Undefined: not let in. Says nothing, not by its time either, about which part was wrong. */
  admit(fields: ConnectFields, nonce: string): Admitted | undefined {
    if (this.#users.length === 0) return ANYONE;
    const { user, pass, authToken, nkey, sig } = fields;
    if (user === '' && authToken === '' && nkey === '') return this.#anonymous;
    let found: DoorUser | undefined;
    for (const one of this.#users)
      if (isProven(one, { user, pass, authToken, nkey, sig }, nonce)) found = one;
    return found;
  }
}

type Claims = Pick<ConnectFields, 'user' | 'pass' | 'authToken' | 'nkey' | 'sig'>;

function isProven({ name, proof }: DoorUser, claims: Claims, nonce: string): boolean {
  switch (proof.type) {
    case 'password': {
      const isNamed = isSame(claims.user, name);
      return isSame(claims.pass, proof.password) && isNamed;
    }
    case 'token':
      return isSame(claims.authToken, proof.token);
    case 'nkey':
      return claims.nkey === proof.key && isSignedBy(proof.key, claims.sig, nonce);
  }
}

/** In a time that tells nothing of where they differ. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Uint8Array => sha256Sync(new TextEncoder().encode(text));
  return equalBytes(digest(given), digest(expected));
}
