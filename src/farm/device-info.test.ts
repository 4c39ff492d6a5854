import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeControl, encodeControl } from '../wire/index.ts';
import { cleanDeviceName, type DeviceInfo, deviceAttributes, deviceInfoOf } from './device-info.ts';

const laptop: DeviceInfo = { deviceName: 'Laptop · Firefox', cores: 8, workers: 7, platform: 'page' };

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
    const info = { ...laptop, deviceName: cleanDeviceName(name) };
    expect(encodeControl(deviceAttributes(info) as Record<string, string>).length).toBeLessThan(512);
  });

  it('is a harmless device where it is nonsense', () => {
    const harmless = { deviceName: 'A device', cores: 1, workers: 0, platform: 'page' };
    expect(deviceInfoOf({})).toEqual(harmless);
    expect(deviceInfoOf({ deviceName: 7, cores: -1, workers: 1e9, platform: 'toaster' })).toEqual(harmless);
    expect(deviceInfoOf({ deviceName: ' \n\u202e ', cores: 1.5, workers: Number.NaN })).toEqual(harmless);
  });

  it('stays within its bounds and never throws, whatever arrives', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('deviceName', 'cores', 'workers', 'platform'), fc.anything()),
        (raw) => {
          const { deviceName, cores, workers } = deviceInfoOf(raw);
          expect(deviceName.length).toBeGreaterThan(0);
          expect(deviceName.length).toBeLessThanOrEqual(64);
          expect(cores >= 1 && cores <= 4096 && workers >= 0 && workers <= 256).toBe(true);
        },
      ),
    );
    const bytes = encodeControl({ deviceName: 'x'.repeat(100), cores: 1, workers: 2 });
    expect(deviceInfoOf(decodeControl(bytes).value as Record<string, unknown>).deviceName).toHaveLength(64);
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
