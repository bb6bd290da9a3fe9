/** Draws the two figures of section 1.5: the route on a time axis, and what repeated sampling with a test buys. */
import { writeFile } from "node:fs/promises";
import { fitDifficulty, solvedShare, solvedShareIfEqual } from "./difficulty.ts";
import { readTimeline, type Step } from "./timeline.ts";

const [gray, blue, orange, green, purple] = ["#737d8c", "#3b82f6", "#d97706", "#16a34a", "#8b5cf6"];
const chapter = new URL("../../../docs/course/01-intro/", import.meta.url);

await writeFile(new URL("05-route.svg", chapter), drawRoute(await readTimeline()));
await writeFile(new URL("05-pass-at-k.svg", chapter), drawPassAtK());

function drawRoute(steps: readonly Step[]): string {
  const [width, height, axis] = [900, 340, 190];
  const [from, to] = [Date.parse("2017-01-01"), Date.parse("2026-01-01")];
  const x = (date: string): number => 30 + ((Date.parse(date) - from) / (to - from)) * (width - 60);
  const phases = [
    { name: "生成式预训练", start: "2017-04-06", end: "2019-02-14", color: blue },
    { name: "任务写成文字，做大规模", start: "2019-02-14", end: "2021-07-07", color: orange },
    { name: "对齐与产品", start: "2021-07-07", end: "2024-09-12", color: green },
    { name: "推理", start: "2024-09-12", end: "2026-01-01", color: purple },
  ];
  const parts = phases.map(({ name, start, end, color }) => {
    const [a, b] = [x(start), x(end)];
    return `<rect x="${a.toFixed(1)}" y="${axis - 20}" width="${(b - a).toFixed(1)}" height="40" fill="${color}" fill-opacity="0.15" stroke="${color}" stroke-opacity="0.6"/>
<text x="${((a + b) / 2).toFixed(1)}" y="${axis + 5}" text-anchor="middle" fill="${color}" font-weight="600">${name}</text>`;
  });
  const levels = [128, 252, 88, 292, 128, 252, 88, 292, 128, 252];
  for (const [i, step] of steps.entries()) {
    const at = x(step.date).toFixed(1);
    const level = levels[i % levels.length]!;
    const above = level < axis;
    const size = step.parameters ? `，${formatSize(step.parameters)}` : "";
    parts.push(
      `<line x1="${at}" x2="${at}" y1="${above ? axis - 20 : axis + 20}" y2="${above ? level + 22 : level - 16}" stroke="${gray}" stroke-opacity="0.7"/>
<text x="${at}" y="${level}" text-anchor="middle" font-weight="600">${step.name}</text>
<text x="${at}" y="${level + 17}" text-anchor="middle" font-size="12">${step.date.slice(0, 7)}${size}</text>`,
    );
  }
  return svg(
    width,
    height,
    "从情感神经元到 GPT-5 的十步，分成四段：生成式预训练、做大规模、对齐与产品、推理",
    [
      `<text x="30" y="28" font-size="15" font-weight="600">十步与四段（参数量只标公布过的）</text>`,
      ...parts,
    ],
  );
}

function formatSize(parameters: number): string {
  const hundredMillions = parameters / 1e8;
  return `${hundredMillions >= 100 ? Math.round(hundredMillions).toLocaleString("en") : Number(hundredMillions.toFixed(2))} 亿`;
}

function drawPassAtK(): string {
  const [width, height] = [760, 380];
  const { a, b } = fitDifficulty(0.288, 100, 0.702);
  const x = (k: number): number => 80 + (Math.log10(k) / 2) * 500;
  const y = (share: number): number => 310 - share * 250;
  const ks = Array.from({ length: 100 }, (_, i) => i + 1);
  const curve = (share: (k: number) => number, color: string, dash = ""): string =>
    `<polyline points="${ks.map((k) => `${x(k).toFixed(1)},${y(share(k)).toFixed(1)}`).join(" ")}" fill="none" stroke="${color}" stroke-width="2.5"${dash}/>`;
  const ticks = [1, 2, 5, 10, 20, 50, 100].map(
    (k) =>
      `<line x1="${x(k).toFixed(1)}" x2="${x(k).toFixed(1)}" y1="60" y2="310" stroke="${gray}" stroke-opacity="0.2"/><text x="${x(k).toFixed(1)}" y="330" text-anchor="middle">${k}</text>`,
  );
  const levels = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<line x1="80" x2="580" y1="${y(share)}" y2="${y(share)}" stroke="${gray}" stroke-opacity="0.2"/><text x="70" y="${y(share) + 5}" text-anchor="end">${share * 100}%</text>`,
  );
  const dot = (k: number, share: number): string =>
    `<circle cx="${x(k).toFixed(1)}" cy="${y(share).toFixed(1)}" r="5" fill="${orange}"/>`;
  return svg(width, height, "采样次数与解出的题目比例：题目难易不均时增长缓慢，没有测试来挑就一直是 28.8%", [
    `<text x="330" y="30" text-anchor="middle" font-size="15" font-weight="600">采样 k 次，至少一次通过测试的题目比例</text>`,
    ...ticks,
    ...levels,
    curve((k) => solvedShareIfEqual(0.288, k), gray, ' stroke-dasharray="6 5"'),
    curve((k) => solvedShare(a, b, k), orange),
    curve(() => 0.288, blue),
    dot(1, 0.288),
    dot(100, 0.702),
    `<text x="590" y="${y(1) + 5}" fill="${gray}">假如每题同样难</text>`,
    `<text x="590" y="${y(0.702) + 5}" fill="${orange}" font-weight="600">难易不均</text>`,
    `<text x="590" y="${y(0.702) + 23}" fill="${orange}" font-size="12">圆点是论文公布的两个数</text>`,
    `<text x="590" y="${y(0.288) + 5}" fill="${blue}" font-weight="600">没有测试，任取一个</text>`,
    `<text x="330" y="360" text-anchor="middle">每题采样次数 k（对数刻度）</text>`,
  ]);
}

function svg(width: number, height: number, description: string, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif" font-size="13" fill="${gray}">
<title>${description}</title>
${parts.join("\n")}
</svg>
`;
}
