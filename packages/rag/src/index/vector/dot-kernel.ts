import {
  assembleModule,
  block,
  branch,
  branchIf,
  I32,
  i32,
  ifElse,
  local,
  loop,
  V128,
  v128,
} from "./wasm-assembler.ts";

/** The kernel with a memory of its own. Addresses and sizes are bytes; address 0 as `ids` means "no list". */
export interface DotKernel {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly dot: (
    query: number,
    rows: number,
    stride: number,
    ids: number,
    count: number,
    out: number,
  ) => void;
}

/** `undefined` where the engine has no WebAssembly, or none with SIMD. */
export function instantiateDotKernel(): DotKernel | undefined {
  const { WebAssembly: runtime } = globalThis as { WebAssembly?: WasmRuntime };
  if (runtime === undefined || compiled === "unsupported") return undefined;
  try {
    compiled ??= new runtime.Module(kernelBytes());
  } catch {
    compiled = "unsupported";
    return undefined;
  }
  const memory = new runtime.Memory({ initial: 1 });
  const { exports } = new runtime.Instance(compiled, { env: { memory } });
  return { memory, dot: exports.dot as DotKernel["dot"] };
}

/** What is used of the global `WebAssembly`, which has no types without those of the DOM. */
interface WasmRuntime {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Memory: new (limits: { initial: number }) => DotKernel["memory"];
  readonly Instance: new (module: object, imports: object) => { readonly exports: Record<string, unknown> };
}

/** Compiled once for all indexes. */
let compiled: object | "unsupported" | undefined;

/**
 * `dot(query, rows, stride, ids, count, out)`: for each of `count` rows, numbered from 0 or by the u32 at `ids`,
 * the inner product of int8 codes with the query's int16 codes, as i32 at `out`.
 */
function kernelBytes(): Uint8Array<ArrayBuffer> {
  const [query, rows, stride, ids, count, out, row, at, q, end, sumA, sumB] = Array.from(
    { length: 12 },
    (_, i) => i,
  ) as [number, number, number, number, number, number, number, number, number, number, number, number];
  const advance = (variable: number, by: number): Code[] => [
    local.get(variable),
    i32.const(by),
    i32.add,
    local.set(variable),
  ];
  const accumulate = (sum: number, offset: number): Code[] => [
    local.get(sum),
    local.get(at),
    v128.load8x8s(offset),
    local.get(q),
    v128.load(offset * 2),
    v128.dotI16x8,
    v128.addI32x4,
    local.set(sum),
  ];
  const lane = (index: number): Code[] => [local.get(sumA), v128.extractI32x4(index)];
  return assembleModule({
    name: "dot",
    parameters: 6,
    locals: [I32, I32, I32, I32, V128, V128],
    body: [
      block(
        loop(
          ...[local.get(count), i32.eqz, branchIf(1)],
          // at = rows + stride × (ids ? *ids : row)
          ...[local.get(rows), local.get(stride), local.get(ids)],
          ifElse([local.get(ids), i32.load()], [local.get(row)]),
          ...[i32.mul, i32.add, local.tee(at), local.get(stride), i32.add, local.set(end)],
          ...[local.get(query), local.set(q), v128.zero, local.set(sumA), v128.zero, local.set(sumB)],
          loop(
            ...accumulate(sumA, 0),
            ...accumulate(sumB, 8),
            ...advance(q, 32),
            ...[local.get(at), i32.const(16), i32.add, local.tee(at), local.get(end), i32.ltU, branchIf(0)],
          ),
          ...[local.get(sumA), local.get(sumB), v128.addI32x4, local.set(sumA)],
          ...[
            local.get(out),
            ...lane(0),
            ...lane(1),
            i32.add,
            ...lane(2),
            i32.add,
            ...lane(3),
            i32.add,
            i32.store(),
          ],
          ...advance(out, 4),
          ...advance(row, 1),
          // ids advances only where there is a list: its address 0 means "none".
          ...[local.get(ids), local.get(ids), i32.eqz],
          ifElse([i32.const(0)], [i32.const(4)]),
          ...[i32.add, local.set(ids)],
          ...advance(count, -1),
          branch(0),
        ),
      ),
    ],
  });
}

type Code = readonly number[];
