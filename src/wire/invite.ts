/**
 * An invite is what one person hands to another: the network's name, short enough to read aloud, and its key. Both live
 * in the fragment of a link (`#amber-otter-river.KEY`), which browsers never send to a server. The rendezvous is told a
 * hash of the name alone, so that somebody with a wrong key still meets the others and is told so by the handshake.
 */
import {
  fromBase64Url,
  integerBelow,
  LeafcutterError,
  type Random,
  sha256Sync,
  toBase64Url,
  toHex,
} from '../runtime/index.ts';
import { NAME_WORDS } from './words.ts';

/** Name and key of a network: what an invite link carries. */
export interface Invite {
  /** Lower-case words and digits joined by hyphens, at most MAX_NETWORK_NAME_LENGTH characters. */
  readonly name: string;
  /** 16 or 32 bytes; whoever has them belongs to the network. */
  readonly key: Uint8Array;
}

export type InviteProblem = 'empty' | 'name' | 'key-missing' | 'key';

/** The text is no invite; `problem` says which part, the message says what to do. The text itself is never repeated. */
export class InviteError extends LeafcutterError {
  constructor(
    readonly problem: InviteProblem,
    message: string,
    options?: { cause?: unknown },
  ) {
    super('bad-invite', message, options);
  }
}

const MAX_NETWORK_NAME_LENGTH = 64;
/** 128 bits: out of reach of guessing, and the link still makes a small QR code. */
const NEW_KEY_BYTES = 16;
const KEY_SIZES: readonly number[] = [16, 32];
const WORDS_IN_A_NAME = 3;
const NAME_PATTERN = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** A fresh network. `random` must be fit for secrets (`systemRandom`) outside tests. */
export function newInvite(random: Random): Invite {
  const left = [...NAME_WORDS];
  const words: string[] = [];
  while (words.length < WORDS_IN_A_NAME) words.push(...left.splice(integerBelow(random, left.length), 1));
  return { name: words.join('-'), key: random.bytes(NEW_KEY_BYTES) };
}

/** The fragment of an invite link, without the `#`. @throws InviteError when name or key are out of bounds. */
export function formatInvite(invite: Invite): string {
  checkName(invite.name);
  if (!KEY_SIZES.includes(invite.key.length)) {
    throw new InviteError('key', `a network key has 16 or 32 bytes, not ${invite.key.length}`);
  }
  return `${invite.name}.${toBase64Url(invite.key)}`;
}

/**
 * Reads the fragment of an invite link, with or without its `#`; spaces around it and capitals in the name are forgiven. What stands behind
 * an `&` is for services (a room): it is passed over.
 * @throws InviteError
 */
export function parseInvite(fragment: string): Invite {
  const text = fragment.trim().replace(/^#/, '').replace(/&.*$/s, '').trim();
  if (text === '') throw new InviteError('empty', 'the link carries no invite; ask for the whole link');
  const dot = text.indexOf('.');
  const name = (dot < 0 ? text : text.slice(0, dot)).toLowerCase();
  checkName(name);
  const keyText = dot < 0 ? '' : text.slice(dot + 1);
  if (keyText === '') {
    throw new InviteError('key-missing', 'the invite has a name but no key; ask for the whole link');
  }
  return { name, key: parseKey(keyText) };
}

/**
 * What the rendezvous knows a network by: lower-case hex of SHA-256 over a label and the name. The key has no part in it.
 */
export function networkHash(name: string): string {
  return toHex(sha256Sync(new TextEncoder().encode(`leafcutter network name v1\n${name}`)));
}

function checkName(name: string): void {
  if (name.length > MAX_NETWORK_NAME_LENGTH || !NAME_PATTERN.test(name)) {
    throw new InviteError(
      'name',
      `the network's name must be words of a-z and 0-9 joined by hyphens, at most ${MAX_NETWORK_NAME_LENGTH} characters`,
    );
  }
}

function parseKey(text: string): Uint8Array {
  const problem = "the invite's key is damaged or cut short; copy the whole link again";
  let key: Uint8Array;
  try {
    key = fromBase64Url(text);
  } catch (cause) {
    throw new InviteError('key', problem, { cause });
  }
  // Base64 leaves spare bits in its last character: only the text that formatInvite writes is taken.
  if (!KEY_SIZES.includes(key.length) || toBase64Url(key) !== text) throw new InviteError('key', problem);
  return key;
}
