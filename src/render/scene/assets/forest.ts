/**
 * Hills with eighteen thousand trees and some more tufts of grass, thirty million triangles in a file below two megabytes: what
 * instances are for.
 */
import { type Random, seededRandom, uniform } from '../../../runtime/index.ts';
import { boughs, crown, trunk, tuft } from './plants.ts';
import { SampleDocument } from './sample-document.ts';
import type { Point, Shape } from './shapes.ts';

/** Metres from the middle of the ground to its edges. */
const HALF = 420;
const GROUND_STEPS = 84;

function heightAt(x: number, z: number): number {
  const hills = 16 * Math.sin(x / 95 + 0.4) * Math.cos(z / 120 + 0.9) + 5 * Math.sin(x / 37 - z / 53);
  const valley = Math.min(1, Math.abs(x - pathAt(z)) / 90);
  return hills * valley * valley + 22 * (Math.max(0, -z - 60) / HALF) ** 1.5;
}

/** Where the clearing winds, by z. */
function pathAt(z: number): number {
  return 9 * Math.sin(z / 42) + 4 * Math.sin(z / 17);
}

function hills(): Shape {
  const positions: number[] = [];
  const indices: number[] = [];
  const row = GROUND_STEPS + 1;
  for (let i = 0; i < row; i++) {
    for (let j = 0; j < row; j++) {
      const [x, z] = [(i / GROUND_STEPS) * 2 * HALF - HALF, (j / GROUND_STEPS) * 2 * HALF - HALF];
      positions.push(x, heightAt(x, z), z);
      const at = i * row + j;
      if (i < GROUND_STEPS && j < GROUND_STEPS)
        indices.push(at, at + 1, at + row, at + 1, at + row + 1, at + row);
    }
  }
  const normals = positions.map((_, i) => {
    const [x = 0, z = 0] = [positions[i - (i % 3)], positions[i - (i % 3) + 2]];
    const slope = [heightAt(x - 1, z) - heightAt(x + 1, z), 2, heightAt(x, z - 1) - heightAt(x, z + 1)];
    return (slope[i % 3] ?? 0) / Math.sqrt(slope.reduce((sum, value) => sum + value * value, 0));
  });
  return {
    positions: Float32Array.from(positions),
    normals: Float32Array.from(normals),
    uvs: undefined,
    indices: Uint32Array.from(indices),
  };
}

/** Places at least about `apart` metres from each other, `clearing` metres from the path. */
function places(random: Random, count: number, apart: number, clearing: number, reach = HALF * 0.98) {
  const taken = new Set<string>();
  const found: { at: Point; turn: number; scale: Point }[] = [];
  for (let attempt = 0; found.length < count && attempt < 20 * count; attempt++) {
    const [x, z] = [(uniform(random) * 2 - 1) * reach, (uniform(random) * 2 - 1) * reach];
    const cell = `${Math.floor(x / apart)} ${Math.floor(z / apart)}`;
    if (Math.abs(x - pathAt(z)) < clearing * (0.7 + 0.8 * uniform(random)) || taken.has(cell)) continue;
    taken.add(cell);
    const size = 0.65 + 0.7 * uniform(random);
    const wide = size * (0.85 + 0.3 * uniform(random));
    found.push({
      at: [x, heightAt(x, z), z],
      turn: uniform(random) * 2 * Math.PI,
      scale: [wide, size, wide],
    });
  }
  return found;
}

const BARK = { baseColor: [0.16, 0.105, 0.07] as Point };
const BIRCH = { baseColor: [0.62, 0.6, 0.56] as Point };

function leaves(red: number, green: number, blue: number) {
  return { baseColor: [red, green, blue] as Point, isDoubleSided: true, roughness: 0.7 };
}

export async function makeForest(): Promise<Uint8Array> {
  const sample = new SampleDocument('Forest', 'Made by Leafcutter, CC0');
  const random = seededRandom(1850);
  const tilt = (-2 / 180) * Math.PI;
  const stand = 62;
  sample.camera('Into the clearing', 0.75, {
    translation: [pathAt(stand), heightAt(pathAt(stand), stand) + 2.6, stand],
    rotation: [Math.sin(tilt), 0, 0, Math.cos(tilt)],
  });
  sample.add('Ground', hills(), { baseColor: [0.12, 0.105, 0.035] });
  sample.scatter(
    'Spruces',
    [
      ['Spruce bark', trunk(13, 0.28, 0.2), BARK],
      ['Spruce needles', boughs(random, 14, 3.1), leaves(0.045, 0.115, 0.05)],
    ],
    places(random, 11_000, 5, 8),
  );
  sample.scatter(
    'Birches',
    [
      ['Birch bark', trunk(8, 0.16, 0.6), BIRCH],
      ['Birch leaves', crown(random, 8.2, 2.6, 1500), leaves(0.55, 0.33, 0.04)],
    ],
    places(random, 5000, 7, 6),
  );
  sample.scatter(
    'Maples',
    [
      ['Maple bark', trunk(6, 0.25, -0.4), BARK],
      ['Maple leaves', crown(random, 6.6, 3, 1800), leaves(0.5, 0.1, 0.025)],
    ],
    places(random, 2500, 9, 7),
  );
  sample.scatter(
    'Grass',
    [['Blades', tuft(random, 60), leaves(0.25, 0.3, 0.06)]],
    places(random, 22_000, 0.55, 0, 62),
  );
  return sample.toGlb();
}
