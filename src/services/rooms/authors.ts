/** Which Node an author is: its id follows from its key. The last ones are remembered: whoever has the write key can be as many as it likes. */
import type { Cryptography } from '../../mesh/index.ts';
import { fromHex } from '../../runtime/index.ts';
import { type NodeId, nodeIdOf } from '../../wire/index.ts';
import type { AuthorId } from './contract.ts';

const MAX_KNOWN = 4096;

export class Authors {
  readonly #cryptography: Cryptography;
  readonly #nodes = new Map<AuthorId, NodeId>();

  constructor(cryptography: Cryptography) {
    this.#cryptography = cryptography;
  }

  nodeOf({ author }: { readonly author: AuthorId }): NodeId {
    let node = this.#nodes.get(author);
    if (node === undefined) {
      node = nodeIdOf(fromHex(author), this.#cryptography);
      if (this.#nodes.size >= MAX_KNOWN) this.#nodes.clear();
      this.#nodes.set(author, node);
    }
    return node;
  }
}
