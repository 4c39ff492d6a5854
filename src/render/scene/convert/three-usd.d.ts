/** Parts of three's USDLoader that its types leave out. */
declare module 'three/examples/jsm/loaders/usd/USDCParser.js' {
  export class USDCParser {
    parseData(buffer: ArrayBuffer): unknown;
  }
}
declare module 'three/examples/jsm/loaders/usd/USDComposer.js' {
  export class USDComposer {
    compose(data: unknown): unknown;
  }
}
