// Writes src/retrieve/pinyin-table.ts: the toneless readings of the characters of GB 2312, from pinyin-pro (MIT).
// Run: node packages/rag/scripts/build-pinyin-table.mjs
import { writeFileSync } from "node:fs";
import { pinyin } from "pinyin-pro";

const bySyllable = new Map();
const decoder = new TextDecoder("gb2312");
for (let row = 0xb0; row <= 0xf7; row += 1) {
  for (let cell = 0xa1; cell <= 0xfe; cell += 1) {
    const character = decoder.decode(Uint8Array.of(row, cell));
    if (!/^\p{Script=Han}$/u.test(character)) continue;
    const readings = pinyin(character, { toneType: "none", type: "array", multiple: true, v: true });
    for (const reading of new Set(readings))
      bySyllable.set(reading, (bySyllable.get(reading) ?? "") + character);
  }
}
const lines = [...bySyllable]
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([syllable, characters]) => `${syllable} ${characters}`);
writeFileSync(
  new URL("../src/retrieve/pinyin-table.ts", import.meta.url),
  `/** Made by scripts/build-pinyin-table.mjs: one line a toneless syllable, then the characters read so. */
// biome-ignore format: one string, one line a syllable
export const PINYIN_TABLE = \`${lines.join("\n")}\`;
`,
);
