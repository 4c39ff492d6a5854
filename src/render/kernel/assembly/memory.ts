// One bump allocator over the whole memory: scenes are loaded once and dropped whole, so nothing is ever freed singly.
// Over a shared memory each instance allocates in a region of its own (see share.ts).

/** Where this instance's memory begins; 0: behind the static data. */
@external('env', 'heapStart')
declare const heapStart: usize;

let top: usize = heapStart > 0 ? heapStart : __heap_base;

/** wasm32 ends here; the last 64 KiB stay unused so that no address computation wraps around. */
const LIMIT: usize = 0xffff0000;
let limit: usize = LIMIT;

/** Nothing is allocated at or above `end` from now on. */
export function limitMemory(end: usize): void {
  limit = end;
}

/** `bytes` at a multiple of `align` (a power of two), growing the memory as needed; 0 when the memory cannot grow. */
export function alloc(bytes: usize, align: usize): usize {
  const start = (top + align - 1) & ~(align - 1);
  const end = start + bytes;
  if (end < start || end > limit) return 0;
  const pages = <i32>((end + 0xffff) >> 16);
  const missing = pages - memory.size();
  if (missing > 0 && !grow(missing)) return 0;
  top = end;
  return start;
}

/** Has the memory reach up to `end`, without allocating anything. @returns false when it cannot grow */
export function reach(end: usize): bool {
  const missing = <i32>((end + 0xffff) >> 16) - memory.size();
  return missing <= 0 || grow(missing);
}

/** Where allocations must end. */
export function memoryLimit(): usize {
  return limit;
}

/** Growing may copy the whole memory: by an eighth of it at least, so that many allocations do not copy it each time. */
function grow(missing: i32): bool {
  const room = <i32>(limit >> 16) - memory.size();
  const ample = min(max(missing, memory.size() >> 3), room);
  if (ample > missing && memory.grow(ample) >= 0) return true;
  return memory.grow(missing) >= 0;
}

/** Where the next allocation would start: give it to `release` to drop everything allocated since. */
export function mark(): usize {
  return top;
}

export function release(to: usize): void {
  top = to;
}
