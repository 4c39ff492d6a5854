/**
 * The Cornell box by its public measurements (Cornell University Program of Computer Graphics, "The Cornell Box Data",
 * millimetres), with a golden bunny on the short block and a wooden Suzanne before the tall one. Turned half around +Y,
 * so that in glTF's axes one looks along -Z: red on the left, green on the right.
 */
import { loadBunny, loadSuzanne } from './models.ts';
import { SampleDocument, standing } from './sample-document.ts';
import { block, facingQuads, type Point, projectedAlongZ } from './shapes.ts';
import { woodTexture } from './textures.ts';

type Quad = readonly [Point, Point, Point, Point];

/** Millimetres of the data sheet to metres of glTF. */
const point = ([x, y, z]: Point): Point => [(278 - x) / 1000, y / 1000, -z / 1000];
const quad = ([a, b, c, d]: Quad): Quad => [point(a), point(b), point(c), point(d)];

const FLOOR = quad([
  [552.8, 0, 0],
  [0, 0, 0],
  [0, 0, 559.2],
  [549.6, 0, 559.2],
]);
const CEILING = quad([
  [556, 548.8, 0],
  [556, 548.8, 559.2],
  [0, 548.8, 559.2],
  [0, 548.8, 0],
]);
const BACK = quad([
  [549.6, 0, 559.2],
  [0, 0, 559.2],
  [0, 548.8, 559.2],
  [556, 548.8, 559.2],
]);
const RED = quad([
  [552.8, 0, 0],
  [549.6, 0, 559.2],
  [556, 548.8, 559.2],
  [556, 548.8, 0],
]);
const GREEN = quad([
  [0, 0, 559.2],
  [0, 0, 0],
  [0, 548.8, 0],
  [0, 548.8, 559.2],
]);
/** One millimetre below the ceiling, so that no rounding can put it above. */
const LIGHT = quad([
  [343, 547.8, 227],
  [343, 547.8, 332],
  [213, 547.8, 332],
  [213, 547.8, 227],
]);
const SHORT_BLOCK = quad([
  [130, 165, 65],
  [82, 165, 225],
  [240, 165, 272],
  [290, 165, 114],
]);
const TALL_BLOCK = quad([
  [423, 330, 247],
  [265, 330, 296],
  [314, 330, 456],
  [472, 330, 406],
]);

/** The measured spectra as linear Rec. 709, as commonly converted. */
const WHITE: Point = [0.725, 0.71, 0.68];
const RED_PAINT: Point = [0.63, 0.065, 0.05];
const GREEN_PAINT: Point = [0.14, 0.45, 0.091];
/** A warm lamp: twice as bright and whiter than the sheet's, so that the picture is well lit without exposure. */
const LAMP: Point = [36, 29, 20];
/** Reflectance of gold at normal incidence. */
const GOLD: Point = [1, 0.766, 0.336];

/** 35 mm lens on a 25 mm film, 800 mm before the box. */
const CAMERA_YFOV = 2 * Math.atan(12.5 / 35);

export async function makeCornell(): Promise<Uint8Array> {
  const sample = new SampleDocument(
    'Cornell box',
    'Box data: Cornell University. Models: @pmndrs/assets, CC0',
  );
  const middle = point([278, 274, 280]);
  sample.camera('Front', CAMERA_YFOV, { translation: point([278, 273, -800]) });
  sample.add('White walls', facingQuads([FLOOR, CEILING, BACK], middle), { baseColor: WHITE });
  sample.add('Red wall', facingQuads([RED], middle), { baseColor: RED_PAINT });
  sample.add('Green wall', facingQuads([GREEN], middle), { baseColor: GREEN_PAINT });
  sample.add('Lamp', facingQuads([LIGHT], middle), { baseColor: [0.78, 0.78, 0.78], emission: LAMP });
  sample.add('Short block', block([...SHORT_BLOCK]), { baseColor: WHITE });
  sample.add('Tall block', block([...TALL_BLOCK]), { baseColor: WHITE });
  const bunny = await loadBunny();
  sample.add(
    'Golden bunny',
    bunny,
    { baseColor: GOLD, metallic: 1, roughness: 0.4 },
    standing(bunny, [0.0925, 0.165, -0.17], { scale: 0.088, turn: -18 }),
  );
  const suzanne = projectedAlongZ(await loadSuzanne(), 0.55);
  sample.add(
    'Wooden Suzanne',
    suzanne,
    { baseColorTexture: sample.texture('wood', woodTexture(512), 512), roughness: 0.32 },
    standing(suzanne, [-0.118, 0, -0.13], { scale: 0.132, turn: 24, tilt: 32 }),
  );
  return sample.toGlb();
}
