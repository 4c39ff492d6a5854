import { describe, expect, it } from 'vitest';
import type { FrameView } from '../../render/job/index.ts';
import { FilmMeter } from './film-meter.ts';

/** Two Tiles of one pixel each, as bright as it is told. */
function film() {
  const view = {
    ...{ width: 2, height: 1, isFinished: false, radiance: 0.25, readings: 0 },
    tileSamples: new Uint32Array(2),
    brightest(): number {
      view.readings++;
      return view.radiance;
    },
  };
  return view;
}

const meterOf = (view: ReturnType<typeof film>) => new FilmMeter(view as unknown as FrameView);

describe('the exposure of a picture that comes', () => {
  it('is not known before every Tile has come', () => {
    const view = film();
    const meter = meterOf(view);
    view.tileSamples[0] = 8;
    expect(meter.read()).toBeUndefined();
    view.tileSamples[1] = 1;
    expect(meter.read()).toBe(1);
  });

  it('is looked at again when there are twice the samples, not before', () => {
    const view = film();
    const meter = meterOf(view);
    view.tileSamples.set([2, 2]);
    meter.read();
    const { readings } = view;
    view.tileSamples.set([4, 3]);
    expect(meter.read()).toBeUndefined();
    expect(view.readings).toBe(readings);
    view.radiance = 0.125;
    view.tileSamples.set([4, 4]);
    expect(meter.read()).toBe(2);
  });

  it('is that of the finished picture in the end, once', () => {
    const view = film();
    const meter = meterOf(view);
    view.tileSamples.set([4, 4]);
    meter.read();
    Object.assign(view, { isFinished: true, radiance: 0.125 });
    view.tileSamples.set([5, 5]);
    expect(meter.read()).toBe(2);
    expect(meter.read()).toBeUndefined();
  });

  it('follows a picture that has lost samples', () => {
    const view = film();
    const meter = meterOf(view);
    view.tileSamples.set([8, 8]);
    meter.read();
    view.radiance = 0.125;
    view.tileSamples.set([8, 1]);
    expect(meter.read()).toBe(2);
  });
});
