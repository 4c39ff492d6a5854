/** What belongs to a Mesh and must not be on it: an application passes it about, prints it, shows it. */
import type { Identity } from '../mesh/index.ts';
import type { Mesh } from './mesh.ts';

export interface MeshSecrets {
  /** The Node's own. */
  readonly identity: Identity;
  /** Of its network, as the fragment of a link, `#` included. */
  readonly invite: string;
}

const secrets = new WeakMap<Mesh, MeshSecrets>();

export function keepSecrets(mesh: Mesh, kept: MeshSecrets): void {
  secrets.set(mesh, kept);
}

export function secretsOf(mesh: Mesh): MeshSecrets {
  const kept = secrets.get(mesh);
  if (!kept) throw new TypeError('this mesh was not made by joinNetwork');
  return kept;
}
