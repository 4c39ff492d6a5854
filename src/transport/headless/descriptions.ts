/** What is changed in session descriptions on their way to and from libdatachannel; peer-connection.ts says why. */

/** Candidates apart from the description that they came in. */
export function separateCandidates(sdp: string): {
  readonly sdp: string;
  readonly candidates: readonly string[];
} {
  const candidates: string[] = [];
  const rest = sdp.replace(/^a=(candidate:.*?|end-of-candidates)\r?\n/gm, (_, line: string) => {
    if (line.startsWith('candidate:')) candidates.push(line);
    return '';
  });
  return { sdp: rest, candidates };
}
