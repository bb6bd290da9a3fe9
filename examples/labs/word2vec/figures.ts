/** Draws the figure of section 1.2 from vectors trained here: the two directions in which they differ most. */
import { writeFile } from "node:fs/promises";
import { groups, makeSentences } from "./corpus.ts";
import { principalDirections, project } from "./projection.ts";
import { seededRandom } from "./random.ts";
import { createModel, train } from "./skip-gram.ts";
import { buildVocabulary } from "./vocabulary.ts";

const random = seededRandom(2013);
const sentences = makeSentences(1500, random);
const vocabulary = buildVocabulary(sentences);
const model = createModel(vocabulary.words.length, 12, random);
train(model, sentences, vocabulary, { epochs: 8, window: 3, negatives: 5, rate: 0.08, random });

const shown = [
  { name: "动物", color: "#3b82f6" },
  { name: "水果", color: "#16a34a" },
  { name: "公司", color: "#d97706" },
  { name: "首都", color: "#8b5cf6" },
] as const;
const words = shown.flatMap(({ name, color }) =>
  groups[name].filter((word) => word !== "苹果").map((word) => ({ word, color, group: `${name}` })),
);
words.push({ word: "苹果", color: "#ef4444", group: "苹果" });
const unit = words.map(({ word }) => {
  const vector = model.center[vocabulary.idOf.get(word)!]!;
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
});
const axes = principalDirections(unit, 2);
const points = unit.map((vector) => project(vector, unit, axes));

const [width, height, margin] = [640, 400, 60];
const range = (d: number): [number, number] => [
  Math.min(...points.map((p) => p[d]!)),
  Math.max(...points.map((p) => p[d]!)),
];
const place = (value: number, [low, high]: [number, number], size: number): number =>
  margin + ((value - low) / (high - low)) * (size - 2 * margin);
const [rangeX, rangeY] = [range(0), range(1)];
const marks = words.map((word, i) => ({
  ...word,
  x: place(points[i]![0]!, rangeX, width),
  y: height - place(points[i]![1]!, rangeY, height),
}));
const dots = marks.map(
  ({ color, x, y }) => `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="6" fill="${color}"/>`,
);
// One label for each group, above its highest dot.
const labels = [...new Set(marks.map(({ group }) => group))].map((group) => {
  const members = marks.filter((mark) => mark.group === group);
  const x = members.reduce((sum, mark) => sum + mark.x, 0) / members.length;
  const y = Math.min(...members.map((mark) => mark.y)) - 15;
  const names = members.map(({ word }) => word).join("、");
  const text = group === "苹果" ? names : `${group}：${names}`;
  const room = 14 + text.length * 7.5;
  return `<text x="${Math.min(Math.max(x, room), width - room).toFixed(1)}" y="${y.toFixed(1)}" text-anchor="middle" fill="${members[0]!.color}" font-weight="600">${text}</text>`;
});
await writeFile(
  new URL("../../../docs/course/01-intro/02-word-vectors.svg", import.meta.url),
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height + 24}" width="${width}" height="${height + 24}" role="img" font-family="system-ui, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif" font-size="15" fill="#737d8c">
<title>词向量投影到两个方向：动物、水果、公司、首都各自成团，苹果夹在水果和公司之间</title>
<rect x="8" y="8" width="${width - 16}" height="${height - 16}" fill="none" stroke="#8b94a3" stroke-opacity="0.4"/>
${[...dots, ...labels].join("\n")}
<text x="${width / 2}" y="${height + 14}" font-size="13" text-anchor="middle">实验 word2vec 训练出的 12 维向量，投影到差别最大的两个方向</text>
</svg>
`,
);
