/** A line chart as an SVG string. Mid-tone colours only, so that it reads on a light and on a dark page. */

export interface Series {
  readonly name: string;
  readonly color: string;
  readonly points: readonly { x: number; y: number }[];
  /** Draws dots only, or a dashed line, instead of a solid line. */
  readonly style?: "dots" | "dashed";
  /** Where the name is written: an index into `points`, with an offset in pixels. */
  readonly label?: { at: number; dx: number; dy: number; anchor?: "start" | "middle" | "end" };
}

export interface Axis {
  readonly title: string;
  readonly min: number;
  readonly max: number;
  readonly ticks: readonly { at: number; text: string }[];
  readonly log?: boolean;
}

export interface Panel {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
}

export const palette = {
  text: "#737d8c",
  grid: "#8b94a333",
  blue: "#3b82f6",
  orange: "#d97706",
  green: "#16a34a",
};

const margin = { left: 74, right: 24, top: 44, bottom: 56 };

/** Panels side by side, each `width` × `height`. `description` is read out in place of the picture. */
export function renderPanels(
  panels: readonly Panel[],
  width: number,
  height: number,
  description: string,
): string {
  const total = width * panels.length;
  const body = panels.map(
    (panel, i) => `<g transform="translate(${i * width} 0)">${renderPanel(panel, width, height)}</g>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${total} ${height}" width="${total}" height="${height}" role="img" font-family="system-ui, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif" font-size="14" fill="${palette.text}">
<title>${description}</title>
${body.join("\n")}
</svg>
`;
}

function renderPanel(panel: Panel, width: number, height: number): string {
  const toX = scale(panel.x, margin.left, width - margin.right);
  const toY = scale(panel.y, height - margin.bottom, margin.top);
  const bottom = height - margin.bottom;
  const middle = (margin.left + width - margin.right) / 2;
  const parts = [
    `<text x="${middle}" y="22" text-anchor="middle" font-size="15" font-weight="600">${panel.title}</text>`,
    `<text x="${middle}" y="${height - 12}" text-anchor="middle">${panel.x.title}</text>`,
    `<text transform="translate(18 ${(margin.top + bottom) / 2}) rotate(-90)" text-anchor="middle">${panel.y.title}</text>`,
  ];
  for (const tick of panel.x.ticks) {
    const x = toX(tick.at).toFixed(1);
    parts.push(`<line x1="${x}" x2="${x}" y1="${margin.top}" y2="${bottom}" stroke="${palette.grid}"/>`);
    parts.push(`<text x="${x}" y="${bottom + 20}" text-anchor="middle">${tick.text}</text>`);
  }
  for (const tick of panel.y.ticks) {
    const y = toY(tick.at).toFixed(1);
    parts.push(
      `<line x1="${margin.left}" x2="${width - margin.right}" y1="${y}" y2="${y}" stroke="${palette.grid}"/>`,
    );
    parts.push(`<text x="${margin.left - 8}" y="${Number(y) + 5}" text-anchor="end">${tick.text}</text>`);
  }
  for (const series of panel.series) parts.push(renderSeries(series, toX, toY));
  return parts.join("\n");
}

function renderSeries(
  series: Series,
  toX: (value: number) => number,
  toY: (value: number) => number,
): string {
  const at = series.points.map(({ x, y }) => [toX(x).toFixed(1), toY(y).toFixed(1)] as const);
  const dots = at.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="4.5" fill="${series.color}"/>`).join("");
  const dash = series.style === "dashed" ? ' stroke-dasharray="6 5"' : "";
  const line = `<polyline points="${at.map((point) => point.join(",")).join(" ")}" fill="none" stroke="${series.color}" stroke-width="2.5"${dash}/>`;
  const { label } = series;
  const anchor = label && at[label.at];
  const name = anchor
    ? `<text x="${Number(anchor[0]) + label.dx}" y="${Number(anchor[1]) + label.dy}" fill="${series.color}" font-weight="600" text-anchor="${label.anchor ?? "start"}">${series.name}</text>`
    : "";
  return (series.style === "dots" ? dots : line) + name;
}

function scale(axis: Axis, from: number, to: number): (value: number) => number {
  const map = axis.log ? Math.log10 : (value: number) => value;
  const [low, high] = [map(axis.min), map(axis.max)];
  return (value) => from + ((map(value) - low) / (high - low)) * (to - from);
}
