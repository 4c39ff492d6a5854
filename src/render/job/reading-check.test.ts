import { expect, it } from 'vitest';
import { hashOf } from '../../services/blobs/index.ts';
import { DEFAULT_SETTINGS, type RenderSpec } from '../settings.ts';
import { readReading } from './reading-check.ts';
import { BadSettingsError, readSettings } from './settings-check.ts';
import { decodeSpec, encodeSpec } from './spec.ts';

const whole = { main: 'a/b.gltf', animation: 'walk', scene: 1, variant: 'red', pointSize: 0.5, time: 1.25 };

it('how a scene is read arrives as it was said, and nothing else', () => {
  expect(readReading({ ...whole, previewTexels: 9, beside: 'x' })).toEqual(whole);
  expect(readReading({ animation: null })).toEqual({ animation: null });
  expect(readReading({})).toEqual({});
});

it.each([
  undefined,
  [],
  { main: 5 },
  { main: 'a'.repeat(1_001) },
  { animation: -1 },
  { animation: 1.5 },
  { scene: null },
  { variant: true },
  { pointSize: '1' },
  { time: Number.NaN },
  { time: null },
])('it is refused as %j', (value) => {
  expect(() => readReading(value)).toThrow(BadSettingsError);
});

it('it travels with the names of the files and of the scene that comes of them', async () => {
  const [scene, files] = [await hashOf(Uint8Array.of(1)), await hashOf(Uint8Array.of(2))];
  const spec: RenderSpec = {
    settings: readSettings(DEFAULT_SETTINGS),
    ...{ scene, source: { files, reading: whole }, environmentMap: undefined, kernel: 'ab'.repeat(32) },
  };
  const sized = { spec, sceneBytes: 5, environmentBytes: undefined };
  expect(decodeSpec(encodeSpec(sized))).toEqual(sized);
  const damaged = { ...spec, source: { files: 'x', reading: whole } } as unknown as RenderSpec;
  expect(() => decodeSpec(encodeSpec({ ...sized, spec: damaged }))).toThrow("name of the scene's files");
});
