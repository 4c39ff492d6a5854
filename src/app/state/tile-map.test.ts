import { describe, expect, it } from 'vitest';
import { tileMarks } from './tile-map.ts';

const film = {
  tileSamples: Uint32Array.of(16, 64, 256),
  tileNoise: Float32Array.of(0.01, 0.04, Number.POSITIVE_INFINITY),
};

describe('the map of Tiles', () => {
  it('grows hotter with the samples, the most being hottest', () => {
    expect(tileMarks(film, 'samples', 0.02)).toEqual([
      { text: '16', heat: 0 },
      { text: '64', heat: 0.5 },
      { text: '256', heat: 1 },
    ]);
  });

  it('is cold where the noise is below the goal, and hottest where it is not known', () => {
    const marks = tileMarks(film, 'noise', 0.02);
    expect(marks.map(({ text }) => text)).toEqual(['0.01', '0.04', '–']);
    expect(marks.map(({ heat }) => heat.toFixed(3))).toEqual(['0.000', '1.000', '1.000']);
  });
});
