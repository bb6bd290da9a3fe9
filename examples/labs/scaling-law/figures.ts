/** Draws the two figures of section 1.3 from the numbers of this lab. */
import { writeFile } from "node:fs/promises";
import { computeOptimal, EPOCH_2024, extrapolate, loss } from "./law.ts";
import { exactMatch, perTokenAccuracy } from "./rulers.ts";
import { geometric } from "./runs.ts";
import { type Panel, palette, renderPanels, type Series } from "./svg-chart.ts";

const chapter = new URL("../../../docs/course/01-intro/", import.meta.url);

await writeFile(
  new URL("03-isoflop.svg", chapter),
  renderPanels(
    [isoFlop()],
    760,
    440,
    "固定算力时损失随参数量先降后升，最低点即计算最优；Kaplan 的外推偏向过大的模型",
  ),
);
await writeFile(
  new URL("03-two-rulers.svg", chapter),
  renderPanels(
    twoRulers(),
    420,
    340,
    "同一批模型：单个 token 的正确率平滑上升，10 个 token 全对的比例看起来突然跳起",
  ),
);

function isoFlop(): Panel {
  const budgets = [
    { flops: 1e21, name: "10²¹ FLOPs" },
    { flops: 1e22, name: "10²² FLOPs" },
    { flops: 1e23, name: "10²³ FLOPs" },
  ];
  const curves: Series[] = budgets.map(({ flops, name }) => {
    const best = computeOptimal(EPOCH_2024, flops).parameters;
    const points = geometric(best / 12, best * 10, 41).map((x) => ({
      x,
      y: loss(EPOCH_2024, x, flops / (6 * x)),
    }));
    return { name, color: palette.blue, points, label: { at: 40, dx: 8, dy: 4 } };
  });
  const start = computeOptimal(EPOCH_2024, 1e20);
  const bestPoints = budgets.map(({ flops }) => pointOf(computeOptimal(EPOCH_2024, flops)));
  const kaplan = budgets.map(({ flops }) => pointOf(extrapolate(start, flops, 0.73)));
  return {
    title: "固定算力，参数量该取多大",
    x: {
      title: "参数量 N（对数刻度）",
      min: 1.5e8,
      max: 1e12,
      log: true,
      ticks: [
        { at: 1e9, text: "10 亿" },
        { at: 1e10, text: "100 亿" },
        { at: 1e11, text: "1,000 亿" },
        { at: 1e12, text: "1 万亿" },
      ],
    },
    y: {
      title: "损失（nat/token）",
      min: 1.98,
      max: 2.62,
      ticks: [2, 2.1, 2.2, 2.3, 2.4, 2.5, 2.6].map(tick),
    },
    series: [
      ...curves,
      { name: "计算最优", color: palette.green, points: bestPoints, style: "dashed" },
      {
        name: "计算最优",
        color: palette.green,
        points: bestPoints,
        style: "dots",
        label: { at: 2, dx: 0, dy: 24, anchor: "middle" },
      },
      { name: "按 Kaplan 指数", color: palette.orange, points: kaplan, style: "dashed" },
      {
        name: "按 Kaplan 指数",
        color: palette.orange,
        points: kaplan,
        style: "dots",
        label: { at: 2, dx: 8, dy: 24 },
      },
    ],
  };
}

function pointOf({ parameters, tokens }: { parameters: number; tokens: number }): { x: number; y: number } {
  return { x: parameters, y: loss(EPOCH_2024, parameters, tokens) };
}

function twoRulers(): Panel[] {
  const sizes = geometric(1e8, 1e12, 33);
  const x = {
    title: "参数量（对数刻度）",
    min: 1e8,
    max: 1e12,
    log: true,
    ticks: [
      { at: 1e8, text: "1 亿" },
      { at: 1e9, text: "10 亿" },
      { at: 1e10, text: "100 亿" },
      { at: 1e11, text: "1,000 亿" },
      { at: 1e12, text: "1 万亿" },
    ],
  };
  const y = { title: "正确率", min: 0, max: 1, ticks: [0, 0.2, 0.4, 0.6, 0.8, 1].map(tick) };
  const smooth = sizes.map((size) => ({ x: size, y: perTokenAccuracy(size) }));
  const steep = smooth.map((point) => ({ x: point.x, y: exactMatch(point.y, 10) }));
  return [
    {
      title: "尺子一：单个 token 对不对",
      x,
      y,
      series: [{ name: "p", color: palette.blue, points: smooth }],
    },
    {
      title: "尺子二：10 个 token 全对才算对",
      x,
      y,
      series: [{ name: "p¹⁰", color: palette.orange, points: steep }],
    },
  ];
}

function tick(at: number): { at: number; text: string } {
  return { at, text: at.toFixed(1) };
}
