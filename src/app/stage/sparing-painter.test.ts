import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemTimers } from '../../runtime/index.ts';
import { REST_MS, SparingPainter } from './sparing-painter.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function picture() {
  const paint = vi.fn();
  return { paint, painter: new SparingPainter(paint, systemTimers) };
}

describe('a sparing painter', () => {
  it('paints nothing until it is seen, then at once', () => {
    const { paint, painter } = picture();
    painter.changed();
    vi.advanceTimersByTime(10 * REST_MS);
    expect(paint).not.toHaveBeenCalled();
    painter.see(true);
    expect(paint).toHaveBeenCalledTimes(1);
  });

  it('paints what does not change once, whoever looks away and back', () => {
    const { paint, painter } = picture();
    for (const isSeen of [true, false, true]) {
      painter.see(isSeen);
      vi.advanceTimersByTime(2 * REST_MS);
    }
    expect(paint).toHaveBeenCalledTimes(1);
  });

  it('rests between two paintings, and shows the last change after it', () => {
    const { paint, painter } = picture();
    painter.see(true);
    for (let i = 0; i < 5; i++) painter.changed();
    vi.advanceTimersByTime(REST_MS - 1);
    expect(paint).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1);
    expect(paint).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(10 * REST_MS);
    expect(paint).toHaveBeenCalledTimes(2);
  });

  it('catches up when it is seen again', () => {
    const { paint, painter } = picture();
    painter.see(true);
    painter.see(false);
    painter.changed();
    vi.advanceTimersByTime(2 * REST_MS);
    expect(paint).toHaveBeenCalledTimes(1);
    painter.see(true);
    expect(paint).toHaveBeenCalledTimes(2);
  });

  it('paints no more when its picture is gone', () => {
    const { paint, painter } = picture();
    painter.see(true);
    painter.changed();
    painter.dispose();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(2 * REST_MS);
    painter.changed();
    expect(paint).toHaveBeenCalledTimes(1);
    const rested = picture();
    rested.painter.see(true);
    vi.advanceTimersByTime(REST_MS);
    rested.painter.dispose();
    rested.painter.changed();
    expect(rested.paint).toHaveBeenCalledTimes(1);
  });
});
