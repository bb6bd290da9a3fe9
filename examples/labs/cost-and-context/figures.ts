/** Draws the figures of section 1.6: the three bills against the length of the documents, and a chain of steps. */
import { writeFile } from "node:fs/promises";
import { breakEvenDocuments, longContextCall, retrievalCall } from "./cost.ts";
import { readPriceList } from "./price-list.ts";
import { operationsDocs } from "./workload.ts";

const chapter = new URL("../../../docs/course/01-intro/", import.meta.url);
const ink = "#737d8c";
const colors = { blue: "#3b82f6", green: "#16a34a", orange: "#d97706" };
const fonts = "system-ui, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif";

interface Curve {
  readonly name: string;
  readonly color: string;
  readonly points: readonly (readonly [number, number])[];
  /** Where the name is written, in pixels from the last point. */
  readonly at: readonly [number, number];
}

interface Axis {
  readonly title: string;
  readonly min: number;
  readonly max: number;
  readonly log: boolean;
  readonly ticks: readonly (readonly [number, string])[];
}

const { prices } = await readPriceList(new URL("prices.json", import.meta.url));
const price = prices[0]!;
const warm = { ...operationsDocs, coldCallsPerDay: 0 };
const crossingAt = breakEvenDocuments(price, warm);
const lengths = Array.from({ length: 61 }, (_, i) => 1e3 * 10 ** (i / 20));
const bill = (cache: "hit" | "miss") =>
  lengths.map((documents) => [documents, longContextCall(price, { ...warm, documents }, cache)] as const);

await writeFile(
  new URL("06-cost-and-context.svg", chapter),
  chart(
    "长上下文与检索的单次花费：没有缓存时随文档变长而升高，命中缓存时低五十倍，检索不随文档变长",
    {
      title: "文档总长（token，对数刻度）",
      min: 1e3,
      max: 1e6,
      log: true,
      ticks: [
        [1e3, "1,000"],
        [1e4, "1 万"],
        [1e5, "10 万"],
        [1e6, "100 万"],
      ],
    },
    {
      title: "每次提问的花费（元，对数刻度）",
      min: 1e-3,
      max: 1.5,
      log: true,
      ticks: [
        [1e-3, "0.001"],
        [1e-2, "0.01"],
        [0.1, "0.1"],
        [1, "1"],
      ],
    },
    [
      { name: "长上下文，没有缓存", color: colors.orange, points: bill("miss"), at: [-240, 36] },
      { name: "长上下文，命中缓存", color: colors.blue, points: bill("hit"), at: [-110, -14] },
      {
        name: "检索 2,400 个 token",
        color: colors.green,
        points: lengths.map((x) => [x, retrievalCall(price, warm)]),
        at: [-70, 24],
      },
    ],
    {
      at: [crossingAt, retrievalCall(price, warm)],
      text: `约 ${Math.round(crossingAt / 1000) / 10} 万 token 处相等`,
      shift: [-10, -22],
    },
  ),
);

await writeFile(
  new URL("06-steps-and-success.svg", chapter),
  chart(
    "每步成功率 0.9、0.99、0.999 时，任务全部成功的概率随步数下降",
    {
      title: "任务要走的步数",
      min: 0,
      max: 100,
      log: false,
      ticks: [0, 20, 40, 60, 80, 100].map((at) => [at, String(at)] as const),
    },
    {
      title: "全部步骤都成功的概率",
      min: 0,
      max: 1,
      log: false,
      ticks: [0, 0.2, 0.4, 0.6, 0.8, 1].map((at) => [at, at.toFixed(1)] as const),
    },
    [
      { name: "每步 0.9", color: colors.orange, points: power(0.9), at: [-440, -40] },
      { name: "每步 0.99", color: colors.blue, points: power(0.99), at: [-40, -30] },
      { name: "每步 0.999", color: colors.green, points: power(0.999), at: [-44, 22] },
    ],
  ),
);

function power(perStep: number): (readonly [number, number])[] {
  return Array.from({ length: 101 }, (_, steps) => [steps, perStep ** steps] as const);
}

function chart(
  description: string,
  x: Axis,
  y: Axis,
  curves: readonly Curve[],
  mark?: { at: readonly [number, number]; text: string; shift: readonly [number, number] },
): string {
  const [width, height, left, right, top, bottom] = [760, 420, 84, 40, 24, 60];
  const toX = scale(x, left, width - right);
  const toY = scale(y, height - bottom, top);
  const parts = [
    ...x.ticks.map(
      ([at, text]) =>
        `<line x1="${toX(at)}" x2="${toX(at)}" y1="${top}" y2="${height - bottom}" stroke="#8b94a333"/><text x="${toX(at)}" y="${height - bottom + 22}" text-anchor="middle">${text}</text>`,
    ),
    ...y.ticks.map(
      ([at, text]) =>
        `<line x1="${left}" x2="${width - right}" y1="${toY(at)}" y2="${toY(at)}" stroke="#8b94a333"/><text x="${left - 8}" y="${toY(at) + 5}" text-anchor="end">${text}</text>`,
    ),
    `<text x="${(left + width - right) / 2}" y="${height - 12}" text-anchor="middle">${x.title}</text>`,
    `<text transform="translate(20 ${(top + height - bottom) / 2}) rotate(-90)" text-anchor="middle">${y.title}</text>`,
  ];
  for (const { name, color, points, at } of curves) {
    const pixels = points.map(([px, py]) => [toX(px), toY(py)] as const);
    const [lastX, lastY] = pixels.at(-1)!;
    parts.push(
      `<polyline points="${pixels.map((point) => point.join(",")).join(" ")}" fill="none" stroke="${color}" stroke-width="2.5"/>`,
      `<text x="${round(lastX + at[0])}" y="${round(lastY + at[1])}" text-anchor="middle" fill="${color}" font-weight="600">${name}</text>`,
    );
  }
  if (mark !== undefined) {
    const [cx, cy] = [toX(mark.at[0]), toY(mark.at[1])];
    parts.push(
      `<circle cx="${cx}" cy="${cy}" r="6" fill="none" stroke="${ink}" stroke-width="2.5"/>`,
      `<text x="${round(cx + mark.shift[0])}" y="${round(cy + mark.shift[1])}" text-anchor="end">${mark.text}</text>`,
    );
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="${fonts}" font-size="14" fill="${ink}">
<title>${description}</title>
${parts.join("\n")}
</svg>
`;
}

function scale(axis: Axis, from: number, to: number): (value: number) => number {
  const map = axis.log ? Math.log10 : (value: number) => value;
  return (value) =>
    round(from + ((map(value) - map(axis.min)) / (map(axis.max) - map(axis.min))) * (to - from));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
