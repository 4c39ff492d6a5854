import { describe, expect, it } from 'vitest';
import { seemsRepeatable } from './repeatable.ts';

describe('a function comes to the same bits everywhere', () => {
  it('where it does arithmetic, and what the language defines to the last bit', () => {
    for (const source of [
      'export default (x) => x * x + Math.sqrt(x) / 3;',
      'export default (x, { random }) => Math.floor(Math.random() * 6) + random();',
      'export default (x) => Math.max(Math.abs(x), Math.fround(x), Math.PI);',
    ]) {
      expect(seemsRepeatable(source), source).toBe(true);
    }
  });

  it('not where engines may differ in the last bit, or devices in the time', () => {
    for (const source of [
      'export default (x) => Math.sin(x);',
      'export default (x) => Math . atan2(x, 1);',
      'export default (x) => x ** 0.5;',
      'const { sin } = Math; export default sin;',
      'const m = Math; export default (x) => m.log(x);',
      'export default (x) => Math["exp"](x);',
      'export default () => Date.now();',
      'export default (x) => x.toLocaleString();',
    ]) {
      expect(seemsRepeatable(source), source).toBe(false);
    }
  });
});
