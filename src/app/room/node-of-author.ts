/** Which Node an author is: its id follows from its key. */
import { realCryptography } from '../../mesh/index.ts';
import { fromHex } from '../../runtime/index.ts';
import type { AuthorId } from '../../services/rooms/index.ts';
import { type NodeId, nodeIdOf } from '../../wire/index.ts';

/** As many as have written. */
const nodes = new Map<AuthorId, NodeId>();

export function nodeOfAuthor(author: AuthorId): NodeId {
  const known = nodes.get(author);
  if (known !== undefined) return known;
  const node = nodeIdOf(fromHex(author), realCryptography);
  nodes.set(author, node);
  return node;
}
