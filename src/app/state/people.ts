/** Who is here: the mesh's members as signals, in the order in which they joined, ourselves first. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Member, MeshNode } from '../../mesh/index.ts';
import type { RendezvousState } from '../../transport/index.ts';

export interface People {
  readonly members: ReadonlySignal<readonly Member[]>;
  readonly rendezvous: ReadonlySignal<RendezvousState>;
}

export function watchPeople(node: MeshNode): People {
  const members = signal(node.members());
  const rendezvous = signal(node.rendezvous);
  node.events.on('membersChanged', () => {
    members.value = node.members();
  });
  node.events.on('rendezvous', (state) => {
    rendezvous.value = state;
  });
  return { members, rendezvous };
}
