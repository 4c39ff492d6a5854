/** A zip that is written as it comes. PNGs are packed already, so they are stored as they are. */
import { Zip, ZipPassThrough } from 'fflate';

export interface ZipFile {
  add(name: string, bytes: Uint8Array): void;
  end(): Blob;
}

export function openZip(): ZipFile {
  /** Each a Blob: a browser keeps many of them on its disk. */
  const chunks: Blob[] = [];
  let failure: Error | undefined;
  const zip = new Zip((error, chunk) => {
    if (error) failure = error;
    else chunks.push(new Blob([new Uint8Array(chunk)]));
  });
  return {
    add(name, bytes) {
      const file = new ZipPassThrough(name);
      zip.add(file);
      file.push(bytes, true);
      if (failure) throw failure;
    },
    end() {
      zip.end();
      if (failure) throw failure;
      return new Blob(chunks, { type: 'application/zip' });
    },
  };
}
