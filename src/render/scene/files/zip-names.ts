/**
 * The names in an archive that does not say how they are written. Many programs write UTF-8 without the flag that says so; the others write
 * what PKZIP did, code page 437, which Windows has kept; a few the letters of Windows. fflate takes each byte for a letter.
 */

/** The upper half of code page 437. */
const CODE_PAGE_437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷×≈°∙·√ⁿ²■\u00a0';

/**
 * Bytes at which the two disagree on whether they are letters: accented ones in code page 437; controls, quotes and currencies in those of
 * Windows. (What lies above may be either; one such byte in any name decides for all of an archive.)
 */
const LETTERS_OF_437 = /[\x80-\x9a\xa0-\xa5]/;

/** @param names as fflate gives them @returns the name that was meant, by the name given */
export function meantNames(names: readonly string[]): ReadonlyMap<string, string> {
  const asBytes = names.filter((name) => /[\x80-\xff]/.test(name) && !/[^\0-\xff]/.test(name));
  const asUtf8 = new Map(asBytes.map((name) => [name, utf8Of(name)]));
  const others = asBytes.filter((name) => asUtf8.get(name) === undefined);
  const isCodePage437 = others.some((name) => LETTERS_OF_437.test(name));
  return new Map(
    names.map((name) => {
      const old = isCodePage437 && others.includes(name) ? name.replace(/[\x80-\xff]/g, letterOf437) : name;
      return [name, asUtf8.get(name) ?? old];
    }),
  );
}

function utf8Of(name: string): string | undefined {
  const bytes = Uint8Array.from(name, (letter) => letter.charCodeAt(0));
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function letterOf437(byte: string): string {
  return CODE_PAGE_437.charAt(byte.charCodeAt(0) - 0x80);
}
