/** Test support: lives and signed records, made to order. */
import { seededRandom } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { simulatedCryptography } from '../identity/cryptography.testing.ts';
import { beginLife, identityFrom, type OwnLife } from '../identity/identity.ts';
import { networkNameHash } from '../identity/network-name.ts';
import type { NodeRecord } from './record.ts';
import { sealRecord } from './record-codec.ts';

export class TestNodes {
  readonly cryptography;
  readonly random;
  readonly nameHash;

  constructor(seed = 1, cryptography = simulatedCryptography(), networkName = 'quiet-otter') {
    this.cryptography = cryptography;
    this.nameHash = networkNameHash(networkName, cryptography);
    this.random = seededRandom(seed);
  }

  life(secret = this.random.bytes(32), life = 1): OwnLife {
    return beginLife(identityFrom(secret, this.cryptography), life, this.random.bytes(32), this.cryptography);
  }

  /** In the order of their ids. */
  lives(count: number): OwnLife[] {
    return Array.from({ length: count }, () => this.life()).sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  record(own: OwnLife, neighbours: readonly NodeId[] = [], more: RecordChange = {}): NodeRecord {
    const { version = 1, hasLeft = false, rttClass = 5, attributes = new Uint8Array() } = more;
    const classes = new Map(neighbours.map((id) => [id, rttClass]));
    const fields = { version, hasLeft, attributes, neighbours: classes };
    return sealRecord(own, fields, this.nameHash, this.cryptography);
  }
}

interface RecordChange {
  readonly version?: number;
  readonly hasLeft?: boolean;
  readonly rttClass?: number;
  readonly attributes?: Uint8Array;
}
