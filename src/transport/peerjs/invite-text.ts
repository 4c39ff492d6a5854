/**
 * The two texts of an invite without a server, one each way: a description (description.ts), who made it, and which invite it
 * belongs to, as base64url of about 150 to 300 characters, short enough for a QR code. The last four bytes are of a hash, so
 * that a text that lost a character, or is another text, is told from one that does not work.
 *
 * | bytes | |
 * | --- | --- |
 * | 1 | version 1, plus 128 in an answer |
 * | 16 | id of the Node that made it |
 * | 8 | names the invite |
 * | 1 | setup: 0 actpass, 1 active, 2 passive |
 * | 1 + n, 1 + n | ufrag, password: length, ASCII |
 * | 32 | SHA-256 of the certificate |
 * | 1 | how many candidates |
 * | 1 + 4 or 16 + 2 each | type + 4 x protocol + 8 x family (0 IPv4, 1 IPv6, 2 uuid.local); address; port |
 * | 4 | first bytes of SHA-256 over all before |
 */
import { fromBase64Url, LeafcutterError, sha256Sync, toBase64Url } from '../../runtime/index.ts';
import { isNodeId, NODE_ID_BYTES, type NodeId, nodeIdFromBytes, nodeIdToBytes } from '../../wire/index.ts';
import {
  CANDIDATE_TYPES,
  type Candidate,
  type Description,
  MAX_CANDIDATES,
  PROTOCOLS,
  SETUPS,
} from './description.ts';
import { addressFromBytes, addressToBytes, FAMILY_BYTES } from './ip-address.ts';

export interface InviteText {
  readonly kind: 'offer' | 'answer';
  readonly from: NodeId;
  /** INVITE_ID_BYTES: the offer's, and the same in its answer. */
  readonly invite: Uint8Array;
  readonly description: Description;
}

export const INVITE_ID_BYTES = 8;
const VERSION = 1;
const ANSWER_BIT = 0x80;
const CHECK_BYTES = 4;
const FINGERPRINT_BYTES = 32;
/** RFC 8839 allows 256; browsers make 4 and 24. */
const MAX_CREDENTIAL = 64;
/** The longest text of this version has 700 characters; more is somebody's novel. */
const MAX_TEXT = 4_000;

export function formatInviteText({ kind, from, invite, description }: InviteText): string {
  const { ufrag, password, fingerprint, setup, candidates } = description;
  const bytes: number[] = [kind === 'answer' ? VERSION | ANSWER_BIT : VERSION];
  bytes.push(...nodeIdToBytes(from), ...invite, SETUPS.indexOf(setup));
  for (const text of [ufrag, password]) bytes.push(text.length, ...new TextEncoder().encode(text));
  const known = candidates.slice(0, MAX_CANDIDATES).flatMap((candidate) => {
    const address = addressToBytes(candidate.address);
    return address ? [{ candidate, address }] : [];
  });
  bytes.push(...fingerprint, known.length);
  for (const { candidate, address } of known) {
    const { type, protocol, port } = candidate;
    bytes.push(CANDIDATE_TYPES.indexOf(type) + 4 * PROTOCOLS.indexOf(protocol) + 8 * address.family);
    bytes.push(...address.bytes, port >> 8, port & 0xff);
  }
  return toBase64Url(Uint8Array.from([...bytes, ...check(Uint8Array.from(bytes))]));
}

/**
 * Whatever a person pasted.
 * @throws LeafcutterError `bad-invite-text`, whose message says what to do
 */
export function parseInviteText(text: string, expected: InviteText['kind']): InviteText {
  const bytes = decode(text.replace(/\s+/g, ''));
  const body = bytes.subarray(0, -CHECK_BYTES);
  if (bytes.length <= CHECK_BYTES || check(body).some((byte, i) => byte !== bytes[body.length + i])) {
    throw damaged();
  }
  const reader = new Reader(body);
  const first = reader.byte();
  if ((first & ~ANSWER_BIT) !== VERSION) {
    throw bad('this text was made by another version of the page: reload both pages and begin again');
  }
  const kind = (first & ANSWER_BIT) === 0 ? 'offer' : 'answer';
  if (kind !== expected) {
    throw bad(
      kind === 'offer'
        ? 'this is the first text, for the device that wants to join: paste there, and bring its answer here'
        : 'this is an answer, for the device that made the invite: paste it there',
    );
  }
  const from = nodeIdFromBytes(reader.bytes(NODE_ID_BYTES));
  const invite = reader.bytes(INVITE_ID_BYTES);
  const setup = SETUPS[reader.byte()];
  const ufrag = reader.credential();
  const password = reader.credential();
  const fingerprint = reader.bytes(FINGERPRINT_BYTES);
  const candidates = reader.candidates();
  if (!isNodeId(from) || !setup || !reader.isAtEnd) throw damaged();
  return { kind, from, invite, description: { ufrag, password, fingerprint, setup, candidates } };
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  byte(): number {
    return this.bytes(1)[0] ?? 0;
  }

  bytes(count: number): Uint8Array {
    if (this.#at + count > this.#bytes.length) throw damaged();
    this.#at += count;
    return this.#bytes.slice(this.#at - count, this.#at);
  }

  /** The characters of RFC 8839's ice-char: anything else could write lines of its own into a description. */
  credential(): string {
    const text = new TextDecoder().decode(this.bytes(this.byte()));
    if (text.length > MAX_CREDENTIAL || !/^[A-Za-z0-9+/]+$/.test(text)) throw damaged();
    return text;
  }

  candidates(): Candidate[] {
    const count = this.byte();
    if (count > MAX_CANDIDATES) throw damaged();
    return Array.from({ length: count }, () => {
      const head = this.byte();
      const type = CANDIDATE_TYPES[head & 3];
      const protocol = PROTOCOLS[(head >> 2) & 1];
      const length = FAMILY_BYTES[head >> 3];
      if (!type || !protocol || length === undefined) throw damaged();
      const address = addressFromBytes(head >> 3, this.bytes(length));
      const [high = 0, low = 0] = this.bytes(2);
      return { type, protocol, address, port: (high << 8) | low };
    });
  }
}

function decode(text: string): Uint8Array {
  if (text === '') throw bad('there is no text: paste the one that the other device shows');
  if (text.length > MAX_TEXT) throw damaged();
  try {
    return fromBase64Url(text);
  } catch {
    throw damaged();
  }
}

function check(bytes: Uint8Array): Uint8Array {
  return sha256Sync(bytes).slice(0, CHECK_BYTES);
}

function damaged(): LeafcutterError {
  return bad('this text is not whole: copy all of it again, from the first character to the last');
}

function bad(message: string): LeafcutterError {
  return new LeafcutterError('bad-invite-text', message);
}
