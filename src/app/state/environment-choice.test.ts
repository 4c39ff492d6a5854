import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BLACK, colourFromHex, environmentKey, hexFromColour, WHITE } from './environment-choice.ts';

describe('an environment as the panel shows it', () => {
  it('has an entry of the list for every choice', () => {
    expect(environmentKey(BLACK)).toBe('black');
    expect(environmentKey(WHITE)).toBe('white');
    expect(environmentKey(colourFromHex('#8fb4e0', 1))).toBe('colour');
    expect(environmentKey({ kind: 'builtin', name: 'studio' })).toBe('builtin:studio');
  });

  it('is linear radiance, not the hex value', () => {
    const grey = colourFromHex('#808080', 2);
    if (grey.kind !== 'colour') throw new Error('a colour was asked for');
    expect(grey.rgb[0]).toBeCloseTo(2 * 0.2158605, 5);
  });

  it('comes back from hex and brightness as it was chosen', () => {
    const byte = fc.integer({ min: 0, max: 255 }).map((value) => value.toString(16).padStart(2, '0'));
    fc.assert(
      fc.property(byte, byte, byte, (red, green, blue) => {
        const hex = `#${red}${green}${blue}`;
        const choice = colourFromHex(hex, 1);
        if (choice.kind !== 'colour') throw new Error('a colour was asked for');
        expect(hexFromColour(choice.rgb)).toEqual({ hex, brightness: 1 });
      }),
    );
  });
});
