/**
 * Copies a text. A page opened over plain http from another machine on the LAN is no secure context and has no
 * navigator.clipboard: there the old command on a selected field does it.
 */
export async function copyText(
  text: string,
  field: HTMLInputElement | HTMLTextAreaElement | null,
): Promise<boolean> {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Not permitted (another window has the focus, or a policy): try the field.
    }
  }
  if (field) {
    field.focus();
    field.select();
    return copySelection();
  }
  const scratch = document.createElement('textarea');
  scratch.value = text;
  scratch.className = 'visually-hidden';
  document.body.append(scratch);
  try {
    scratch.select();
    return copySelection();
  } finally {
    scratch.remove();
  }
}

function copySelection(): boolean {
  try {
    return document.execCommand('copy');
  } catch {
    return false;
  }
}
