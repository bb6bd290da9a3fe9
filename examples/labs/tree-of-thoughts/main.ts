/** Runs the whole lab and exits with 1 when a result is not what the chapter says. */
import assert from "node:assert/strict";
import { chainProbability, isGoal, moves, solvable, start } from "./game24.ts";
import { beamSearch, chain, noisyEvaluator, seededRandom } from "./search.ts";

const puzzles = [
  [4, 9, 10, 13],
  [1, 3, 4, 6],
  [2, 5, 8, 11],
  [3, 3, 8, 8],
  [4, 5, 6, 10],
  [1, 5, 5, 5],
  [2, 3, 10, 10],
  [6, 6, 6, 6],
  [1, 4, 8, 8],
  [2, 7, 8, 9],
  [3, 6, 7, 12],
  [5, 5, 7, 11],
  [1, 2, 7, 7],
  [4, 4, 10, 10],
  [2, 2, 11, 11],
  [3, 5, 9, 13],
  [1, 6, 9, 10],
  [6, 8, 8, 9],
  [3, 7, 9, 13],
  [2, 4, 7, 12],
].map(start);
const random = seededRandom(24);
assert.ok(puzzles.every(solvable), "题目都应当有解");

console.log("一、一条链走到底（每一步随便选一个合法的运算）");
const exact = puzzles.reduce((sum, puzzle) => sum + chainProbability(puzzle), 0) / puzzles.length;
const runs = 1000;
let hits = 0;
for (const puzzle of puzzles) for (let i = 0; i < runs; i++) if (isGoal(chain(puzzle, random))) hits++;
const simulated = hits / (runs * puzzles.length);
console.log(`  ${puzzles.length} 道题，成功率：精确值 ${exact.toFixed(4)}，模拟 ${simulated.toFixed(4)}`);
assert.ok(Math.abs(exact - simulated) < 0.01);

console.log("\n二、许多条链，各走各的，最后验算（知道 24 点怎样算对，所以可以挑）");
for (const chains of [10, 33, 100]) {
  const rate =
    puzzles.reduce((sum, puzzle) => sum + 1 - (1 - chainProbability(puzzle)) ** chains, 0) / puzzles.length;
  console.log(`  ${chains} 条链（${3 * chains} 步）：至少一条成功的概率 ${rate.toFixed(3)}`);
}

console.log("\n三、思维树：每一步给部分解打分，只留最好的 b 个（每种设置每题 50 次）");
const first = puzzles.reduce((sum, puzzle) => sum + moves(puzzle).length, 0) / puzzles.length;
console.log(`  第一步平均有 ${first.toFixed(1)} 种走法`);
const table = [0, 0.1, 0.2, 0.5].flatMap((slip) =>
  [1, 5].map((width) => {
    let solved = 0;
    let evaluations = 0;
    for (const puzzle of puzzles) {
      for (let i = 0; i < 50; i++) {
        const found = beamSearch(puzzle, width, noisyEvaluator(slip, random), random);
        if (found.solution !== null) solved++;
        evaluations += found.evaluations;
      }
    }
    const total = puzzles.length * 50;
    return { 评估出错率: slip, 保留b个: width, 成功率: solved / total, 平均打分次数: evaluations / total };
  }),
);
console.table(
  table.map((row) => ({ ...row, 成功率: row.成功率.toFixed(3), 平均打分次数: Math.round(row.平均打分次数) })),
);
const rate = (slip: number, width: number): number =>
  table.find((row) => row.评估出错率 === slip && row.保留b个 === width)!.成功率;
assert.equal(rate(0, 1), 1, "评估从不出错时，留一个就够");
assert.ok(rate(0.1, 5) > rate(0.1, 1), "评估会出错时，多留几个更稳");
assert.ok(rate(0.5, 5) < rate(0.1, 5), "评估等于乱猜时，搜索就没有用了");

const { solution } = beamSearch(puzzles[0]!, 5, noisyEvaluator(0, random), random);
console.log(`\n4 9 10 13 的一个解：${solution!.steps.join("；")}`);
console.log("\n全部检查通过。");
