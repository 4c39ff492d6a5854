/** Files from a drop (folders walked) or an input, with the paths a .gltf refers to them by. */

/** A file as dropped or picked; `path` is relative to what was dropped, with slashes. */
export interface PickedFile {
  readonly path: string;
  readonly file: File;
}

/** A folder dropped by mistake (a home directory) must not be walked to its end; half of one would be a scene without half of its pictures. */
const MAX_FILES = 2000;

export function pickedFromInput(input: HTMLInputElement): readonly PickedFile[] {
  return [...(input.files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/** Why these are not opened; undefined where they are. */
export function whyRefused({ length }: readonly PickedFile[]): string | undefined {
  if (length === 0) return 'There is no file in it.';
  if (length <= MAX_FILES) return undefined;
  return `There are more than ${MAX_FILES} files in it; drop the scene with what belongs to it, or a .zip of that.`;
}

/** Of more than are opened the first ones. Must be called in the drop's own task: the entries are gone afterwards. */
export function pickedFromDrop(transfer: DataTransfer): Promise<readonly PickedFile[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.() ?? null);
  const plain = [...transfer.files];
  if (entries.every((entry) => entry === null)) {
    return Promise.resolve(plain.map((file) => ({ path: file.name, file })));
  }
  return walk(entries.filter((entry) => entry !== null));
}

async function walk(roots: readonly FileSystemEntry[]): Promise<readonly PickedFile[]> {
  const picked: PickedFile[] = [];
  const pending = [...roots];
  while (picked.length <= MAX_FILES) {
    const entry = pending.shift();
    if (!entry) break;
    if (isFile(entry)) {
      const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
      picked.push({ path: entry.fullPath.replace(/^\//, ''), file });
    } else if (isDirectory(entry)) {
      // One by one: a folder may hold more than a call has arguments.
      for (const child of await children(entry)) pending.push(child);
    }
  }
  return picked;
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isDirectory = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

/** A reader gives its entries in parts (Chromium: a hundred at a time) until an empty one. */
async function children(directory: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> {
  const reader = directory.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (part.length === 0) return all;
    all.push(...part);
  }
}
