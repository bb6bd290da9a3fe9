/** Draws the figure of section 11.2: how an occurrence more counts, and how a longer text is marked down. */
import { writeFile } from "node:fs/promises";

const colors = { text: "#737d8c", grid: "#8b94a333" };
const width = 400;
const height = 330;
const area = { left: 58, right: 24, top: 44, bottom: 56 };

interface Curve {
  readonly name: string;
  readonly color: string;
  readonly dy: number;
  readonly value: (x: number) => number;
}

interface Panel {
  readonly title: string;
  readonly xTitle: string;
  readonly yTitle: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly curves: readonly Curve[];
}

const panels: readonly Panel[] = [
  {
    title: "词频：越多越好，但会饱和",
    xTitle: "词在文档中出现的次数",
    yTitle: "增益",
    x: [0, 4, 8, 12, 16],
    y: [0, 1, 2, 3],
    curves: [
      { name: "k1 = 2", color: "#d97706", dy: -8, value: (tf) => (tf * 3) / (tf + 2) },
      { name: "k1 = 1.2", color: "#3b82f6", dy: -8, value: (tf) => (tf * 2.2) / (tf + 1.2) },
      { name: "k1 = 0.9", color: "#16a34a", dy: 20, value: (tf) => (tf * 1.9) / (tf + 0.9) },
    ],
  },
  {
    title: "长度：同样出现一次，长文档打折",
    xTitle: "文档长度 ÷ 平均长度",
    yTitle: "增益",
    x: [0, 1, 2, 3, 4],
    y: [0, 0.5, 1, 1.5, 2],
    curves: [
      { name: "b = 0（不管长度）", color: "#d97706", dy: -8, value: () => 1 },
      {
        name: "b = 0.75",
        color: "#3b82f6",
        dy: 22,
        value: (length) => 2.2 / (1 + 1.2 * (0.25 + 0.75 * length)),
      },
    ],
  },
];

const description =
  "左图：词频从 1 增加到 16，增益趋于 k1 + 1；右图：b 取 0.75 时，文档越长，同样一次出现的增益越小";
const body = panels.map((panel, i) => `<g transform="translate(${i * width} 0)">${draw(panel)}</g>`);
const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width * 2} ${height}" width="${width * 2}" height="${height}" role="img" font-family="system-ui, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif" font-size="14" fill="${colors.text}">
<title>${description}</title>
${body.join("\n")}
</svg>
`;
await writeFile(new URL("../../../docs/course/11-rag/02-bm25-curves.svg", import.meta.url), svg);

function draw({ title, xTitle, yTitle, x, y, curves }: Panel): string {
  const [xMax, yMax] = [x.at(-1)!, y.at(-1)!];
  const bottom = height - area.bottom;
  const toX = (value: number) => area.left + (value / xMax) * (width - area.left - area.right);
  const toY = (value: number) => bottom - (value / yMax) * (bottom - area.top);
  const middle = (area.left + width - area.right) / 2;
  const parts = [
    `<text x="${middle}" y="22" text-anchor="middle" font-size="15" font-weight="600">${title}</text>`,
    `<text x="${middle}" y="${height - 12}" text-anchor="middle">${xTitle}</text>`,
    `<text transform="translate(16 ${(area.top + bottom) / 2}) rotate(-90)" text-anchor="middle">${yTitle}</text>`,
  ];
  for (const at of x) {
    parts.push(line(toX(at), area.top, toX(at), bottom));
    parts.push(`<text x="${toX(at).toFixed(1)}" y="${bottom + 20}" text-anchor="middle">${at}</text>`);
  }
  for (const at of y) {
    parts.push(line(area.left, toY(at), width - area.right, toY(at)));
    parts.push(`<text x="${area.left - 8}" y="${(toY(at) + 5).toFixed(1)}" text-anchor="end">${at}</text>`);
  }
  for (const { name, color, dy, value } of curves) {
    const points = Array.from({ length: 65 }, (_, i) => (i / 64) * xMax)
      .map((at) => `${toX(at).toFixed(1)},${toY(value(at)).toFixed(1)}`)
      .join(" ");
    parts.push(`<polyline points="${points}" fill="none" stroke="${color}" stroke-width="2.5"/>`);
    const label = { x: width - area.right, y: toY(value(xMax)) + dy };
    parts.push(
      `<text x="${label.x}" y="${label.y.toFixed(1)}" fill="${color}" font-weight="600" text-anchor="end">${name}</text>`,
    );
  }
  return parts.join("\n");
}

function line(x1: number, y1: number, x2: number, y2: number): string {
  return `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" stroke="${colors.grid}"/>`;
}
