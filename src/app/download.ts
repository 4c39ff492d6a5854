/** Hands bytes to the browser's downloads. */
export function downloadBytes(bytes: Uint8Array<ArrayBuffer> | string, name: string, type: string): void {
  downloadBlob(new Blob([bytes], { type }), name);
}

export function downloadBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download holds its own reference from the click on; a minute is for browsers that ask where to save first.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
