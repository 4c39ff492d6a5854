import { expect, it } from 'vitest';
import { BUILTIN_SAMPLES } from '../../render/scene/index.ts';
import { SAMPLE_CARDS } from './sample-cards.ts';

it('offer every sample that comes with Leafcutter, under its own name', () => {
  const named = BUILTIN_SAMPLES.map(({ name, label }) => ({ name, label }));
  expect(SAMPLE_CARDS.map(({ name, label }) => ({ name, label }))).toEqual(named);
});
