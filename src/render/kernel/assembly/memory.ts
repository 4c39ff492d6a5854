// One bump allocator over the whole memory: scenes are loaded once and dropped whole, so nothing is ever freed singly.

let top: usize = __heap_base;

/** `bytes` at a multiple of `align` (a power of two), growing the memory as needed; 0 when the memory cannot grow. */
export function alloc(bytes: usize, align: usize = 16): usize {
  const start = (top + align - 1) & ~(align - 1);
  const end = start + bytes;
  if (end < start) return 0;
  const have = (<usize>memory.size()) << 16;
  if (end > have && memory.grow(<i32>((end - have + 0xffff) >> 16)) < 0) return 0;
  top = end;
  return start;
}

/** Where the next allocation would start: give it to `release` to drop everything allocated since. */
export function mark(): usize {
  return top;
}

export function release(to: usize): void {
  top = to;
}
