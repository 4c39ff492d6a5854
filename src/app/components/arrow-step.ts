/** Which way an arrow key goes through a list: 1 down, -1 up, 0 for any other key. */
export const arrowStep = ({ key }: { readonly key: string }): -1 | 0 | 1 =>
  key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0;
