/**
 * The few WebAssembly instructions that the scan kernel needs, as functions that give bytes: enough of the binary
 * format (https://webassembly.github.io/spec/core/binary/) to write a kernel as readable TypeScript, without a
 * compiler in the build or a blob in the repository.
 */
export type Code = readonly number[];

export const I32 = 0x7f;
export const V128 = 0x7b;

export const local = {
  get: (index: number): Code => [0x20, ...u32(index)],
  set: (index: number): Code => [0x21, ...u32(index)],
  tee: (index: number): Code => [0x22, ...u32(index)],
};

export const i32 = {
  const: (value: number): Code => [0x41, ...s32(value)],
  load: (offset = 0): Code => [0x28, 2, ...u32(offset)],
  store: (offset = 0): Code => [0x36, 2, ...u32(offset)],
  add: [0x6a] as Code,
  sub: [0x6b] as Code,
  mul: [0x6c] as Code,
  eqz: [0x45] as Code,
  ltU: [0x49] as Code,
};

/** SIMD instructions carry the prefix 0xfd. */
export const v128 = {
  load: (offset = 0): Code => [0xfd, 0, 4, ...u32(offset)],
  /** Eight signed bytes, widened to eight 16-bit lanes. */
  load8x8s: (offset = 0): Code => [0xfd, 1, 3, ...u32(offset)],
  zero: [0xfd, 12, ...new Array<number>(16).fill(0)] as Code,
  /** Multiplies 16-bit lanes and adds neighbours into four 32-bit lanes. */
  dotI16x8: [0xfd, ...u32(0xba)] as Code,
  addI32x4: [0xfd, ...u32(0xae)] as Code,
  extractI32x4: (lane: number): Code => [0xfd, 27, lane],
};

const VOID = 0x40;
const END = 0x0b;

export const block = (...body: Code[]): Code => [0x02, VOID, ...body.flat(), END];
export const loop = (...body: Code[]): Code => [0x03, VOID, ...body.flat(), END];
/** Takes a condition from the stack. */
export const ifElse = (then: Code[], otherwise: Code[]): Code => [
  0x04,
  I32,
  ...then.flat(),
  0x05,
  ...otherwise.flat(),
  END,
];
export const branch = (depth: number): Code => [0x0c, ...u32(depth)];
export const branchIf = (depth: number): Code => [0x0d, ...u32(depth)];

export interface WasmFunction {
  readonly name: string;
  /** All parameters are i32 and nothing is returned. */
  readonly parameters: number;
  /** Locals after the parameters, by type. */
  readonly locals: readonly number[];
  readonly body: readonly Code[];
}

/** A module that imports its memory as `env.memory` and exports one function. */
export function assembleModule(fn: WasmFunction): Uint8Array<ArrayBuffer> {
  const type = [0x60, ...vector(new Array<Code>(fn.parameters).fill([I32])), ...vector([])];
  const memory = [...text("env"), ...text("memory"), 0x02, 0x00, ...u32(1)];
  const locals = vector(fn.locals.map((valueType) => [...u32(1), valueType]));
  const code = [...locals, ...fn.body.flat(), END];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector([type])),
    ...section(2, vector([memory])),
    ...section(3, vector([u32(0)])),
    ...section(7, vector([[...text(fn.name), 0x00, ...u32(0)]])),
    ...section(10, vector([[...u32(code.length), ...code]])),
  ]);
}

function section(id: number, content: Code): Code {
  return [id, ...u32(content.length), ...content];
}

function vector(items: readonly Code[]): Code {
  return [...u32(items.length), ...items.flat()];
}

function text(value: string): Code {
  return vector([...new TextEncoder().encode(value)].map((byte) => [byte]));
}

/** LEB128, unsigned. */
function u32(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  do {
    const byte = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest === 0 ? byte : byte | 0x80);
  } while (rest !== 0);
  return bytes;
}

/** LEB128, signed. */
function s32(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const byte = rest & 0x7f;
    rest >>= 7;
    if ((rest === 0 && (byte & 0x40) === 0) || (rest === -1 && (byte & 0x40) !== 0)) return [...bytes, byte];
    bytes.push(byte | 0x80);
  }
}
