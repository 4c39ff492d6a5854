/** The package has no types; this is the one file of it that we load. */
declare module 'draco3dgltf/draco_decoder_gltf_nodejs.js' {
  const createDecoder: (options: {
    readonly instantiateWasm: (
      imports: WebAssembly.Imports,
      done: (instance: WebAssembly.Instance) => void,
    ) => WebAssembly.Exports;
    readonly printErr: (text: string) => void;
  }) => Promise<unknown>;
  export default createDecoder;
}
