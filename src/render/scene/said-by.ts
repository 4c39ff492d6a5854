/**
 * What another's code says of a file that it cannot read, where a person can use it. Its own errors are sentences; what an engine says
 * of a call that should not have been made (outside of a view, of undefined, the stack is full), a trap of WASM or the address of a C++
 * exception tells nobody anything.
 */
import { messageOf } from '../../runtime/index.ts';

/** Ready to follow what is wrong, like `: its picture ends early`; empty where nothing useful was said. */
export function saidBy(cause: unknown): string {
  // An engine's errors are of classes of their own.
  if (!(cause instanceof Error) || cause.name !== 'Error') return '';
  const sentence = messageOf(cause).replace(/^THREE\.\w+:\s*/, '');
  return sentence === '' || /unwrap|unreachable|exception|\[object/i.test(sentence) ? '' : `: ${sentence}`;
}
