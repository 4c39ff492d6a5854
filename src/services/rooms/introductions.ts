/**
 * Who is in the room and on no list yet: each Node says to whoever it meets which device it is and what it may, signed, and passes on what
 * other writers have said, so that an administrator learns of whom it does not meet. Its next checkpoint puts them on the list (members.ts).
 */
import type { Cryptography, Identity } from '../../mesh/index.ts';
import { concatBytes, fromHex, toHex } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { Authors } from './authors.ts';
import { decodePlain, encodePlain } from './canonical.ts';
import type { CheckpointCodec } from './checkpoint-codec.ts';
import type { AuthorId, DeviceId, Grant, Plain } from './contract.ts';
import type { Keyring } from './epochs.ts';
import { type MemberEntry, type Members, rankOf } from './members.ts';
import type { UpdateCodec } from './update.ts';

export interface Introduction {
  readonly key: Uint8Array;
  readonly device: Uint8Array;
  readonly grant: Grant;
  /** Of the write or the admin key; empty for a reader. */
  readonly certificate: Uint8Array;
  /** By `key`. */
  readonly signature: Uint8Array;
}

export interface IntroductionParts {
  readonly identity: Identity;
  readonly deviceSecret: Uint8Array;
  readonly keyring: Keyring;
  readonly codec: UpdateCodec;
  readonly checkpoints: CheckpointCodec;
  readonly authors: Authors;
  readonly cryptography: Cryptography;
}

/** Nobody passes on what is false, but for a moment when the keys become others: to look at all of it would cost more than to say it. */
const MAX_FALSE = 4;
/** In one message. */
const MAX_PASSED_ON = 64;
/** Kept: a checkpoint puts them on the list within seconds, if there is an administrator. */
const MAX_KNOWN = 512;
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const GRANTS = ['read', 'write', 'admin'] as const;
const LABEL = new TextEncoder().encode('leafcutter room member\n');

export class Introductions {
  readonly #parts: IntroductionParts;
  readonly #device: Uint8Array;
  readonly #known = new Map<AuthorId, { readonly entry: MemberEntry; readonly said: Introduction }>();

  constructor(parts: IntroductionParts) {
    this.#parts = parts;
    this.#device = parts.cryptography.agreementKey(parts.deviceSecret);
  }

  get self(): MemberEntry {
    const { identity, keyring } = this.#parts;
    const { grant } = keyring.current.secrets;
    return {
      device: toHex(this.#device) as DeviceId,
      author: toHex(identity.publicKey) as AuthorId,
      grant,
    };
  }

  /** What to say to whoever we meet. */
  say(): readonly Introduction[] {
    const passedOn = [...this.#known.values()].filter(({ entry }) => entry.grant !== 'read');
    return [this.#own(), ...passedOn.slice(-MAX_PASSED_ON + 1).map(({ said }) => said)];
  }

  /** Whether somebody is new. Readers show nothing, so they speak for themselves only. */
  heard(from: NodeId, introductions: readonly Introduction[]): boolean {
    const { authors } = this.#parts;
    let isNew = false;
    let lies = 0;
    for (const said of introductions) {
      if (lies >= MAX_FALSE) break;
      const { key, device, grant } = said;
      const entry: MemberEntry = {
        device: toHex(device) as DeviceId,
        author: toHex(key) as AuthorId,
        grant,
      };
      const known = this.#known.get(entry.author)?.entry;
      if (known?.device === entry.device && rankOf(known.grant) >= rankOf(grant)) continue;
      if (grant === 'read' && authors.nodeOf(entry) !== from) continue;
      if (!this.#isTrue(said)) {
        lies++;
        continue;
      }
      this.#known.delete(entry.author);
      this.#known.set(entry.author, { entry, said });
      isNew = true;
    }
    for (const author of this.#known.keys()) {
      if (this.#known.size <= MAX_KNOWN) break;
      this.#known.delete(author);
    }
    return isNew;
  }

  /** Who has said so. */
  get entries(): readonly MemberEntry[] {
    return [...this.#known.values()].map(({ entry }) => entry);
  }

  /** Ourselves and those who have said so: who is not on that list, or may more, or is another Node now. */
  unlisted(members: Members): readonly MemberEntry[] {
    const newest = new Map<DeviceId, MemberEntry>();
    for (const entry of [this.self, ...this.entries]) {
      const before = newest.get(entry.device) ?? members.get(entry.device);
      const isMore = !before || rankOf(entry.grant) > rankOf(before.grant);
      if (isMore) newest.set(entry.device, entry);
      else if (before.author !== entry.author && before === members.get(entry.device))
        newest.set(entry.device, { ...entry, grant: before.grant });
    }
    return [...newest.values()];
  }

  /** Its keys are gone: what it said proves nothing any more. */
  forget(isStill: (entry: MemberEntry) => boolean): void {
    for (const [author, { entry }] of this.#known) if (!isStill(entry)) this.#known.delete(author);
  }

  #own(): Introduction {
    const { identity, keyring, codec, checkpoints, cryptography } = this.#parts;
    const { grant, adminSecret, writeSecret } = keyring.current.secrets;
    let certificate = new Uint8Array();
    if (adminSecret) certificate = new Uint8Array(checkpoints.certify(identity, adminSecret));
    else if (writeSecret) certificate = new Uint8Array(codec.certify(identity, writeSecret));
    const text = this.#textOf({ device: this.#device, grant });
    const signature = cryptography.sign(identity.secretKey, identity.publicKey, text);
    return { key: identity.publicKey, device: this.#device, grant, certificate, signature };
  }

  #isTrue({ key, device, grant, certificate, signature }: Introduction): boolean {
    const { keyring, codec, checkpoints, cryptography } = this.#parts;
    if (!cryptography.verify(key, this.#textOf({ device, grant }), signature)) return false;
    if (grant === 'admin') return checkpoints.isAdmin(key, certificate);
    return grant === 'read' || codec.isWriter(key, keyring.current, certificate);
  }

  #textOf({ device, grant }: Pick<Introduction, 'device' | 'grant'>): Uint8Array {
    const { keyring } = this.#parts;
    const epoch = fromHex(keyring.current.id);
    return concatBytes(LABEL, keyring.roomBytes, epoch, device, Uint8Array.of(rankOf(grant)));
  }
}

export function encodeIntroductions(all: readonly Introduction[]): Uint8Array {
  return encodePlain(
    all.map(({ key, device, grant, certificate, signature }) => [
      ...[key, device, rankOf(grant), certificate, signature],
    ]),
  );
}

export function decodeIntroductions(body: Uint8Array): readonly Introduction[] | undefined {
  const list = decodePlain(body);
  if (!Array.isArray(list) || list.length > MAX_PASSED_ON) return undefined;
  const all: Introduction[] = [];
  for (const item of list as readonly Plain[]) {
    if (!Array.isArray(item) || item.length !== 5) return undefined;
    const [key, device, rank, certificate, signature]: readonly Plain[] = item;
    const grant = typeof rank === 'number' ? GRANTS[rank] : undefined;
    if (!isBytes(key, KEY_BYTES) || !isBytes(device, KEY_BYTES) || !isBytes(signature, SIGNATURE_BYTES))
      return undefined;
    if (!grant || !(certificate instanceof Uint8Array)) return undefined;
    all.push({ key, device, grant, certificate, signature });
  }
  return all;
}

function isBytes(value: Plain | undefined, length: number): value is Uint8Array {
  return value instanceof Uint8Array && value.length === length;
}
