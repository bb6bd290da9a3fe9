/** Attention weights drawn as squares: row = the token that reads, column = the token it reads from. */
export interface MapPanel {
  readonly title: string;
  readonly tokens: readonly string[];
  /** n × n, rows summing to 1. */
  readonly weights: readonly (readonly number[])[];
  /** Row to frame. */
  readonly marked?: number;
}

const text = "#737d8c";
const cell = 36;
const left = 76;
const top = 70;
/** Weights from here on are written in their square. */
const labelled = 0.24;

/** Panels in rows of two. `description` is read out in place of the picture. */
export function renderMaps(panels: readonly MapPanel[], description: string): string {
  const size = panels[0]!.tokens.length * cell;
  const [width, height] = [left + size + 24, top + size + 20];
  const rows = Math.ceil(panels.length / 2);
  const body = panels.map(
    (panel, i) =>
      `<g transform="translate(${(i % 2) * width} ${Math.floor(i / 2) * height})">${renderPanel(panel)}</g>`,
  );
  const [w, h] = [2 * width, rows * height];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${w} ${h}" width="${w}" height="${h}" role="img" font-family="system-ui, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif" font-size="13" fill="${text}">
<title>${description}</title>
${body.join("\n")}
</svg>
`;
}

function renderPanel({ title, tokens, weights, marked }: MapPanel): string {
  const size = tokens.length * cell;
  const parts = [
    `<text x="${left + size / 2}" y="24" text-anchor="middle" font-size="15" font-weight="600">${title}</text>`,
  ];
  for (const [i, token] of tokens.entries()) {
    const middle = i * cell + cell / 2;
    parts.push(`<text x="${left + middle}" y="${top - 10}" text-anchor="middle">${token}</text>`);
    parts.push(`<text x="${left - 10}" y="${top + middle + 5}" text-anchor="end">${token}</text>`);
  }
  for (const [i, row] of weights.entries()) {
    for (const [j, weight] of row.entries()) {
      const [x, y] = [left + j * cell, top + i * cell];
      parts.push(
        `<rect x="${x + 1}" y="${y + 1}" width="${cell - 2}" height="${cell - 2}" ${shade(weight)}/>`,
      );
      if (weight === 0)
        parts.push(`<path d="M${x + 13} ${y + 18}h10" stroke="${text}" stroke-opacity="0.5"/>`);
      else if (weight >= labelled)
        parts.push(
          `<text x="${x + cell / 2}" y="${y + 23}" text-anchor="middle" font-size="12" fill="#ffffff">${weight.toFixed(2)}</text>`,
        );
    }
  }
  if (marked !== undefined)
    parts.push(
      `<rect x="${left}" y="${top + marked * cell}" width="${size}" height="${cell}" fill="none" stroke="#d97706" stroke-width="2"/>`,
    );
  return parts.join("\n");
}

/** Solid where a white number stands on it, so that the number reads on a light page and a dark one; faint below. */
function shade(weight: number): string {
  if (weight >= 0.6) return 'fill="#2563eb"';
  if (weight >= labelled) return 'fill="#5b7fb8"';
  return `fill="#3b82f6" fill-opacity="${(0.05 + weight).toFixed(3)}"`;
}
