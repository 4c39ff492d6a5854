/** Subjects as a narrow column shows them: what tells them apart stands at their end. */

/** The ids of Nodes, Jobs and inboxes. */
const ID_TOKEN = /^[0-9a-f-]{16,}$/i;
const SHOWN_OF_ID = 4;

/** With ids cut as they are everywhere on the page; the whole of it belongs into a tooltip. */
export function shortSubject(subject: string): string {
  return subject
    .split('.')
    .map((token) => (ID_TOKEN.test(token) ? `${token.slice(0, SHOWN_OF_ID)}…` : token))
    .join('.');
}
