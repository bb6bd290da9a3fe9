/** Builds the graph, prints recall against ef, and exits with 1 when the chapter's claims do not hold. */
import assert from "node:assert/strict";
import { type ExperimentOptions, prepare } from "./experiment.ts";
import { measureHnswlib } from "./native.ts";

const options: ExperimentOptions = {
  count: 8_000,
  dimensions: 48,
  clusters: 40,
  spread: 1.2,
  queries: 100,
  k: 10,
  M: 16,
  efConstruction: 80,
  seed: 11,
};

console.log(
  `数据：${options.count} 个 ${options.dimensions} 维单位向量，${options.clusters} 个簇；查询 ${options.queries} 次，各取最近的 ${options.k} 个。`,
);
const experiment = prepare(options);
console.log(`图的各层人数（从第 0 层往上）：${experiment.layers.join("、")}`);
console.log(
  `平均每个向量 ${experiment.linksPerVector.toFixed(1)} 条边；建图共算了 ${experiment.buildDistances.toLocaleString("en")} 次距离。`,
);

const measurements = [10, 20, 40, 80, 160, 320].map((ef) => experiment.measure(ef));
console.table(
  measurements.map(({ ef, recall, distances }) => ({
    ef,
    "recall@10": recall.toFixed(3),
    每次查询的距离计算: Math.round(distances),
    占精确检索: `${((100 * distances) / options.count).toFixed(1)} %`,
  })),
);

const good = measurements.find(({ recall }) => recall >= 0.95);
assert.ok(good, "没有一个 ef 让 recall@10 达到 0.95");
assert.ok(good.distances < options.count / 5, `达到 0.95 时仍算了 ${good.distances} 次距离`);
for (let i = 1; i < measurements.length; i++) {
  assert.ok(measurements[i]!.recall >= measurements[i - 1]!.recall - 0.005, "ef 变大，召回率不应下降");
  assert.ok(measurements[i]!.distances > measurements[i - 1]!.distances, "ef 变大，距离计算应当变多");
}
console.log(
  `精确检索每次算 ${options.count} 次距离；HNSW 在 ef=${good.ef} 时只算 ${Math.round(good.distances)} 次，recall@10 为 ${good.recall.toFixed(3)}。`,
);

const native = await measureHnswlib(experiment, { ...options, ef: 80 });
if (native === undefined) {
  console.log("没有安装可选的 hnswlib-node，跳过与它的对照。");
} else {
  console.log(`同样的数据和参数，hnswlib-node 在 ef=80 时 recall@10 为 ${native.toFixed(3)}。`);
  assert.ok(native >= 0.95, `hnswlib-node 的召回率只有 ${native}`);
}
console.log("全部检查通过。");
