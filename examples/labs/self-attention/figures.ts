/** Draws the attention maps of section 1.4 from the weights this lab computes. */
import { writeFile } from "node:fs/promises";
import { renderMaps } from "./attention-map.ts";
import { readSentence } from "./read-pronoun.ts";
import { trophy } from "./sentence.ts";

const full = readSentence(trophy);
const causal = readSentence(trophy, { causal: true });
const marked = trophy.indexOf("它");
const panel = (title: string, weights: readonly (readonly number[])[]) => ({
  title,
  tokens: trophy,
  weights,
  marked,
});

await writeFile(
  new URL("../../../docs/course/01-intro/04-attention-map.svg", import.meta.url),
  renderMaps(
    [
      panel("第一层 头 A：动词在哪、有哪些物件", full.first[0]!),
      panel("第一层 头 B：哪个形容词", full.first[1]!),
      panel("第二层：指的是哪个物件", full.second),
      panel("第二层，加因果掩码", causal.second),
    ],
    "「奖杯放不进箱子，因为它太大了」的注意力权重：第一层两个头各读各的，第二层「它」读奖杯 0.94；加因果掩码后奖杯与箱子各 0.50",
  ),
);
