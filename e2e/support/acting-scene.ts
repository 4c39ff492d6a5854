/** A scene in which everything moves that can: a skinned and morphing triangle before a camera that comes nearer, one second long. */

interface GivenFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

const FLOAT = 5126;
const BYTE = 5121;

export function actingScene(): GivenFile {
  const chunks: Buffer[] = [];
  const bufferViews: unknown[] = [];
  const accessors: unknown[] = [];
  const add = (type: string, values: readonly number[], width: number, isBytes = false): number => {
    const bytes = isBytes ? Buffer.from(values) : Buffer.from(Float32Array.from(values).buffer);
    const byteOffset = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    chunks.push(bytes);
    bufferViews.push({ buffer: 0, byteOffset, byteLength: bytes.length });
    const columns = Array.from({ length: width }, (_, i) => values.filter((_, at) => at % width === i));
    accessors.push({
      ...{ bufferView: accessors.length, componentType: isBytes ? BYTE : FLOAT, type },
      ...{
        count: values.length / width,
        min: columns.map((all) => Math.min(...all)),
        max: columns.map((all) => Math.max(...all)),
      },
    });
    return accessors.length - 1;
  };
  const position = add('VEC3', [-1, -1, 0, 1, -1, 0, 0, 1, 0], 3);
  const grown = add('VEC3', [0, 0, 0, 0, 0, 0, 0.5, 0.5, 0], 3);
  const joints = add('VEC4', [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0], 4, true);
  const weights = add('VEC4', [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0], 4);
  const times = add('SCALAR', [0, 1], 1);
  const nearer = add('VEC3', [0, 0, 4, 0.3, 0.2, 3], 3);
  // A quarter turn about the view.
  const turned = add('VEC4', [0, 0, 0, 1, 0, 0, Math.SQRT1_2, Math.SQRT1_2], 4);
  const morphed = add('SCALAR', [0, 1], 1);
  const sampler = (output: number) => ({ input: times, output });
  const data = Buffer.concat(chunks);
  const scene = {
    asset: { version: '2.0' },
    scene: 0,
    scenes: [{ nodes: [0, 1, 3] }],
    nodes: [
      { mesh: 0, skin: 0 },
      { children: [2] },
      { translation: [0, 0.5, 0] },
      { camera: 0, translation: [0, 0, 4] },
    ],
    skins: [{ joints: [1, 2] }],
    cameras: [{ type: 'perspective', perspective: { yfov: 0.8, znear: 0.1 } }],
    materials: [
      { doubleSided: true, pbrMetallicRoughness: { baseColorFactor: [0.9, 0.5, 0.2, 1], metallicFactor: 0 } },
    ],
    meshes: [
      {
        weights: [0],
        primitives: [
          {
            attributes: { POSITION: position, JOINTS_0: joints, WEIGHTS_0: weights },
            ...{ targets: [{ POSITION: grown }], material: 0 },
          },
        ],
      },
    ],
    animations: [
      {
        name: 'Act',
        samplers: [sampler(nearer), sampler(turned), sampler(morphed)],
        channels: [
          { sampler: 0, target: { node: 3, path: 'translation' } },
          { sampler: 1, target: { node: 2, path: 'rotation' } },
          { sampler: 2, target: { node: 0, path: 'weights' } },
        ],
      },
    ],
    ...{ accessors, bufferViews },
    buffers: [
      { byteLength: data.length, uri: `data:application/octet-stream;base64,${data.toString('base64')}` },
    ],
  };
  return { name: 'acting.gltf', mimeType: 'model/gltf+json', buffer: Buffer.from(JSON.stringify(scene)) };
}
