/** A number as an exporter wrote it: some write a comma where the machine's language has one. NaN for what is none. */
export function decimal(word: string): number {
  const number = Number(word);
  return Number.isNaN(number) && word.includes(',') ? Number(word.replace(',', '.')) : number;
}
