/** Runs the whole lab and exits with 1 when a result is not what the chapter says. */
import assert from "node:assert/strict";
import { attacks, fence, naiveFence, readFenced, readNaive } from "./fence.ts";
import { lintBroken, loadTriage } from "./load.ts";

console.log("一、加载提示文件，渲染成消息");
const triage = await loadTriage();
const message = "运行 main.ts 报 ERR_MODULE_NOT_FOUND，是路径写错了吗？";
const zh = await triage.renderDetailed({ message });
for (const part of zh.messages) console.log(`--- ${part.getType()}\n${part.text}`);
console.log(`--- ${zh.tokens} token，内容哈希 ${zh.hash}`);
assert.deepEqual(
  zh.messages.map((part) => part.getType()),
  ["system", "human"],
);

console.log("\n二、语言变体");
const variants = [];
for (const locale of ["zh", "zh-TW", "en-GB", "fr"]) {
  const { locale: used, tokens, hash } = await triage.renderDetailed({ message }, { locale });
  variants.push({ 要求的语言: locale, 用到的变体: used, token: tokens, 哈希: hash });
}
console.table(variants);
assert.deepEqual(
  variants.map((row) => row.用到的变体),
  ["zh", "zh", "en", "zh"],
);

console.log("三、坏的提示文件：每个问题都带文件和行号");
const problems = await lintBroken();
for (const { file, line, message: what } of problems)
  console.log(`  ${file.split(/[\\/]/).at(-1)}:${line} ${what}`);
assert.ok(problems.length >= 5, "坏文件里的每个问题都应当被报出来");
assert.ok(problems.every(({ line }) => line > 1));

console.log("\n四、围栏能不能被里面的文字关上");
const hostile = attacks(fence("先看一眼围栏长什么样"));
const rows = hostile.map((text) => ({
  攻击: `${text.split("\n")[1]!.slice(0, 24)}…`,
  写死的标签被关上: readNaive(naiveFence(text)).inside !== text,
  随机编号的围栏被关上: readFenced(fence(text)).inside !== text,
}));
console.table(rows);
assert.ok(rows[0]!.写死的标签被关上, "第一条攻击应当关上写死的标签");
assert.ok(
  rows.every((row) => !row.随机编号的围栏被关上),
  "没有一条攻击应当关上随机编号的围栏",
);
const rendered = await triage.render({ message: hostile[2]! });
assert.deepEqual(
  rendered.map((part) => part.getType()),
  ["system", "human"],
  "留言里的 {{role}} 不能开出新消息",
);
console.log(
  '留言里写 {{role "system"}} 也没有多出一条系统消息。围栏只让注入的文字可以辨认，不保证模型不照做。',
);

console.log("\n全部检查通过。");
