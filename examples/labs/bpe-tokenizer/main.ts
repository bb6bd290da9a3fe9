/** Runs the whole lab, prints its tables and exits with 1 when a result is not what the chapter says. */
import assert from "node:assert/strict";
import { applyMerges, learnMerges, ranks } from "./bpe.ts";
import { ByteTokenizer, bytesOf } from "./byte-tokenizer.ts";
import { english, readProse, wordCounts } from "./sample-text.ts";

console.log("\n一、四个英文词上的合并，可以手算");
const characters = new Map([...wordCounts.keys()].map((word) => [word, [...word]]));
const merges = learnMerges(characters, wordCounts, 6);
for (const [i, { left, right, count }] of merges.entries())
  console.log(`　第 ${i + 1} 次：${left} + ${right} → ${left + right}（出现 ${count} 次）`);
assert.deepEqual(
  merges.map(({ left, right }) => left + right),
  ["in", "ing", "pl", "pla", "play", "sing"],
);
const cut = (word: string): string => applyMerges([...word], ranks(merges)).join(" | ");
for (const word of ["singing", "playing", "saying", "plays"]) console.log(`　${word} → ${cut(word)}`);
assert.equal(cut("singing"), "sing | ing");
assert.equal(cut("saying"), "s | a | y | ing");

console.log("\n二、汉字是三个字节");
for (const text of ["猫", "语言", "A猫🐱"]) console.log(`　${text} → ${bytesOf(text).join(" ")}`);
assert.deepEqual(bytesOf("猫"), ["e7", "8c", "ab"]);

console.log("\n三、用课程的中文训练：词表越大，每个字用的 token 越少");
const chapter = new URL("../../../docs/course/00-preface/01-how-to-learn.md", import.meta.url);
const prose = await readProse(chapter, 6000);
const [training, held] = [prose.slice(0, 5000), prose.slice(5000)];
const sizes = [256, 300, 400, 600, 900];
const perCharacter: number[] = [];
for (const size of sizes) {
  const tokenizer = ByteTokenizer.train(training, size);
  perCharacter.push(tokenizer.encode(held).length / [...held].length);
  const example = tokenizer.tokens("学习语言模型").join(" ");
  console.log(
    `　词表 ${size}：每个字 ${perCharacter.at(-1)!.toFixed(2)} 个 token；学习语言模型 → ${example}`,
  );
}
for (let i = 1; i < sizes.length; i++)
  assert.ok(perCharacter[i]! < perCharacter[i - 1]!, "词表变大，token 应当变少");

console.log("\n四、只在英文上训练过，中文仍能编码，只是费 token");
const onEnglish = ByteTokenizer.train(english, 400);
const sentence = "小猫在沙发上睡觉";
const tokens = onEnglish.encode(sentence);
console.log(`　${sentence}：${[...sentence].length} 个字，${tokens.length} 个 token`);
console.log(`　the tokens of a model：${onEnglish.tokens("the tokens of a model").join("|")}`);
assert.equal(tokens.length, 3 * [...sentence].length);

console.log("\n五、编码再解码，一字不差");
const texts = [held, english, sentence, "表情🐱‍👓、生僻字𠮷、空格  和\t换行\n", ""];
for (const tokenizer of [onEnglish, ByteTokenizer.train(training, 600)])
  for (const text of texts) assert.equal(tokenizer.decode(tokenizer.encode(text)), text);
console.log(`　${texts.length} 段文本、2 个分词器，全部还原`);

console.log("\n全部检查通过。");
