/** Draws the figures of section 1.7: the layers of the stack, and the three routes as rows of sections. */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { loadCourse } from "@zixue/course";
import { learningPath } from "./learning-path.ts";
import { routes } from "./routes.ts";

const ink = "#737d8c";
const colors = { blue: "#3b82f6", green: "#16a34a", orange: "#d97706", violet: "#8b5cf6" };
const fonts = "system-ui, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif";
const chapter = new URL("../../../docs/course/01-intro/", import.meta.url);

/** From the top of the stack to its bottom. */
const layers = [
  { name: "应用", projects: "课程问答机器人、编码助手、客服", color: colors.green },
  {
    name: "应用框架",
    projects: "LangChain、LangGraph、LlamaIndex、MCP；Milvus、pgvector",
    color: colors.green,
  },
  { name: "推理与服务", projects: "vLLM、SGLang、TensorRT-LLM、llama.cpp、Ollama", color: colors.orange },
  { name: "模型与数据", projects: "Qwen、DeepSeek、Llama、gpt-oss；FineWeb、The Pile", color: colors.blue },
  { name: "微调与对齐", projects: "TRL、LLaMA-Factory、ms-swift、OpenRLHF、verl", color: colors.blue },
  { name: "分布式训练", projects: "Megatron-LM、DeepSpeed、PyTorch FSDP、Colossal-AI", color: colors.orange },
  { name: "深度学习框架", projects: "PyTorch、JAX、MindSpore、PaddlePaddle", color: colors.orange },
  { name: "算子与编译", projects: "CUDA、CANN、ROCm、Triton、FlashAttention", color: colors.orange },
  { name: "芯片与互联", projects: "NVIDIA GPU、Google TPU、昇腾；NVLink、InfiniBand", color: colors.orange },
];

await writeFile(new URL("07-stack.svg", chapter), stackFigure());
await writeFile(new URL("07-routes.svg", chapter), await routesFigure());

function stackFigure(): string {
  const [left, width, height, gap] = [20, 650, 46, 8];
  const bottom = 44 + layers.length * (height + gap);
  const rows = layers.map(({ name, projects, color }, index) => {
    const y = 40 + index * (height + gap);
    return `<rect x="${left}" y="${y}" width="${width}" height="${height}" rx="6" fill="${color}" fill-opacity="0.14" stroke="${color}"/>
<text x="${left + 16}" y="${y + 29}" font-weight="600" fill="${color}">${name}</text>
<text x="${left + 150}" y="${y + 29}">${projects}</text>`;
  });
  const side = `<rect x="690" y="40" width="50" height="${bottom - 52}" rx="6" fill="${colors.violet}" fill-opacity="0.12" stroke="${colors.violet}"/>
<text x="715" y="${bottom / 2 - 62}" text-anchor="middle" fill="${colors.violet}" font-weight="600">${stacked("评测观测与安全", bottom / 2 - 62)}</text>`;
  const legend = [
    ["应用路线", colors.green],
    ["算法路线", colors.blue],
    ["系统路线", colors.orange],
  ].map(
    ([text, color], index) =>
      `<rect x="${20 + index * 120}" y="12" width="14" height="14" rx="3" fill="${color}" fill-opacity="0.3" stroke="${color}"/><text x="${40 + index * 120}" y="24">${text}</text>`,
  );
  return svg(760, bottom + 8, "大语言模型技术栈：自上而下九层，从应用到芯片，评测、观测与安全贯穿各层", [
    ...legend,
    ...rows,
    side,
  ]);
}

/** One character to a line, the first where the text element stands. */
function stacked(text: string, y: number): string {
  return [...text]
    .map((character, index) => `<tspan x="715" y="${y + index * 22}">${character}</tspan>`)
    .join("");
}

async function routesFigure(): Promise<string> {
  const course = await loadCourse(fileURLToPath(new URL("../../../docs/course", import.meta.url)));
  const lists = routes.map((route) => learningPath(route.goals, course.sections));
  const everywhere = new Set(lists[0]?.filter((id) => lists.every((list) => list.includes(id))));
  const rowColors = [colors.green, colors.blue, colors.orange];
  const [perRow, box, gap] = [13, 48, 7];
  const parts: string[] = [];
  let y = 16;
  for (const [index, route] of routes.entries()) {
    const color = rowColors[index] ?? ink;
    const list = lists[index] ?? [];
    parts.push(
      `<text x="20" y="${y + 16}" font-weight="600" fill="${color}">${route.name}：${list.length} 节</text>`,
    );
    list.forEach((id, at) => {
      const x = 20 + (at % perRow) * (box + gap);
      const top = y + 28 + Math.floor(at / perRow) * 42;
      const goal = (route.goals as readonly string[]).includes(id);
      const tone = everywhere.has(id) ? ink : color;
      parts.push(
        `<rect x="${x}" y="${top}" width="${box}" height="32" rx="5" fill="${tone}" fill-opacity="${goal ? 0.2 : 0.14}" stroke="${tone}" stroke-width="${goal ? 2.5 : 1}"/><text x="${x + box / 2}" y="${top + 21}" text-anchor="middle"${goal ? ` font-weight="700"` : ""}>${id}</text>`,
      );
    });
    y += 28 + Math.ceil(list.length / perRow) * 42 + 18;
  }
  parts.push(`<text x="20" y="${y + 8}">灰色：三条路线都要读；粗框：目标节。从左到右、从上到下读。</text>`);
  return svg(740, y + 24, "三条学习路线各要读的节，按阅读顺序排列", parts);
}

function svg(width: number, height: number, description: string, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="${fonts}" font-size="14" fill="${ink}">
<title>${description}</title>
${parts.join("\n")}
</svg>
`;
}
