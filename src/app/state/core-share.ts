/** How the tabs of one browser share its cores. */

/**
 * Workers of each tab. In turns each gets one more, until it has what it wishes or the cores are given away; every tab that wishes any
 * has one, and the widest wish of all is possible: a tab alone gets what its person chose.
 * @param wishes of the tabs, the oldest first
 */
export function sharesOfCores(wishes: readonly number[], cores: number): number[] {
  const shares = wishes.map((wish) => Math.min(wish, 1));
  let left = Math.max(cores, ...wishes) - shares.filter((share) => share > 0).length;
  for (let isGiven = true; isGiven && left > 0; ) {
    isGiven = false;
    for (const [at, wish] of wishes.entries()) {
      const share = shares[at] ?? 0;
      if (share >= wish || left <= 0) continue;
      shares[at] = share + 1;
      left--;
      isGiven = true;
    }
  }
  return shares;
}
