/** A sheet of waves as a GLB of nothing but positions and indices: the most triangles a byte. @param roughness of its material */
export function waves(triangles: number, roughness = 0.6): Buffer {
  const side = Math.max(1, Math.round(Math.sqrt(triangles / 2)));
  const positions: number[] = [];
  for (let y = 0; y <= side; y++) {
    for (let x = 0; x <= side; x++) {
      positions.push((4 * x) / side - 2, 0.3 * Math.sin(x / 20) * Math.cos(y / 25), (4 * y) / side - 2);
    }
  }
  const indices: number[] = [];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const at = y * (side + 1) + x;
      indices.push(at, at + side + 1, at + 1, at + 1, at + side + 1, at + side + 2);
    }
  }
  return glbOf(
    Buffer.from(Float32Array.from(positions).buffer),
    Buffer.from(Uint32Array.from(indices).buffer),
    roughness,
  );
}

function glbOf(positions: Buffer, indices: Buffer, roughness: number): Buffer {
  const json = {
    asset: { version: '2.0' },
    scene: 0,
    scenes: [{ nodes: [0] }],
    nodes: [{ mesh: 0 }],
    meshes: [{ primitives: [{ attributes: { POSITION: 0 }, indices: 1, material: 0 }] }],
    materials: [
      { pbrMetallicRoughness: { metallicFactor: 0, roughnessFactor: roughness }, doubleSided: true },
    ],
    buffers: [{ byteLength: positions.length + indices.length }],
    bufferViews: [
      { buffer: 0, byteLength: positions.length },
      { buffer: 0, byteOffset: positions.length, byteLength: indices.length },
    ],
    accessors: [
      {
        ...{ bufferView: 0, componentType: 5126, type: 'VEC3', count: positions.length / 12 },
        ...{ min: [-2, -0.3, -2], max: [2, 0.3, 2] },
      },
      { bufferView: 1, componentType: 5125, type: 'SCALAR', count: indices.length / 4 },
    ],
  };
  const text = Buffer.from(JSON.stringify(json));
  const chunks = [chunk(0x4e4f534a, text, 0x20), chunk(0x004e4942, Buffer.concat([positions, indices]), 0)];
  const header = Buffer.alloc(12);
  header.write('glTF');
  header.writeUInt32LE(2, 4);
  header.writeUInt32LE(12 + chunks.reduce((sum, { length }) => sum + length, 0), 8);
  return Buffer.concat([header, ...chunks]);
}

function chunk(type: number, bytes: Buffer, padding: number): Buffer {
  const header = Buffer.alloc(8);
  const rest = Buffer.alloc((4 - (bytes.length % 4)) % 4, padding);
  header.writeUInt32LE(bytes.length + rest.length, 0);
  header.writeUInt32LE(type, 4);
  return Buffer.concat([header, bytes, rest]);
}
