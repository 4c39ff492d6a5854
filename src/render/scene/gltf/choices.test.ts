/** What of a file is shown: its scenes, its material variants, nodes that are hidden, and numbers that an animation moves. */
import { describe, expect, it } from 'vitest';
import { type ReadSceneOptions, readScene } from '../index.ts';
import { glbOf, ONE_TRIANGLE, ONE_TRIANGLE_BINARY, oneFile, triples } from '../testing.ts';

const [PRIMITIVE] = ONE_TRIANGLE.meshes[0]?.primitives ?? [];

/** Two key times, then 0, 0.25, 0.5, 0.75 and so on. */
const NUMBERS = Float32Array.from([0, 1, ...Array.from({ length: 16 }, (_, i) => i / 4)]);
const BINARY = new Uint8Array(44 + NUMBERS.byteLength);
BINARY.set(ONE_TRIANGLE_BINARY);
BINARY.set(new Uint8Array(NUMBERS.buffer), 44);

function read(changes: object, options: ReadSceneOptions = {}) {
  const json = {
    ...ONE_TRIANGLE,
    buffers: [{ byteLength: BINARY.length }],
    bufferViews: [...ONE_TRIANGLE.bufferViews, { buffer: 0, byteOffset: 44, byteLength: NUMBERS.byteLength }],
    ...changes,
  };
  return readScene(oneFile('a.glb', glbOf(json, BINARY)), options);
}

describe('the scenes of a file', () => {
  const changes = {
    scene: 1,
    scenes: [{ name: 'near', nodes: [0] }, { nodes: [1] }],
    nodes: [{ mesh: 0 }, { mesh: 0, translation: [0, 0, 7] }],
  };
  const depthOf = async (options: ReadSceneOptions) =>
    triples((await read(changes, options)).scene.positions)[0]?.[2];

  it('are named, and shown by number or name; the one that the file says where nobody chooses', async () => {
    expect((await read(changes)).sceneNames).toEqual(['near', 'Scene 2']);
    expect(await depthOf({})).toBe(7);
    expect(await depthOf({ scene: 0 })).toBe(0);
    expect(await depthOf({ scene: 'near' })).toBe(0);
  });

  it('that are not there are refused, with what there is', async () => {
    await expect(depthOf({ scene: 2 })).rejects.toMatchObject({
      code: 'unknown-choice',
      message: 'the scene 2: does not exist; the file has 0 "near", 1 "Scene 2"',
    });
  });
});

describe('material variants', () => {
  const changes = {
    materials: [{ name: 'plain' }, { name: 'red' }, { name: 'blue' }],
    extensions: { KHR_materials_variants: { variants: [{ name: 'Cherry' }, { name: 'Sky' }, {}] } },
    meshes: [
      {
        primitives: [
          {
            ...PRIMITIVE,
            extensions: {
              KHR_materials_variants: {
                mappings: [
                  { material: 1, variants: [0] },
                  { material: 2, variants: [1, 5] },
                ],
              },
            },
          },
        ],
      },
    ],
  };
  const shown = async (options: ReadSceneOptions) => (await read(changes, options)).scene.materials[0]?.name;

  it('are named, and one is shown by number or name; where it says nothing, the mesh keeps its own', async () => {
    const file = await read(changes);
    expect(file.variantNames).toEqual(['Cherry', 'Sky', 'Variant 3']);
    expect(file.scene.warnings).toEqual([]);
    expect(await shown({})).toBe('plain');
    expect(await shown({ variant: 'Cherry' })).toBe('red');
    expect(await shown({ variant: 1 })).toBe('blue');
    expect(await shown({ variant: 2 })).toBe('plain');
    await expect(shown({ variant: 'Gold' })).rejects.toMatchObject({ code: 'unknown-choice' });
  });
});

describe('KHR_node_visibility', () => {
  const hidden = { KHR_node_visibility: { visible: false } };

  it('hides a node with all that hangs below it, and still lets it carry a skin', async () => {
    const { scene } = await read({
      scenes: [{ nodes: [0, 1] }],
      nodes: [
        { mesh: 0, translation: [5, 0, 0] },
        { mesh: 0, extensions: hidden, children: [2] },
        { mesh: 0, extensions: { KHR_node_visibility: { visible: true } } },
      ],
      extensionsRequired: ['KHR_node_visibility'],
    });
    expect(scene.indices).toHaveLength(3);
    expect(scene.bounds.min).toEqual([5, 0, 0]);
    expect(scene.warnings).toEqual([]);
  });
});

describe('KHR_animation_pointer', () => {
  const accessor = (type: string, first: number, count: number) => ({
    ...{ bufferView: 2, byteOffset: 4 * first, componentType: 5126, type, count },
  });
  const moving = (pointer: string, type: string, more: object = {}) => ({
    extensionsUsed: ['KHR_animation_pointer'],
    // From the third number on: 0, 0.25 ... for the first key, then those after.
    accessors: [...ONE_TRIANGLE.accessors, accessor('SCALAR', 0, 2), accessor(type, 2, 2)],
    animations: [
      {
        samplers: [{ input: 2, output: 3 }],
        channels: [
          { sampler: 0, target: { path: 'pointer', extensions: { KHR_animation_pointer: { pointer } } } },
        ],
      },
    ],
    ...more,
  });

  it("moves a material's colour, one that is not written included", async () => {
    const { scene } = await read(moving('/materials/0/pbrMetallicRoughness/baseColorFactor', 'VEC4'), {
      time: 0.5,
    });
    // Between 0, 0.25, 0.5, 0.75 and 1, 1.25 ... , of which what is above 1 is brought to it.
    expect(scene.materials[0]?.baseColor).toEqual([0.5, 0.75, 1, 1]);
  });

  it('moves one number, a place in a list, and nodes', async () => {
    const rough = await read(moving('/materials/0/pbrMetallicRoughness/roughnessFactor', 'SCALAR'), {
      time: 1,
    });
    expect(rough.scene.materials[0]?.roughness).toBe(0.25);
    const moved = await read(moving('/nodes/0/translation', 'VEC3'), { time: 1 });
    expect(triples(moved.scene.positions)[0]).toEqual([0.75, 1, 1.25]);
    const entry = await read(
      moving('/materials/0/emissiveFactor/1', 'SCALAR', { materials: [{ emissiveFactor: [1, 0, 0] }] }),
      { time: 1 },
    );
    expect(entry.scene.materials[0]?.emissive).toEqual([1, 0.25, 0]);
    expect(entry.scene.warnings).toEqual([]);
  });

  it("moves an extension's numbers, and shows or hides nodes", async () => {
    const light = {
      nodes: [{ mesh: 0, extensions: { KHR_lights_punctual: { light: 0 } } }],
      extensions: { KHR_lights_punctual: { lights: [{ type: 'point' }] } },
    };
    const lit = await read(moving('/extensions/KHR_lights_punctual/lights/0/intensity', 'SCALAR', light), {
      time: 1,
    });
    expect(lit.scene.lights[0]?.intensity).toEqual([0.25, 0.25, 0.25]);
    const nodes = { nodes: [{ mesh: 0 }, { mesh: 0, translation: [9, 0, 0] }], scenes: [{ nodes: [0, 1] }] };
    const pointer = '/nodes/1/extensions/KHR_node_visibility/visible';
    const at = async (time: number) =>
      (await read(moving(pointer, 'SCALAR', nodes), { time })).scene.indices.length;
    expect([await at(0), await at(1)]).toEqual([3, 6]);
  });

  it('moves nothing, with a note, where it points to nothing, and nothing outside of the file', async () => {
    const lost = await read(moving('/materials/7/alphaCutoff', 'SCALAR'), { time: 1 });
    expect(lost.scene.warnings).toEqual([
      'animations[0].channels[0] moves /materials/7/alphaCutoff, which is not there; it moves nothing',
    ]);
    const evil = await read(moving('/materials/0/__proto__/polluted', 'SCALAR'), { time: 1 });
    expect(evil.scene.warnings).toHaveLength(1);
    expect(Object.prototype).not.toHaveProperty('polluted');
  });

  it('is at rest where the animation is not chosen', async () => {
    const file = moving('/materials/0/pbrMetallicRoughness/roughnessFactor', 'SCALAR');
    expect((await read(file, { time: 1, animation: null })).scene.materials[0]?.roughness).toBe(1);
  });
});

describe('texture coordinates beyond the second set', () => {
  it('are those that the material asks for, whatever their numbers', async () => {
    const uv = (first: number) => ({
      ...{ bufferView: 2, byteOffset: 4 * first, componentType: 5126, type: 'VEC2', count: 3 },
    });
    const png =
      'data:;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
    const { scene } = await read({
      accessors: [...ONE_TRIANGLE.accessors, uv(2), uv(4), uv(6), uv(8)],
      meshes: [
        {
          primitives: [
            {
              ...PRIMITIVE,
              attributes: { POSITION: 0, TEXCOORD_0: 2, TEXCOORD_1: 3, TEXCOORD_2: 4, TEXCOORD_5: 5 },
            },
          ],
        },
      ],
      materials: [
        {
          pbrMetallicRoughness: { baseColorTexture: { index: 0, texCoord: 5 } },
          normalTexture: { index: 0, extensions: { KHR_texture_transform: { texCoord: 2 } } },
        },
      ],
      textures: [{ source: 0 }],
      images: [{ uri: png }],
    });
    expect(scene.warnings).toEqual([]);
    const [base, normal] = [
      scene.materials[0]?.baseColorTexture ?? -1,
      scene.materials[0]?.normalTexture ?? -1,
    ];
    expect(scene.textures[base]?.texCoord).toBe(1);
    expect(scene.textures[normal]?.texCoord).toBe(0);
    expect(scene.uv0[0]).toBe(NUMBERS[6]);
    expect(scene.uv1[0]).toBe(NUMBERS[8]);
  });
});
