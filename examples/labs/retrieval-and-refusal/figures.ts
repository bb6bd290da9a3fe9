/** Draws the figure of section 11.3: how familiar the documents are with four kinds of questions. */
import { writeFile } from "node:fs/promises";
import { DEFAULT_THRESHOLDS } from "@zixue/rag";
import { judgeWith } from "./judge.ts";
import { courseDataset } from "./material.ts";
import { offTopic } from "./off-topic.ts";

const { index, dataset } = await courseDataset();
const judge = judgeWith(index);
const rows = [
  { name: "本节问题", color: "#3b82f6", questions: dataset.queries.map(({ text }) => text) },
  { name: "近似", color: "#d97706", questions: offTopic.nearMiss },
  { name: "沾边", color: "#8b5cf6", questions: offTopic.sharedWords },
  { name: "无关", color: "#dc2626", questions: offTopic.unrelated },
];

const [width, left, right, rowHeight, top] = [760, 150, 30, 62, 46];
const bottom = top + rowHeight * rows.length;
const most = 0.8;
const toX = (familiarity: number) => left + (Math.min(familiarity, most) / most) * (width - left - right);
const parts: string[] = [];
for (const tick of [0, 0.2, 0.4, 0.6, 0.8]) {
  const x = toX(tick).toFixed(1);
  parts.push(`<line x1="${x}" x2="${x}" y1="${top}" y2="${bottom}" stroke="#8b94a333"/>`);
  parts.push(`<text x="${x}" y="${bottom + 20}" text-anchor="middle">${tick.toFixed(1)}</text>`);
}
for (const [row, { name, color, questions }] of rows.entries()) {
  const middle = top + rowHeight * (row + 0.5);
  parts.push(
    `<text x="16" y="${middle + 5}" fill="${color}" font-weight="600">${name}（${questions.length}）</text>`,
  );
  for (const [place, question] of questions.entries()) {
    const { familiarity } = await judge(question);
    // Spread over the height of the row, so that equal values stay apart.
    const y = middle + (((place * 7) % 11) - 5) * 3.6;
    parts.push(
      `<circle cx="${toX(familiarity).toFixed(1)}" cy="${y.toFixed(1)}" r="4.5" fill="${color}" fill-opacity="0.65"/>`,
    );
  }
}
const threshold = toX(DEFAULT_THRESHOLDS.refuse).toFixed(1);
parts.push(
  `<line x1="${threshold}" x2="${threshold}" y1="${top - 8}" y2="${bottom}" stroke="#737d8c" stroke-width="2" stroke-dasharray="6 5"/>`,
  `<text x="${threshold}" y="${top - 16}" text-anchor="middle">门槛 ${DEFAULT_THRESHOLDS.refuse}：左边拒答</text>`,
  `<text x="${(left + width - right) / 2}" y="${bottom + 44}" text-anchor="middle">熟悉度</text>`,
);
const description =
  "四类问题的熟悉度：本节问题大多在门槛右边，无关和沾边的问题都在左边，近似的问题跨在门槛两侧，单看字面分不开";
await writeFile(
  new URL("../../../docs/course/11-rag/03-familiarity.svg", import.meta.url),
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${bottom + 58}" width="${width}" height="${bottom + 58}" role="img" font-family="system-ui, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif" font-size="14" fill="#737d8c">
<title>${description}</title>
${parts.join("\n")}
</svg>
`,
);
await index.close();
