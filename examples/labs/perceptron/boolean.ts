/** The sixteen Boolean functions of two inputs, as training sets of four examples each. */

export interface Example {
  readonly inputs: readonly [number, number];
  readonly target: 0 | 1;
}

const corners = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
] as const;

/** The function whose outputs for (0,0), (0,1), (1,0), (1,1) are the four digits: "0110" is XOR. */
export function booleanFunction(outputs: string): Example[] {
  if (!/^[01]{4}$/.test(outputs))
    throw new Error(`四位 0 或 1 才是一个两输入的布尔函数，得到 "${outputs}"。`);
  return corners.map((inputs, i) => ({ inputs, target: outputs[i] === "1" ? 1 : 0 }));
}

export const AND = "0001";
export const OR = "0111";
export const XOR = "0110";
export const XNOR = "1001";

/** All sixteen, from "0000" to "1111". */
export const allFunctions: readonly string[] = Array.from({ length: 16 }, (_, i) =>
  i.toString(2).padStart(4, "0"),
);
