/** What a person reads when two pages do not let each other in. Our own words only: never a text that the other sent. */
import type { NodeId } from '../../wire/index.ts';
import type { RefusalReason } from '../contract.ts';

/** A sentence that says what happened and what to do. `here`: this page refused; otherwise the other one did. */
export function refusalMessage(peer: NodeId, reason: RefusalReason, where: 'here' | 'there'): string {
  const other = `node ${peer.slice(0, 8)}`;
  switch (reason) {
    case 'wrong-key':
      return `${other} and this page do not have the same network key: open the same invite link on both, whole and unchanged`;
    case 'wrong-network':
      return `${other} belongs to a network of another name: open the same invite link on both`;
    case 'version':
      return `${other} runs another version of Leafcutter: reload both pages`;
    case 'protocol':
      return where === 'here'
        ? `${other} did not follow the handshake, so it was not let in; reload that page`
        : `${other} did not understand this page's handshake; reload both pages`;
  }
}
