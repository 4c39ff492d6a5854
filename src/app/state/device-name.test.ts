import { describe, expect, it } from 'vitest';
import { defaultDeviceName } from './device-name.ts';

const brands = (...names: string[]) => names.map((brand) => ({ brand, version: '1' }));

describe('the first guess at a device name', () => {
  it('reads the brands where the browser gives them', () => {
    const linux =
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36';
    expect(
      defaultDeviceName({
        userAgent: linux,
        userAgentData: { platform: 'Linux', brands: brands('Chromium', 'Not_A Brand') },
      }),
    ).toBe('Linux · Chromium');
    expect(
      defaultDeviceName({
        userAgent: linux,
        userAgentData: { platform: 'Linux', brands: brands('Not;A=Brand', 'Google Chrome', 'Chromium') },
      }),
    ).toBe('Linux · Chrome');
  });

  it.each([
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Windows · Firefox'],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
      'iPhone · Safari',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0',
      'Mac · Edge',
    ],
    ['Something else', 'A device'],
  ])('falls back to the user agent: %s', (userAgent, name) => {
    expect(defaultDeviceName({ userAgent })).toBe(name);
  });
});
