/** FBX and USD, through three's loaders and the reader of all scenes. */
import { strToU8, zipSync } from 'fflate';
import { BoxGeometry, Color, Mesh, MeshStandardMaterial, Scene } from 'three';
import { USDZExporter } from 'three/examples/jsm/exporters/USDZExporter.js';
import { describe, expect, it } from 'vitest';
import { encodePng } from '../../output/index.ts';
import { decodeScene, encodeScene, readScene } from '../index.ts';

async function read(name: string, bytes: Uint8Array, more: Readonly<Record<string, Uint8Array>> = {}) {
  const file = await readScene(new Map([[name, bytes], ...Object.entries(more)]));
  expect(decodeScene(encodeScene(file.scene))).toEqual(file.scene);
  return file.scene;
}

const PNG = encodePng(new Uint8Array([9, 8, 7, 255]), 1, 1);

const usda = (picture: string): string => `#usda 1.0
(
    defaultPrim = "Root"
    upAxis = "Y"
)
def Xform "Root"
{
    def Mesh "Card"
    {
        int[] faceVertexCounts = [4]
        int[] faceVertexIndices = [0, 1, 2, 3]
        point3f[] points = [(0, 0, 0), (2, 0, 0), (2, 1, 0), (0, 1, 0)]
        texCoord2f[] primvars:st = [(0, 0), (1, 0), (1, 1), (0, 1)] (
            interpolation = "vertex"
        )
        rel material:binding = </Root/Paper>
    }
    def Material "Paper"
    {
        token outputs:surface.connect = </Root/Paper/Surface.outputs:surface>
        def Shader "Surface"
        {
            uniform token info:id = "UsdPreviewSurface"
            color3f inputs:diffuseColor.connect = </Root/Paper/Texture.outputs:rgb>
            float inputs:roughness = 0.25
            float inputs:metallic = 0
            token outputs:surface
        }
        def Shader "Texture"
        {
            uniform token info:id = "UsdUVTexture"
            asset inputs:file = @${picture}@
            float3 outputs:rgb
        }
    }
}
`;

describe('a USD file', () => {
  it('that is cut as text shows what is there, and says what to do', async () => {
    const whole = usda('card {.png').replace('0.25', '0.25 # {');
    expect((await read('a.usda', strToU8(whole), { 'card {.png': PNG })).warnings).toEqual([]);
    const note = 'a.usda: ends in the middle; copy or export it again';
    const scene = await read('a.usda', strToU8(whole.slice(0, whole.indexOf('def Material'))));
    expect(scene.indices).toHaveLength(6);
    expect(scene.warnings).toContain(`${note}; what is there is shown`);
    await expect(read('a.usda', strToU8(whole.slice(0, whole.indexOf('int[]'))))).rejects.toThrow(note);
  });

  it('as text has its meshes, materials and the pictures beside it', async () => {
    const scene = await read('a.usda', strToU8(usda('card.png')), { 'card.png': PNG });
    expect(scene.indices).toHaveLength(6);
    expect(scene.bounds).toEqual({ min: [0, 0, 0], max: [2, 1, 0] });
    expect(scene.materials).toMatchObject([{ roughness: 0.25, metallic: 0, baseColorTexture: 0 }]);
    expect(scene.images).toMatchObject([{ encoding: 'png', bytes: PNG }]);
    const corner = Array.from(scene.positions).findIndex(
      (_, i) => i % 3 === 0 && scene.positions[i + 1] === 1,
    );
    // The upper edge of the card is that of the picture.
    expect(scene.uv0[(2 * corner) / 3 + 1]).toBe(0);
  });

  it('as USDZ has its pictures within', async () => {
    const zip = zipSync({
      'scene.usda': [strToU8(usda('0/card.png')), { level: 0 }],
      '0/card.png': [PNG, { level: 0 }],
    });
    const scene = await read('a.usdz', zip);
    expect(scene.indices).toHaveLength(6);
    expect(scene.images).toMatchObject([{ encoding: 'png', bytes: PNG }]);
  });

  it('is read as another program wrote it', async () => {
    const box = new Mesh(
      new BoxGeometry(1, 2, 3),
      new MeshStandardMaterial({
        name: 'gold',
        color: new Color(0.5, 0.25, 0.125),
        metalness: 1,
        roughness: 0.5,
      }),
    );
    box.position.set(0, 1, 0);
    box.updateMatrix();
    const usdz = await new USDZExporter().parseAsync(new Scene().add(box));
    const scene = await read('a.usdz', Uint8Array.from(usdz));
    expect(scene.indices).toHaveLength(36);
    expect(scene.bounds.max[1]).toBeCloseTo(2, 5);
    expect(scene.materials[0]).toMatchObject({ metallic: 1, roughness: 0.5 });
    expect(scene.materials[0]?.baseColor[1]).toBeCloseTo(0.25, 2);
  });

  it('that is damaged is told so', async () => {
    const damaged = strToU8('PXR-USDC and nothing more of it');
    await expect(read('a.usdc', damaged)).rejects.toThrow(
      /a\.usdc: (?:is a USD file that cannot be read|the scene)/,
    );
    expect('window' in globalThis).toBe(false);
  });
});

const fbx = `; FBX 7.4.0 project file
FBXHeaderExtension:  {
	FBXVersion: 7400
}
Objects:  {
	Geometry: 1, "Geometry::card", "Mesh" {
		Vertices: *12 {
			a: 0,0,0,200,0,0,200,100,0,0,100,0
		}
		PolygonVertexIndex: *4 {
			a: 0,1,2,-4
		}
	}
	Model: 2, "Model::card", "Mesh" {
		Version: 232
	}
	Material: 3, "Material::paint", "" {
		ShadingModel: "phong"
		Properties70:  {
			P: "DiffuseColor", "Color", "", "A",1,0,0
			P: "ShininessExponent", "Number", "", "A",30
		}
	}
}
Connections:  {
	C: "OO",2,0
	C: "OO",1,2
	C: "OO",3,2
}
`;

describe('an FBX', () => {
  it('has its meshes and materials', async () => {
    const scene = await read('a.fbx', strToU8(fbx));
    expect(scene.indices).toHaveLength(6);
    expect(scene.bounds.max).toEqual([200, 100, 0]);
    const [paint] = scene.materials;
    expect(paint).toMatchObject({ name: 'paint', metallic: 0 });
    expect(paint?.baseColor.slice(0, 3)).toEqual([1, 0, 0]);
    expect(paint?.roughness).toBeCloseTo(0.5, 6);
  });

  it('that is damaged is told so, in one line', async () => {
    await expect(read('a.fbx', strToU8('; FBX 6.1.0 project file\nFBXVersion: 6100'))).rejects.toThrow(
      /^a\.fbx: is an FBX that cannot be read: .*6100/,
    );
  });
});
