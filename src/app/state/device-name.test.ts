import { describe, expect, it } from 'vitest';
import { parseNodeId } from '../../wire/index.ts';
import { defaultDeviceName, type NavigatorFacts } from './device-name.ts';

const brands = (...names: string[]) => names.map((brand) => ({ brand, version: '1' }));

const ID = '00000001-0000-8000-8000-000000000000';
const OTHER = '00000002-0000-8000-8000-000000000000';
const nameOf = (facts: NavigatorFacts, id = ID) => defaultDeviceName(facts, parseNodeId(id));

describe('the first guess at a device name', () => {
  it('reads the brands where the browser gives them', () => {
    const linux =
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36';
    expect(
      nameOf({
        userAgent: linux,
        userAgentData: { platform: 'Linux', brands: brands('Chromium', 'Not_A Brand') },
      }),
    ).toBe('Album · Linux · Chromium');
    expect(
      nameOf({
        userAgent: linux,
        userAgentData: { platform: 'Linux', brands: brands('Not;A=Brand', 'Google Chrome', 'Chromium') },
      }),
    ).toBe('Album · Linux · Chrome');
  });

  it.each([
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
      'Album · Windows · Firefox',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
      'Album · iPhone · Safari',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0',
      'Album · Mac · Edge',
    ],
    ['Something else', 'Album'],
  ])('falls back to the user agent: %s', (userAgent, name) => {
    expect(nameOf({ userAgent })).toBe(name);
  });

  it('tells equal machines, and tabs of one, apart', () => {
    expect(nameOf({ userAgent: 'Something else' }, OTHER)).toBe('Almond');
  });
});
