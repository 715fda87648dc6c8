/** Files and whole folders out of what was dropped on the page. */

/** All files, those in folders included, in the order of their paths. */
export async function droppedFiles(transfer: DataTransfer): Promise<File[]> {
  // The list is emptied as soon as the event is over, so entries are taken before anything is awaited.
  const items = [...transfer.items].filter(({ kind }) => kind === 'file');
  const entries = items.map((item) => item.webkitGetAsEntry());
  const plain = [...transfer.files];
  if (entries.every((entry) => !entry?.isDirectory)) return plain;
  const found: { path: string; file: File }[] = [];
  for (const entry of entries) if (entry) await collect(entry, found);
  return found.sort((a, b) => a.path.localeCompare(b.path)).map(({ file }) => file);
}

async function collect(entry: FileSystemEntry, found: { path: string; file: File }[]): Promise<void> {
  if (isFile(entry)) {
    const file = await new Promise<File | null>((resolve) => { entry.file(resolve, () => { resolve(null); }); });
    // Systems keep files of their own in folders: .DS_Store and the like.
    if (file && !file.name.startsWith('.')) found.push({ path: entry.fullPath, file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // A reader gives some hundred entries at a time, and none when it is done.
    const batch = await new Promise<FileSystemEntry[]>((resolve) => { reader.readEntries(resolve, () => { resolve([]); }); });
    if (batch.length === 0) return;
    for (const one of batch) await collect(one, found);
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}
