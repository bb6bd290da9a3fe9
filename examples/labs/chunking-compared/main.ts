/** Four ways to cut the same chapters, measured with the same questions. `--all` takes every written section. */
import assert from "node:assert/strict";
import { loadCourse, writtenSections } from "@zixue/course";
import { readMaterial } from "./material.ts";
import { type Measured, measure } from "./measure.ts";
import { byStructure, fixedSize, type Splitter } from "./splitters.ts";

const all = process.argv.includes("--all");
const ids = all
  ? writtenSections(await loadCourse(new URL("../../../docs/course", import.meta.url).pathname)).map(
      ({ id }) => id,
    )
  : ["0.1", "1.3", "11.1"];
const { sections, questions } = await readMaterial(ids);
const structured = await measure(sections, questions, byStructure(320, true), [1, 3, 5]);
// Equal lengths, so that k chunks show a reader about the same amount of text whichever way they were cut.
const size = Math.round(structured.length);
console.log(
  `${ids.join("、")} 节，${questions.length} 种问法；定长切分的长度取 ${size} 个字，与按结构切分的平均长度相同。\n`,
);

const results = new Map<string, Measured>();
const ways: readonly [string, Splitter][] = [
  ["定长，不重叠", fixedSize(size, 0)],
  ["定长，重叠 20%", fixedSize(size, Math.round(size / 5))],
  ["按结构，不带标题", byStructure(320, false)],
  ["按结构，带标题", byStructure(320, true)],
];
console.log("切法\t块数\t平均字数\t切断的句子\t索引膨胀\t证据召回@1\t@3\t@5");
for (const [name, split] of ways) {
  const result = await measure(sections, questions, split, [1, 3, 5]);
  results.set(name, result);
  const recall = [1, 3, 5].map((k) => result.recall.get(k)!.toFixed(3)).join("\t");
  console.log(
    `${name}\t${result.chunks}\t${result.length.toFixed(0)}\t${result.torn}/${result.sentences}\t${result.blowUp.toFixed(2)}\t${recall}`,
  );
}

const fixed = results.get("定长，不重叠")!;
const overlapping = results.get("定长，重叠 20%")!;
const plain = results.get("按结构，不带标题")!;
const titled = results.get("按结构，带标题")!;
assert.equal(plain.torn, 0, "按结构切分不应切断任何句子");
assert.ok(fixed.torn > 20 && overlapping.torn < fixed.torn, "重叠应当减少被切断的句子");
assert.ok(overlapping.blowUp > 1.15, "重叠 20% 的代价是索引变大");
assert.ok(titled.recall.get(5)! > fixed.recall.get(5)!, "按结构并带标题时，证据召回率应当更高");

console.log("\n块的大小（按结构，带标题）");
console.log("上限 token\t块数\t证据召回@1\t@3\t@5\t前 5 块共多少字");
for (const maxTokens of [80, 160, 320, 640, 1280]) {
  const result = await measure(sections, questions, byStructure(maxTokens, true), [1, 3, 5]);
  const recall = [1, 3, 5].map((k) => result.recall.get(k)!.toFixed(3)).join("\t");
  console.log(`${maxTokens}\t${result.chunks}\t${recall}\t${(5 * result.length).toFixed(0)}`);
}
console.log("\n全部检查通过。");
