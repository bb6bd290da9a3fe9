/** Runs the whole lab and exits with 1 when a result is not what the chapter says. */
import assert from "node:assert/strict";
import { countTokens } from "@zixue/models";
import { untrusted } from "@zixue/prompts";
import { asked, pool, reworded } from "./messages.ts";
import { examples, type Measured, measure, strategies, triage } from "./prompt.ts";

console.log(`一、${pool.length} 条示例，${asked.length} 个问题，五种给示例的办法`);
const results: Record<string, Measured> = {};
for (const [name, options] of Object.entries(strategies)) results[name] = await measure(options, asked);
console.table(
  Object.fromEntries(
    Object.entries(results).map(([name, { tokens, shown, covered, nearestRight }]) => [
      name,
      {
        平均token: Math.round(tokens),
        平均示例数: Number(shown.toFixed(1)),
        类别出现过: covered.toFixed(2),
        最近的示例类别正确: nearestRight.toFixed(2),
      },
    ]),
  ),
);
const [none, all, first, , similar] = Object.values(results) as [
  Measured,
  Measured,
  Measured,
  Measured,
  Measured,
];
assert.ok(all.tokens > 2.5 * similar.tokens, "全部示例应当比按相似度取 3 条贵得多");
assert.ok(similar.tokens > none.tokens);
assert.ok(similar.covered > first.covered, "按相似度选，正确的类别更常出现");
assert.ok(similar.nearestRight > 0.8);
const perExample = (all.tokens - none.tokens) / pool.length;
const fence = mean(50, () => countTokens(untrusted("课")) - countTokens("课"));
console.log(`每条示例平均 ${perExample.toFixed(0)} token，其中围栏占 ${fence.toFixed(0)}。`);
assert.ok(fence > 0.5 * perExample, "围栏的两个随机编号应当占了大半");

console.log("\n同样按相似度取 3 条，换成字面不同的 4 个问题");
const hard = await measure(strategies["按相似度取 3 条"]!, reworded);
console.log(`  类别出现过 ${hard.covered.toFixed(2)}，最近的示例类别正确 ${hard.nearestRight.toFixed(2)}`);
assert.ok(hard.nearestRight < similar.nearestRight, "字面不同时，字面相似度应当变差");

console.log("\n二、看一次选择：最相似的排在最后，紧挨着问题");
const question = "损失突然变成 NaN 是怎么回事，程序退出了";
const chosen = await triage
  .withExamples(examples, { select: "similarity", limit: 3 })
  .render({ message: question });
for (const part of chosen.slice(1)) {
  const text = part.text.split("\n").length === 3 ? part.text.split("\n")[1] : part.text;
  console.log(`  ${part.getType().padEnd(5)} ${text}`);
}
assert.equal(chosen.at(-2)!.text, "报错");

console.log("\n三、预算不够时先丢示例");
const whole = await triage.withExamples(examples).renderDetailed({ message: question });
const fitted = await triage
  .withExamples(examples)
  .fitTo(Math.round(whole.tokens / 2))
  .renderDetailed({ message: question });
console.log(`  原来 ${whole.tokens} token；限到一半，剩 ${fitted.tokens} token，丢掉`, fitted.dropped);
assert.ok(fitted.tokens <= Math.round(whole.tokens / 2));
assert.equal(fitted.dropped[0]!.from, "examples");

console.log("\n全部检查通过。");

function mean(times: number, measureOnce: () => number): number {
  return Array.from({ length: times }, measureOnce).reduce((sum, value) => sum + value, 0) / times;
}
