/**
 * One Blob from the Node that has it to many at once, in virtual time, over links of different speeds: what whoever had it first must send, and how
 * long it takes until the last one has it, against the least that is possible with those links (Kumar and Ross 2006):
 *
 *   the larger of F/u, F/d and N F/(sum of all uploads), of F bytes to N Nodes, u the upload of who has it and d the slowest download
 */
import { uniform } from '../src/runtime/index.ts';
import { setUp, watch } from './blob-world.testing.ts';

export interface SwarmOptions {
  readonly nodes: number;
  readonly bytes: number;
}

export interface Swarm {
  /** Bytes that the first holder sent of it, in sizes of the Blob. */
  readonly uploads: number;
  readonly makespanMs: number;
  readonly boundMs: number;
}

/** Bytes a millisecond: 2 to 10 MB/s up, two to five times as much down. */
const UP = [2_000, 10_000] as const;
const DOWN_TIMES = [2, 5] as const;
/** Of a piece it is hardly anything; what else is said is small. */
const LEAST_PIECE_BYTES = 10_000;

export async function spread(seed: number, { nodes, bytes }: SwarmOptions): Promise<Swarm> {
  const { mesh, add } = setUp(seed);
  const between = ([from, to]: readonly [number, number]): number =>
    from * (to / from) ** uniform(mesh.random);
  const holders = Array.from({ length: nodes + 1 }, () => add());
  const links = holders.map(({ node }) => {
    const up = between(UP);
    const link = { up, down: up * between(DOWN_TIMES), upFreeAtMs: 0, downFreeAtMs: 0 };
    mesh.capacities.set(node.id, link);
    return link;
  });
  const [first, ...others] = holders;
  const [own, ...theirs] = links;
  if (!first || !own) throw new Error('unreachable');
  let sent = 0;
  mesh.onDispatch = (from, size) => {
    if (from === first.node.id && size >= LEAST_PIECE_BYTES) sent += size;
  };
  const blob = new Uint8Array(bytes);
  for (let at = 0; at < bytes; at += 65_536) blob.set(mesh.random.bytes(Math.min(64, bytes - at)), at);
  const hash = await first.blobs.put(blob);
  await mesh.meet();
  const startMs = mesh.now();
  const gets = others.map(({ blobs }) =>
    watch(blobs.get(hash, { holders: [first.node.id], totalBytes: bytes })),
  );
  await mesh.runUntil(() => gets.every(({ isSettled }) => isSettled), 3_600_000);
  const makespanMs = mesh.now() - startMs;
  for (const { value, error } of gets)
    if (!value || Buffer.compare(value, blob) !== 0) throw error ?? new Error('wrong');
  for (const { blobs } of holders) blobs.close();
  const uploads = links.reduce((sum, { up }) => sum + up, 0);
  const slowest = Math.min(...theirs.map(({ down }) => down));
  const boundMs = Math.max(bytes / own.up, bytes / slowest, (nodes * bytes) / uploads);
  return { uploads: sent / bytes, makespanMs, boundMs };
}
