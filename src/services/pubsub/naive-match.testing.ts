/** What matching means, token by token: what the tree is held against. `given`: the tokens of a subject. */
export function matchesNaively(pattern: string, given: readonly string[]): boolean {
  const wanted = pattern.split('.');
  for (const [at, token] of wanted.entries()) {
    if (token === '>') return given.length > at;
    if (given[at] === undefined || (token !== '*' && token !== given[at])) return false;
  }
  return wanted.length === given.length;
}
