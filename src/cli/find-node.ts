/** A Node by what a person types: its uuid, or the beginning of it. */
import type { Member, Mesh } from '../library/index.node.ts';
import { LeafcutterError } from '../runtime/index.ts';
import { type FindOptions, whenFound } from './when-found.ts';

const BEGINNING = /^[0-9a-f][0-9a-f-]{3,35}$/;

/**
 * Ourselves are not among them. Undefined when nobody's id begins so.
 * @throws LeafcutterError `bad-node`, `ambiguous-node`
 */
export function nodeAmong(members: readonly Member[], text: string): Member | undefined {
  const beginning = text.toLowerCase();
  if (!BEGINNING.test(beginning)) {
    throw new LeafcutterError(
      'bad-node',
      `"${text}" is no Node's id: give it, or the first 8 characters of it, as \`leafcutter nodes\` prints them`,
    );
  }
  const found = members.filter(({ id, isSelf }) => !isSelf && id.startsWith(beginning));
  if (found.length > 1) {
    throw new LeafcutterError(
      'ambiguous-node',
      `${found.length} Nodes begin with ${beginning}: give more of the id (${found.map(({ id }) => id).join(', ')})`,
    );
  }
  return found[0];
}

/** Waits until it is a member. @throws LeafcutterError `bad-node`, `ambiguous-node`, `no-such-node`; CancelledError */
export function findNode(mesh: Mesh, text: string, { timeoutMs, signal }: FindOptions): Promise<Member> {
  return whenFound({
    look: () => nodeAmong(mesh.members(), text),
    onChange: (look) => mesh.on('membersChanged', look),
    what: 'looking for the Node',
    ...{ timeoutMs, signal },
    missing: () => noSuchNode(mesh, text),
  });
}

function noSuchNode(mesh: Mesh, text: string): LeafcutterError {
  const others = mesh.members().filter(({ isSelf }) => !isSelf);
  const who =
    others.length === 0
      ? 'nobody else is in the network'
      : `there are ${others.map(({ id }) => id.slice(0, 8)).join(', ')}`;
  return new LeafcutterError('no-such-node', `no Node begins with ${text}; ${who}`);
}
