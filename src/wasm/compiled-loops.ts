/** A parameter: a number, an array (or view), or an object of arrays, whose record lies at that address. */
export type LoopParameter = 'number' | 'array' | { readonly struct: string; readonly at: number };

/** A field that some loop uses: its place in the records of its kind of object. */
export interface LoopField {
  readonly name: string;
  readonly place: number;
  readonly kind: 'array' | 'view' | 'number';
}

/** What the compiler of the loops (`scripts/loops/`) says about the module it made. */
export interface CompiledLoops {
  readonly signatures: Readonly<Record<string, { readonly parameters: readonly LoopParameter[]; readonly isUnsigned: boolean }>>;
  /** By kind of object. */
  readonly structs: Readonly<Record<string, readonly LoopField[]>>;
  /** Bytes from the start of the memory that records take. */
  readonly recordBytes: number;
}
