/** The samples as the empty stage offers them: known before the code that can open them has come. */
export interface SampleCard {
  /** As the scene library knows it. */
  readonly name: string;
  readonly label: string;
  readonly description: string;
}

export const SAMPLE_CARDS: readonly SampleCard[] = [
  { name: 'cornell', label: 'Cornell box', description: 'One lamp, coloured walls, gold and wood' },
  { name: 'terrace', label: 'Terrace', description: 'Open air, under a sky of your choice' },
  { name: 'forest', label: 'Forest', description: 'Thirty million triangles, as instances' },
];
