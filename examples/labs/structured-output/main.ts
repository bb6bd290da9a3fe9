/** Runs the whole lab and exits with 1 when a result is not what the chapter says. */
import assert from "node:assert/strict";
import { reply, scriptedChatModel } from "@zixue/testkit";
import { language, seededRandom, validity } from "./constrained.ts";
import { askWithRepair } from "./repair.ts";
import { triage } from "./schema.ts";

const message = "明天就要交了，运行 main.ts 一直报 ERR_MODULE_NOT_FOUND";
const good = {
  reasoning: "贴出了错误码",
  category: "报错",
  urgency: 3,
  quote: "一直报 ERR_MODULE_NOT_FOUND",
};

console.log("一、解析器容得下什么（以下各条回答都是写好的脚本，不是模型生成的）");
const forms: Record<string, string> = {
  纯JSON: JSON.stringify(good),
  代码块里: `好的：\n\`\`\`json\n${JSON.stringify(good)}\n\`\`\``,
  前后有话: `判断如下 ${JSON.stringify(good)} 希望有帮助`,
  枚举之外: JSON.stringify({ ...good, category: "Bug" }),
  数字成了文字: JSON.stringify({ ...good, urgency: "很急" }),
  少一个字段: JSON.stringify({ category: "报错", urgency: 3 }),
  写到一半断了: JSON.stringify(good).slice(0, 40),
};
const parsed = Object.entries(forms).map(([name, text]) => {
  try {
    triage.parse(text);
    return { 回答: name, 结果: "通过" };
  } catch (error) {
    return { 回答: name, 结果: (error as Error).message.split("\n").slice(0, 2).join(" ").slice(0, 90) };
  }
});
console.table(parsed);
assert.deepEqual(
  parsed.map((row) => row.结果 === "通过"),
  [true, true, true, false, false, false, false],
);

console.log("二、修复循环：脚本先答错形状，再编一句引文，第三次才对");
const model = scriptedChatModel([
  reply.json({ ...good, category: "Bug" }),
  reply.json({ ...good, quote: "找不到模块" }),
  reply.json(good),
]);
const { answer, failures } = await askWithRepair(model, message);
for (const [i, why] of failures.entries())
  console.log(`  第 ${i + 1} 次不合格：${why.replaceAll("\n", " ")}`);
console.log("  最后得到", answer);
assert.equal(failures.length, 2);
assert.deepEqual(answer, good);
const sent = model.calls.map((call) => call.messages.length);
console.log(`  三次调用各发出 ${sent.join("、")} 条消息：每修一次，就多带一来一回。`);
assert.deepEqual(sent, [2, 4, 6]);
const stubborn = scriptedChatModel(() => reply.text("我不会 JSON"));
await assert.rejects(askWithRepair(stubborn, message, { tries: 2 }), /问了 2 次/);
assert.equal(stubborn.calls.length, 2);

console.log("\n三、约束解码：一个每个字都可能写错的生成器（4,000 次抽样）");
const random = seededRandom(10);
const rows = [0.005, 0.02, 0.1].map((slip) => {
  // 合法的输出有两种长度（true 与 false 差一个字），各占一半。
  const expected = language.reduce((sum, text) => sum + (1 - slip) ** text.length, 0) / language.length;
  const free = validity(slip, false, 4000, random);
  const masked = validity(slip, true, 4000, random);
  assert.ok(Math.abs(free.valid / free.samples - expected) < 0.03, "不约束时合格率应当接近公式");
  assert.equal(masked.valid, masked.samples, "约束之后每一次都应当合格");
  return {
    每字出错率: slip,
    不约束的合格率: (free.valid / free.samples).toFixed(3),
    "公式 (1−出错率)^字数": expected.toFixed(3),
    约束后的合格率: (masked.valid / masked.samples).toFixed(3),
  };
});
console.table(rows);

console.log("\n全部检查通过。");
