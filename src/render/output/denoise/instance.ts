/** The denoiser's code with a memory of its own. @returns what `assembly/` exports, as far as the caller names it */
export function instantiate<Exports>(module: WebAssembly.Module): Exports {
  const { exports } = new WebAssembly.Instance(module, {
    env: {
      abort(): never {
        throw new Error('the denoiser aborted');
      },
    },
  });
  return exports as unknown as Exports;
}
