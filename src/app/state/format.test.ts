import { describe, expect, it, vi } from 'vitest';
import {
  countOf,
  formatBytes,
  formatCount,
  formatDuration,
  formatLife,
  formatNumber,
  formatRtt,
  formatSampleRate,
  formatSince,
  percentOf,
  sentence,
} from './format.ts';

describe('figures as people read them', () => {
  it('separates thousands', () => {
    expect(formatCount(1234567)).toBe('1,234,567');
    expect(countOf(1, 'core')).toBe('1 core');
    expect(countOf(1200, 'triangle')).toBe('1,200 triangles');
    expect([0, 999, 1000, -1234567, 999.5].map(formatCount)).toEqual([
      '0',
      '999',
      '1,000',
      '-1,234,567',
      '1,000',
    ]);
    expect([0.0001, 12345.67891, -360, 1e6].map(formatNumber)).toEqual([
      '0.0001',
      '12,345.67891',
      '-360',
      '1,000,000',
    ]);
  });

  it('loads no locale for it', async () => {
    vi.resetModules();
    const ofLocale = vi.spyOn(Intl, 'NumberFormat');
    const [fresh] = await Promise.all([import('./format.ts'), import('./settings-fields.ts')]);
    expect(fresh.formatCount(1200)).toBe('1,200');
    expect(ofLocale).not.toHaveBeenCalled();
    ofLocale.mockRestore();
    vi.resetModules();
  });

  it('tells a life by its beginning where that is a time, the shorter the younger it is', () => {
    const life = Date.UTC(2026, 10, 26, 2, 55, 39);
    expect(formatLife(life)).toBe('2026-11-26 02:55:39');
    expect(formatSince(life, life + 86_399_999)).toBe('02:55:39');
    expect(formatSince(life, life - 1000)).toBe('02:55:39');
    expect(formatSince(life, life + 86_400_000)).toBe('2026-11-26');
    expect([formatLife(7), formatSince(7, life)]).toEqual(['7', '7']);
  });

  it('gives rates three significant digits and a prefix', () => {
    expect(formatSampleRate(0)).toBe('0 samples/s');
    expect(formatSampleRate(950)).toBe('950 samples/s');
    expect(formatSampleRate(45_600)).toBe('45.6 k samples/s');
    expect(formatSampleRate(1_234_567)).toBe('1.23 M samples/s');
    expect(formatSampleRate(-3)).toBe('0 samples/s');
  });

  it('counts bytes in binary steps', () => {
    expect(formatBytes(512)).toBe('512 B');
    expect(formatBytes(1536)).toBe('1.50 KiB');
    expect(formatBytes(20 * 1024 * 1024)).toBe('20.0 MiB');
  });

  it('shows the two units of a duration that matter', () => {
    expect(formatDuration(0.84)).toBe('0.8 s');
    expect(formatDuration(9.96)).toBe('10 s');
    expect(formatDuration(59.4)).toBe('59 s');
    expect(formatDuration(65)).toBe('1 min 05 s');
    expect(formatDuration(3 * 3600 + 125)).toBe('3 h 02 min');
    expect(formatDuration(Number.NaN)).toBe('–');
    expect(formatDuration(Number.POSITIVE_INFINITY)).toBe('–');
  });

  it('shows an unmeasured round trip as a dash', () => {
    expect(formatRtt(undefined)).toBe('–');
    expect(formatRtt(0.31)).toBe('0.3 ms');
    expect(formatRtt(27.4)).toBe('27 ms');
  });

  it('reaches 100 percent only at the end', () => {
    expect(percentOf(999, 1000)).toBe(99);
    expect(percentOf(1000, 1000)).toBe(100);
    expect(percentOf(0, 0)).toBe(0);
    expect(percentOf(5, 4)).toBe(100);
  });

  it('makes sentences of messages', () => {
    expect(sentence('the file is cut short')).toBe('The file is cut short.');
    expect(sentence('Is it open?')).toBe('Is it open?');
    expect(sentence('duck.glb: is cut short')).toBe('duck.glb: is cut short.');
  });
});
