import { describe, expect, it } from 'vitest';
import type { LocalProgress } from '../render/job/index.ts';
import { RenderProgress } from './render-progress.ts';

function record(isTTY: boolean) {
  const written: string[] = [];
  let nowMs = 0;
  const progress = new RenderProgress(
    { isTTY, columns: 120, write: (text) => written.push(text) },
    () => nowMs,
  );
  return { written, progress, at: (ms: number) => (nowMs = ms) };
}

const done = (samplesDone: number, samplesTotal: number, noise?: number): LocalProgress => ({
  ...{ samplesDone, samplesTotal, noise, tilesFinished: 3, tiles: 8 },
});

describe('progress in the terminal', () => {
  it('is one bar, redrawn in place and taken away', () => {
    const { written, progress, at } = record(true);
    at(1000);
    progress.show(() => done(500_000, 1_000_000));
    at(1050);
    progress.show(() => done(510_000, 1_000_000));
    progress.clear();
    expect(written).toHaveLength(2);
    expect(written[0]).toContain('50 %  0.50 M samples/s  1.0 s left');
    expect(written[0]?.startsWith('\r')).toBe(true);
    expect(written[1]).toBe('\r\x1b[K');
  });

  it('tells the noise of the noisiest Tile and how many are finished, where there is a goal', () => {
    const { written, progress, at } = record(true);
    at(1000);
    progress.show(() => done(500_000, 1_000_000, 0.034567));
    expect(written[0]).toContain('50 %  0.50 M samples/s  1.0 s left  noise 0.0346, 3 of 8 tiles finished');
  });

  it('is a plain line every few seconds in a log, and measured no oftener', () => {
    const { written, progress, at } = record(false);
    let measured = 0;
    for (let ms = 0; ms <= 10_000; ms += 100) {
      at(ms);
      progress.show(() => {
        measured++;
        return done(ms, 20_000);
      });
    }
    progress.clear();
    expect(measured).toBe(2);
    expect(written).toEqual(['25 %  1 k samples/s  15 s left\n', '50 %  1 k samples/s  10 s left\n']);
  });

  it('is the rate and the helpers of the whole mesh, or why nothing is rendered now', () => {
    const { written, progress, at } = record(true);
    const mesh = { samplesPerSecond: 2_000_000, etaSeconds: 12, devices: 2, state: undefined };
    at(1000);
    progress.show(() => ({ ...done(500_000, 1_000_000), mesh }));
    expect(written[0]).toContain('50 %  2.00 M samples/s  12 s left  2 devices');
    at(2000);
    progress.show(() => ({
      ...done(500_000, 1_000_000),
      mesh: { ...mesh, etaSeconds: undefined, devices: 1 },
    }));
    expect(written[1]).toMatch(/2.00 M samples\/s {2}1 device$/);
    at(3000);
    progress.show(() => ({ ...done(500_000, 1_000_000), mesh: { ...mesh, state: 'paused: for lunch' } }));
    expect(written[2]).toMatch(/50 % {2}paused: for lunch$/);
  });
});
