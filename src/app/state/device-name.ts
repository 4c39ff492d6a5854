/** A first guess at what a person would call this device: "Otter · Linux · Chromium". They can rename it. */
import { NAME_WORDS, type NodeId } from '../../wire/index.ts';

interface Brand {
  readonly brand: string;
  readonly version: string;
}

export interface NavigatorFacts {
  readonly userAgent: string;
  readonly userAgentData?: { readonly brands: readonly Brand[]; readonly platform: string };
}

/** First match wins: Edge and Opera call themselves Chrome too, Chrome on iOS calls itself Safari. */
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/Edg(e|A|iOS)?\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/(Firefox|FxiOS)\//, 'Firefox'],
  [/SamsungBrowser\//, 'Samsung Internet'],
  [/CriOS\//, 'Chrome'],
  [/Chromium\//, 'Chromium'],
  [/Chrome\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/CrOS/, 'Chromebook'],
  [/Windows/, 'Windows'],
  [/Mac OS X|Macintosh/, 'Mac'],
  [/Linux/, 'Linux'],
];

const firstMatch = (text: string, table: readonly (readonly [RegExp, string])[]): string | undefined =>
  table.find(([pattern]) => pattern.test(text))?.[1];

/** The word tells several tabs and equal machines apart; it stays with the Node. */
export function defaultDeviceName(navigator: NavigatorFacts, id: NodeId): string {
  const brands = navigator.userAgentData?.brands.map(({ brand }) => brand) ?? [];
  const brand =
    brands.find((name) => !/Chromium|Not.?A.?Brand/i.test(name)) ??
    brands.find((name) => name === 'Chromium') ??
    firstMatch(navigator.userAgent, BROWSERS);
  const system = firstMatch(navigator.userAgent, SYSTEMS) ?? (navigator.userAgentData?.platform || undefined);
  const browser = brand?.replace(/^(Google|Microsoft) /, '');
  const word = NAME_WORDS[Number.parseInt(id.slice(0, 8), 16) % NAME_WORDS.length] ?? 'device';
  return [word.charAt(0).toUpperCase() + word.slice(1), system, browser].filter(Boolean).join(' · ');
}
