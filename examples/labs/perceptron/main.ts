/** Runs the whole lab, prints its tables and exits with 1 when a result is not what the chapter says. */
import assert from "node:assert/strict";
import { AND, allFunctions, booleanFunction, OR, XNOR, XOR } from "./boolean.ts";
import { bestLine, train } from "./perceptron.ts";
import { gradient, initialWeights, loss, predict, seededRandom, trainNetwork } from "./two-layer.ts";

console.log("\n一、感知机学三个函数");
const rows = [
  ["与 AND", AND],
  ["或 OR", OR],
  ["异或 XOR", XOR],
] as const;
for (const [name, outputs] of rows) {
  const { outcome, epochs, weights, mistakes } = train(booleanFunction(outputs));
  console.log(
    `${name}：${outcome === "learned" ? `第 ${epochs} 轮全对` : `第 ${epochs} 轮的权重重复出现，永远学不会`}；` +
      `权重 (${weights.join(", ")})；每轮答错 ${mistakes.join("、")} 题`,
  );
}
assert.equal(train(booleanFunction(AND)).outcome, "learned");
assert.equal(train(booleanFunction(XOR)).outcome, "cycle");

console.log("\n二、两个输入的布尔函数共 16 个，感知机学得会几个？");
const failed = allFunctions.filter((outputs) => train(booleanFunction(outputs)).outcome === "cycle");
console.log(`学会 ${16 - failed.length} 个，学不会 ${failed.length} 个：${failed.join("、")}（异或与同或）`);
assert.deepEqual(failed, [XOR, XNOR]);
const best = bestLine(booleanFunction(XOR));
console.log(`试遍 4,913 组权重，异或最多答对 ${best} 题（共 4 题）`);
assert.equal(best, 3);

console.log("\n三、加一个隐藏层，用反向传播训练");
const examples = booleanFunction(XOR);
const start = initialWeights(3, seededRandom(1));
const analytic = gradient(start, examples);
const worst = Math.max(
  ...start.map((weight, i) => {
    const shifted = (value: number) =>
      loss(
        start.map((w, j) => (j === i ? value : w)),
        examples,
      );
    return Math.abs((shifted(weight + 1e-5) - shifted(weight - 1e-5)) / 2e-5 - analytic[i]!);
  }),
);
console.log(`反向传播的梯度与数值差分最多相差 ${worst.toExponential(1)}`);
assert.ok(worst < 1e-8, "反向传播的梯度与差分不符");
const { weights, steps, learned } = trainNetwork(examples, start);
assert.ok(learned, "两层网络没有学会异或");
console.log(`训练 ${steps} 步后学会：`);
console.table(
  examples.map(({ inputs, target }) => ({
    输入: inputs.join(" "),
    应为: target,
    输出: predict(weights, inputs).toFixed(3),
  })),
);

console.log("\n全部检查通过。");
