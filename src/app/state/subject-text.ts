/** Subjects as a narrow column shows them: what tells them apart stands at their end. */

/** The ids of Nodes, Jobs and inboxes. */
const ID_TOKEN = /^[0-9a-f-]{16,}$/i;
const SHOWN_OF_ID = 4;

/**
 * Its beginning, which gives way where there is no room, and its last token. Ids are cut as they are everywhere on the page; the whole of
 * it belongs into a tooltip.
 */
export function subjectParts(subject: string): { readonly beginning: string; readonly end: string } {
  const tokens = subject
    .split('.')
    .map((token) => (ID_TOKEN.test(token) ? `${token.slice(0, SHOWN_OF_ID)}…` : token));
  const end = tokens.pop() ?? '';
  return tokens.length === 0 ? { beginning: '', end } : { beginning: tokens.join('.'), end: `.${end}` };
}
