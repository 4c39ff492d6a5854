import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeControl, encodeControl } from '../wire/index.ts';
import { cleanDeviceName, type DeviceInfo, deviceAttributes, deviceInfoOf } from './device-info.ts';

const laptop: DeviceInfo = { name: 'Laptop · Firefox', cores: 8, workers: 7, platform: 'page' };

describe('what a Node says of its machine', () => {
  it('is read as it was said', () => {
    expect(deviceInfoOf(deviceAttributes(laptop))).toEqual(laptop);
    expect(deviceInfoOf(deviceAttributes({ ...laptop, platform: 'terminal' })).platform).toBe('terminal');
  });

  it('changes field by field', () => {
    const changed = { ...deviceAttributes(laptop), ...deviceAttributes({ workers: 2 }) };
    expect(deviceInfoOf(changed)).toEqual({ ...laptop, workers: 2 });
  });

  it('fits into the attributes of a Node, whatever its name', () => {
    const name = '葉'.repeat(200);
    const info = { ...laptop, name: cleanDeviceName(name) };
    expect(encodeControl(deviceAttributes(info) as Record<string, string>).length).toBeLessThan(512);
  });

  it('may be a name alone, as a program gives that joins by the library: nothing is made up beside it', () => {
    expect(deviceInfoOf({ name: 'my bot' })).toEqual({
      name: 'my bot',
      cores: undefined,
      workers: 0,
      platform: undefined,
    });
  });

  it('is a harmless device where it is nonsense', () => {
    const harmless = { name: 'A device', cores: undefined, workers: 0, platform: undefined };
    expect(deviceInfoOf({})).toEqual(harmless);
    expect(deviceInfoOf({ name: 7, cores: -1, workers: 1e9, platform: 'toaster' })).toEqual(harmless);
    expect(deviceInfoOf({ name: ' \n\u202e ', cores: 1.5, workers: Number.NaN })).toEqual(harmless);
  });

  it('stays within its bounds and never throws, whatever arrives', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('name', 'cores', 'workers', 'platform'), fc.anything()),
        (raw) => {
          const { name, cores, workers } = deviceInfoOf(raw);
          expect(name.length).toBeGreaterThan(0);
          expect(name.length).toBeLessThanOrEqual(64);
          expect(
            (cores === undefined || (cores >= 1 && cores <= 4096)) && workers >= 0 && workers <= 256,
          ).toBe(true);
        },
      ),
    );
    const bytes = encodeControl({ name: 'x'.repeat(100), cores: 1, workers: 2 });
    expect(deviceInfoOf(decodeControl(bytes).value as Record<string, unknown>).name).toHaveLength(64);
  });
});

describe('a device name as typed', () => {
  it('loses line breaks, spaces around it and what is past 64 characters', () => {
    expect(cleanDeviceName('  Studio\nPC ')).toBe('Studio PC');
    expect(cleanDeviceName('x'.repeat(80))).toHaveLength(64);
    expect(cleanDeviceName('🌿'.repeat(80))).toBe('🌿'.repeat(32));
    expect(cleanDeviceName(' \t ')).toBe('');
  });
});
