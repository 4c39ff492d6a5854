import { describe, expect, it } from 'vitest';
import { IDENTITY } from '../geometry/matrix.ts';
import { jointMatrices } from './skins.ts';

const none = () => {
  throw new Error('there are no accessors');
};

describe('the joints of a skin', () => {
  it('have the matrices of their nodes', () => {
    const skin = { joints: [1, 0], inverseBindMatrices: undefined, part: 'skins[0]' };
    const moved = IDENTITY.with(12, 5);
    expect(jointMatrices(skin, [IDENTITY, moved], none)).toEqual([moved, IDENTITY]);
  });

  it('are undefined where there is no node, or numbers that are none', () => {
    const skin = { joints: [0, undefined, 1, 2], inverseBindMatrices: undefined, part: 'skins[0]' };
    const spoiled = IDENTITY.with(3, Number.NaN);
    expect(jointMatrices(skin, [IDENTITY, spoiled], none)).toEqual([
      IDENTITY,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('that have no bind matrix each are refused', () => {
    const skin = { joints: [0, 0], inverseBindMatrices: 3, part: 'skins[0]' };
    const binds = { array: new Float32Array(16), components: 16, normalized: false };
    expect(() => jointMatrices(skin, [IDENTITY], () => binds)).toThrow(
      'has 1 inverse bind matrices for 2 joints',
    );
  });
});
