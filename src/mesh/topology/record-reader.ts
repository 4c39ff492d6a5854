/**
 * The gate through which records come in. A verification costs 0.9 ms, so it is the last thing asked, and only of what
 * would be news: bytes seen before come from the cache, copies that are no newer than what is held are dropped unread.
 */
import { type NodeId, nodeIdOf } from '../../wire/index.ts';
import type { Cryptography } from '../identity/cryptography.ts';
import { SIGNATURE_BYTES } from '../identity/identity.ts';
import { compareStamps, type NodeRecord, type Stamp } from './record.ts';
import type { RecordCache } from './record-cache.ts';
import { isRecordShaped, parseRecord, publicKeyOf, signedPart, stampOf } from './record-codec.ts';

export type ReadRecord =
  /** Genuine, and newer than what is held. */
  | { readonly type: 'news'; readonly record: NodeRecord }
  /** No newer than what is held; `isSame`: it is what is held. Not verified. */
  | { readonly type: 'stale'; readonly id: NodeId; readonly isSame: boolean }
  /** It would have to be verified, and may not be now. */
  | { readonly type: 'refused' }
  | { readonly type: 'malformed' };

export interface ReaderOptions {
  /** Of the Network that they must be signed for. */
  readonly nameHash: Uint8Array;
  readonly cryptography: Cryptography;
  readonly cache: RecordCache;
  /** What is held of this Node, ourselves included. */
  held(id: NodeId): Stamp | undefined;
}

const MALFORMED: ReadRecord = { type: 'malformed' };
const REFUSED: ReadRecord = { type: 'refused' };

export class RecordReader {
  readonly #options: ReaderOptions;

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  /** `bytes`: a view on a frame, copied when kept. `mayVerify` is asked at most once, before a verification. Never throws. */
  read(bytes: Uint8Array, mayVerify: () => boolean): ReadRecord {
    const { cryptography, cache, held } = this.#options;
    const cached = cache.get(bytes);
    if (cached) return judge(cached.id, cached, held(cached.id)) ?? { type: 'news', record: cached };
    if (!isRecordShaped(bytes)) return MALFORMED;
    const id = nodeIdOf(publicKeyOf(bytes), cryptography);
    const stale = judge(id, stampOf(bytes), held(id));
    if (stale) return stale;
    if (!mayVerify()) return REFUSED;
    if (!this.isGenuine(bytes)) return MALFORMED;
    const record = parseRecord(new Uint8Array(bytes), id); // a view would keep its whole frame alive
    if (!record) return MALFORMED;
    cache.add(record);
    return { type: 'news', record };
  }

  /** Whether the key in shaped bytes has signed them, for this Network. */
  isGenuine(bytes: Uint8Array): boolean {
    const { nameHash, cryptography } = this.#options;
    const signature = bytes.subarray(bytes.length - SIGNATURE_BYTES);
    return cryptography.verify(publicKeyOf(bytes), signedPart(bytes, nameHash), signature);
  }
}

function judge(id: NodeId, stamp: Stamp, held: Stamp | undefined): ReadRecord | undefined {
  if (held === undefined) return undefined;
  const order = compareStamps(stamp, held);
  return order > 0 ? undefined : { type: 'stale', id, isSame: order === 0 };
}
