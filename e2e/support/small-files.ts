/** Files of a few hundred bytes that tests give to the page: a panorama, and scenes that move. */

interface GivenFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

/** A Radiance picture of one colour: flat texels (no run lengths), which every reader takes for widths below 8. */
export function panorama(name: string, [red, green, blue]: readonly [number, number, number]): GivenFile {
  const [width, height] = [4, 2];
  const header = `#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y ${height} +X ${width}\n`;
  // Mantissa / 256 * 2^(exponent - 128): with exponent 129 a byte of 128 is 1.
  const texel = [red, green, blue].map((channel) => Math.round(128 * channel));
  const texels = Array.from({ length: width * height }, () => [...texel, 129]).flat();
  return {
    name,
    mimeType: 'application/octet-stream',
    buffer: Buffer.concat([Buffer.from(header, 'latin1'), Buffer.from(texels)]),
  };
}

/** A white triangle that faces the camera and does not shine: what it shows is the light around it. */
export function dullTriangle(): GivenFile {
  return gltf('dull.gltf', { materials: [{ pbrMetallicRoughness: { metallicFactor: 0 } }] });
}

/** A glowing triangle that moves out of the picture to the right within two seconds. */
export function movingTriangle(): GivenFile {
  return gltf('moving.gltf', {
    materials: [{ emissiveFactor: [1, 1, 1] }],
    cameras: [{ type: 'perspective', perspective: { yfov: 0.8, znear: 0.1 } }],
    animations: [
      {
        name: 'Leave',
        samplers: [{ input: 1, output: 2 }],
        channels: [{ sampler: 0, target: { node: 0, path: 'translation' } }],
      },
    ],
  });
}

/** Triangles of every layered material before a lamp: glass, varnished cloth, a film, brushed metal. */
export function dressedTriangles(): GivenFile {
  const layers = [
    {
      KHR_materials_transmission: { transmissionFactor: 1 },
      KHR_materials_volume: {
        thicknessFactor: 1,
        attenuationDistance: 0.5,
        attenuationColor: [0.9, 0.4, 0.2],
      },
      KHR_materials_dispersion: { dispersion: 2 },
    },
    {
      KHR_materials_clearcoat: { clearcoatFactor: 0.8, clearcoatRoughnessFactor: 0.1 },
      KHR_materials_sheen: { sheenColorFactor: [0.3, 0.5, 0.9], sheenRoughnessFactor: 0.4 },
    },
    {
      KHR_materials_iridescence: { iridescenceFactor: 1, iridescenceThicknessMaximum: 420 },
      KHR_materials_specular: { specularFactor: 0.7, specularColorFactor: [1, 0.8, 0.6] },
    },
    { KHR_materials_anisotropy: { anisotropyStrength: 0.8, anisotropyRotation: 0.6 } },
  ];
  return gltf('dressed.gltf', {
    extensionsUsed: [...layers.flatMap((one) => Object.keys(one)), 'KHR_lights_punctual'],
    extensions: { KHR_lights_punctual: { lights: [{ type: 'point', intensity: 40 }] } },
    materials: layers.map((extensions, i) => ({
      extensions,
      doubleSided: true,
      pbrMetallicRoughness: {
        baseColorFactor: [0.9, 0.6, 0.3, 1],
        metallicFactor: i === 3 ? 1 : 0,
        roughnessFactor: 0.3,
      },
    })),
    meshes: layers.map((_, material) => ({ primitives: [{ attributes: { POSITION: 0 }, material }] })),
    nodes: [
      ...layers.map((_, mesh) => ({ mesh, translation: [mesh - 1.5, 0, -0.4 * mesh] })),
      { translation: [1, 2, 3], extensions: { KHR_lights_punctual: { light: 0 } } },
    ],
    scenes: [{ nodes: [0, 1, 2, 3, 4] }],
  });
}

function gltf(name: string, extra: Readonly<Record<string, unknown>>): GivenFile {
  const positions = Float32Array.of(-1, -1, 0, 1, -1, 0, 0, 1, 0);
  const times = Float32Array.of(0, 2);
  const places = Float32Array.of(0, 0, 0, 20, 0, 0);
  const bytes = Buffer.concat([positions, times, places].map(({ buffer }) => Buffer.from(buffer)));
  const scene = {
    asset: { version: '2.0' },
    scene: 0,
    scenes: [{ nodes: 'cameras' in extra ? [0, 1] : [0] }],
    nodes: [{ mesh: 0 }, ...('cameras' in extra ? [{ camera: 0, translation: [0, 0, 4] }] : [])],
    meshes: [{ primitives: [{ attributes: { POSITION: 0 }, material: 0 }] }],
    accessors: [
      { bufferView: 0, componentType: 5126, count: 3, type: 'VEC3', min: [-1, -1, 0], max: [1, 1, 0] },
      { bufferView: 1, componentType: 5126, count: 2, type: 'SCALAR', min: [0], max: [2] },
      { bufferView: 2, componentType: 5126, count: 2, type: 'VEC3' },
    ],
    bufferViews: [
      { buffer: 0, byteOffset: 0, byteLength: 36 },
      { buffer: 0, byteOffset: 36, byteLength: 8 },
      { buffer: 0, byteOffset: 44, byteLength: 24 },
    ],
    buffers: [{ uri: `data:application/octet-stream;base64,${bytes.toString('base64')}`, byteLength: 68 }],
    ...extra,
  };
  return { name, mimeType: 'model/gltf+json', buffer: Buffer.from(JSON.stringify(scene)) };
}
