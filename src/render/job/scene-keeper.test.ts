import { expect, it } from 'vitest';
import type { BlobHash, BlobService } from '../../services/blobs/index.ts';
import type { RenderSpec } from '../settings.ts';
import type { JobId } from './contract.ts';
import { SceneKeeper } from './scene-keeper.ts';

const [scene, map] = ['a', 'b'] as unknown as readonly [BlobHash, BlobHash];
const id = 'one' as JobId;
const spec = { scene, environmentMap: map } as RenderSpec;

/** Counts who needs a Blob, as the service does. */
function blobsWith(...here: readonly BlobHash[]) {
  const needs = new Map(here.map((hash) => [hash, 0]));
  const change = (hash: BlobHash, by: number) => needs.set(hash, (needs.get(hash) ?? 0) + by);
  const service = {
    has: (hash: BlobHash) => needs.has(hash),
    async get(hash: BlobHash) {
      change(hash, 1);
    },
    release: (hash: BlobHash) => change(hash, -1),
  };
  return { needs, service: service as unknown as BlobService };
}

it('the inputs of a render are held once while it is not over, however often it is said', () => {
  const { needs, service } = blobsWith(scene, map);
  const keeper = new SceneKeeper(service);
  keeper.keep(id, spec);
  keeper.keep(id, spec);
  expect([...needs.values()]).toEqual([1, 1]);
  keeper.letGo(id);
  keeper.letGo(id);
  expect([...needs.values()]).toEqual([0, 0]);
  keeper.keep(id, spec);
  expect([...needs.values()]).toEqual([1, 1]);
});

it('inputs that are not all here are not fetched for it', () => {
  const { needs, service } = blobsWith(scene);
  new SceneKeeper(service).keep(id, spec);
  expect([...needs]).toEqual([[scene, 0]]);
});

it('of a scene that travels as its files, the files are what is held', () => {
  const files = 'c' as BlobHash;
  const { needs, service } = blobsWith(files, map);
  new SceneKeeper(service).keep(id, { ...spec, source: { files, reading: {} } });
  expect([...needs]).toEqual([
    [files, 1],
    [map, 1],
  ]);
});
