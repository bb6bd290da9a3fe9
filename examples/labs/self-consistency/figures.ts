/** Draws the voting figure of section 10.2 from the formula. Mid-tone colours, legible on a light and on a dark page. */
import { writeFile } from "node:fs/promises";
import { majorityFormula } from "./vote.ts";

const [width, height, left, right, top, bottom] = [760, 420, 76, 200, 30, 64];
const counts = Array.from({ length: 51 }, (_, i) => 2 * i + 1);
const x = (n: number): number => left + ((width - left - right) * (n - 1)) / 100;
const y = (accuracy: number): number => height - bottom - (height - bottom - top) * accuracy;

const curves = [
  { name: "p = 0.7：越投越准", color: "#3b82f6", at: (n: number) => majorityFormula(0.7, n), dy: -8 },
  { name: "p = 0.6", color: "#16a34a", at: (n: number) => majorityFormula(0.6, n), dy: 20 },
  {
    name: "八成 0.7，两成 0.4",
    color: "#d97706",
    at: (n: number) => 0.8 * majorityFormula(0.7, n) + 0.2 * majorityFormula(0.4, n),
    dy: 5,
  },
  { name: "p = 0.4：越投越错", color: "#dc2626", at: (n: number) => majorityFormula(0.4, n), dy: 0 },
];

const parts: string[] = [];
for (const value of [0, 0.2, 0.4, 0.6, 0.8, 1]) {
  parts.push(
    `<line x1="${left}" x2="${width - right}" y1="${y(value)}" y2="${y(value)}" stroke="#8b94a333"/>`,
    `<text x="${left - 10}" y="${y(value) + 5}" text-anchor="end">${value.toFixed(1)}</text>`,
  );
}
for (const n of [1, 21, 41, 61, 81, 101])
  parts.push(`<text x="${x(n)}" y="${height - bottom + 24}" text-anchor="middle">${n}</text>`);
for (const { name, color, at, dy } of curves) {
  const points = counts.map((n) => `${x(n).toFixed(1)},${y(at(n)).toFixed(1)}`).join(" ");
  parts.push(
    `<polyline points="${points}" fill="none" stroke="${color}" stroke-width="2.5"/>`,
    `<text x="${width - right + 10}" y="${(y(at(101)) + dy).toFixed(1)}" fill="${color}" font-weight="600">${name}</text>`,
  );
}
parts.push(
  `<text x="${(left + width - right) / 2}" y="${height - 12}" text-anchor="middle">每道题独立回答的次数（奇数）</text>`,
  `<text transform="translate(22 ${(top + height - bottom) / 2}) rotate(-90)" text-anchor="middle">投票之后的正确率</text>`,
);

await writeFile(
  new URL("../../../docs/course/10-prompt/02-voting.svg", import.meta.url),
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif" font-size="14" fill="#737d8c">
<title>多数投票的正确率随次数变化：单次正确率高于一半时上升，低于一半时下降，难易混合时先升后降</title>
${parts.join("\n")}
</svg>
`,
);
