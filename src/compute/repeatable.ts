/**
 * Whether a function comes to the same bits in every browser, as far as its source tells: ECMAScript leaves the last bits of `Math.sin` and
 * its like, and of `**`, to the engine, and clocks and languages to the device. A guess, for a default: who knows better says so.
 */
const APPROXIMATE =
  /\bMath\s*\.\s*(?:a?(?:sin|cos|tan)h?|atan2|exp|expm1|log|log2|log10|log1p|pow|cbrt|hypot)\b|\*\*/;
/** All of Math by another name. */
const RENAMED = /\bMath\s*(?![\s.\w])/;
const OF_THE_DEVICE = /\b(?:Date|performance|Intl|navigator|toLocale\w*)\b/;

export function seemsRepeatable(source: string): boolean {
  return !APPROXIMATE.test(source) && !RENAMED.test(source) && !OF_THE_DEVICE.test(source);
}
