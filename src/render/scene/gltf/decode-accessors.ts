/**
 * From checked JSON to numbers: glTF-Transform follows the buffer views, sparse and interleaved accessors, Draco and
 * meshopt. It gets only the part of the file that describes geometry, each field checked before, so that it never meets
 * a count, an offset or an index that it would have to believe.
 */
import { type GLTF, type ILogger, WebIO } from '@gltf-transform/core';
import {
  EXTMeshoptCompression,
  KHRDracoMeshCompression,
  KHRMeshQuantization,
} from '@gltf-transform/extensions';
import { messageOf } from '../../../runtime/index.ts';
import { SceneError } from '../errors.ts';
import { loadDraco } from '../wasm/draco.ts';
import type { Accessors } from './accessors.ts';
import { type Buffers, MESHOPT } from './buffers.ts';
import { DRACO, type Mesh } from './meshes.ts';

/** An accessor's values as they are stored: integers still integers. */
export interface Numbers {
  readonly array: ArrayLike<number>;
  readonly components: number;
  /** Integers stand for fractions of their type's largest value. */
  readonly normalized: boolean;
}

const SILENT: ILogger = { debug() {}, info() {}, warn() {}, error() {} };

/**
 * @returns the values of accessor `index`, of those that `accessors` knows to be used
 * @throws SceneError `compression-damaged`, `bad-geometry`, `reader-failed`
 */
export async function decodeAccessors(
  buffers: Buffers,
  accessors: Accessors,
  meshes: readonly Mesh[],
): Promise<(index: number) => Numbers> {
  const usesDraco = meshes.some(({ primitives }) =>
    primitives.some(({ def }) => def.extensions !== undefined),
  );
  const io = new WebIO().setLogger(SILENT);
  const used: string[] = [];
  if (usesDraco) {
    used.push(DRACO);
    io.registerExtensions([KHRDracoMeshCompression]);
    io.registerDependencies({ 'draco3d.decoder': await loadDraco() });
  }
  if (buffers.usesMeshopt) {
    used.push(MESHOPT);
    const { MeshoptDecoder } = await import('meshoptimizer/decoder');
    await MeshoptDecoder.ready;
    io.registerExtensions([EXTMeshoptCompression]);
    io.registerDependencies({ 'meshopt.decoder': MeshoptDecoder });
  }
  io.registerExtensions([KHRMeshQuantization]);
  const json: GLTF.IGLTF = {
    asset: { version: '2.0' },
    extensionsUsed: used,
    extensionsRequired: used,
    buffers: [...buffers.defs],
    bufferViews: buffers.views.map(({ def }) => def),
    accessors: accessors.defs,
    meshes: meshes.map(({ primitives }) => ({ primitives: primitives.map(({ def }) => def) })),
  };
  try {
    const document = await io.readJSON({ json, resources: { ...buffers.resources } });
    const decoded = document.getRoot().listAccessors();
    return (index) => {
      const accessor = decoded[index];
      if (!accessor) throw new SceneError('bad-geometry', `accessors[${index}]`, 'has no data');
      // Without a buffer view all is zero, as of a morph target that moves nothing (glTF 2.0 section 5.1.1).
      const array =
        accessor.getArray() ?? zeros(accessors.defs[index]?.count ?? 0, accessor.getElementSize());
      return { array, components: accessor.getElementSize(), normalized: accessor.getNormalized() };
    };
  } catch (cause) {
    const reason = `the geometry cannot be decoded: ${messageOf(cause)}`;
    throw new SceneError(used.length > 0 ? 'compression-damaged' : 'bad-geometry', 'meshes', reason, {
      cause,
    });
  }
}

function zeros(count: number, components: number): Float32Array {
  return new Float32Array(count * components);
}
