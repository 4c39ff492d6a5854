/** A stone floor under the open sky with shiny and matt things on it: what environment lighting is for. */
import { loadBunny, loadSuzanne } from './models.ts';
import { SampleDocument, standing } from './sample-document.ts';
import { ground, projectedAlongZ, sphere } from './shapes.ts';
import { tileNormalMap, tileTexture, woodTexture } from './textures.ts';

const BALLS = 5;

export async function makeTerrace(): Promise<Uint8Array> {
  const sample = new SampleDocument('Terrace', 'Models: @pmndrs/assets, CC0');
  // Looks down by 12 degrees.
  const tilt = (-6 / 180) * Math.PI;
  sample.camera('Across the terrace', 0.62, {
    translation: [0, 1.5, 4.9],
    rotation: [Math.sin(tilt), 0, 0, Math.cos(tilt)],
  });
  sample.add('Floor', ground(16, 10), {
    baseColorTexture: sample.texture('tiles', tileTexture(512), 512),
    normalTexture: sample.texture('joints', tileNormalMap(512), 512),
    roughness: 0.45,
  });
  const bunny = await loadBunny();
  sample.add(
    'Porcelain bunny',
    bunny,
    { baseColor: [0.86, 0.87, 0.88], roughness: 0.12 },
    standing(bunny, [-0.85, 0, -0.3], { scale: 0.75, turn: 15 }),
  );
  const suzanne = projectedAlongZ(await loadSuzanne(), 0.55);
  sample.add(
    'Wooden Suzanne',
    suzanne,
    { baseColorTexture: sample.texture('wood', woodTexture(512), 512), roughness: 0.3 },
    standing(suzanne, [0.85, 0, -0.35], { scale: 0.85, turn: -20, tilt: 32 }),
  );
  const ball = sphere(64, 32);
  for (let i = 0; i < BALLS; i++) {
    sample.add(
      `Copper ball ${i + 1}`,
      ball,
      { baseColor: [0.955, 0.638, 0.538], metallic: 1, roughness: i / (BALLS - 1) },
      { translation: [(i - (BALLS - 1) / 2) * 0.52, 0.2, 1.05], scale: 0.2 },
    );
  }
  return sample.toGlb();
}
