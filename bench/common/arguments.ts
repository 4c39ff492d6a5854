/** Flags of a bench: `--name value`, a number within bounds. @throws Error that says what it takes */
export function numberOption(args: readonly string[], name: string, fallback: number, max: number): number {
  const at = args.indexOf(name);
  const value = at < 0 ? fallback : Number(args[at + 1]);
  if (!(value > 0 && value <= max)) throw new Error(`${name} takes a number above 0 and at most ${max}`);
  return value;
}
