/** Prints reading lists and proves each one: readable from front to back, as short as can be, the same as the API's. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { type Course, findCircle, loadCourse, prerequisitesOf, sectionOf } from "@zixue/course";
import { readArguments } from "./arguments.ts";
import { shortestByForce } from "./brute-force.ts";
import { learningPath } from "./learning-path.ts";
import { routes } from "./routes.ts";

const { goals, known } = readArguments(process.argv.slice(2));
const course = await loadCourse(fileURLToPath(new URL("../../../docs/course", import.meta.url)));
for (const id of [...goals, ...known]) sectionOf(course, id);

const circle = findCircle(course.sections);
assert.equal(circle, null, `目录的先修成环：${circle?.join(" → ")}`);
console.log(`目录共 ${course.sections.length} 节，先修关系没有环。`);

const wanted =
  goals.length > 0
    ? [{ name: "你的路线", goals }]
    : known.length > 0
      ? routes.map((route) => ({ ...route, name: `${route.name}（已读 ${known.join("、")}）` }))
      : routes;
for (const route of wanted) {
  const path = learningPath(route.goals, course.sections, known);
  console.log(`\n${route.name}，目标 ${route.goals.join("、")}：共 ${path.length} 节${timeOf(course, path)}`);
  for (const id of path) console.log(`  ${id}\t${sectionOf(course, id).title}`);
  prove(course, route.goals, path);
}

if (goals.length === 0 && known.length === 0) {
  const lists = routes.map((route) => new Set(learningPath(route.goals, course.sections)));
  const shared = course.sections.filter(({ id }) => lists.every((list) => list.has(id)));
  console.log(`\n三条路线都要读的 ${shared.length} 节：${shared.map(({ id }) => id).join("、")}`);
}
console.log("\n全部检查通过。");

function prove(course: Course, goals: readonly string[], path: readonly string[]): void {
  const read = new Set(known);
  for (const id of path) {
    for (const before of sectionOf(course, id).requires) {
      assert.ok(read.has(before), `${id} 排在它的先修 ${before} 之前`);
    }
    read.add(id);
  }
  assert.ok(
    goals.every((id) => read.has(id)),
    "目标没有全部读到",
  );
  const closure = new Set(
    goals.flatMap((id) => [id, ...prerequisitesOf(course, id).map((section) => section.id)]),
  );
  if (known.length === 0) assert.deepEqual(new Set(path), closure, "应当与 prerequisitesOf 的结果相同");
  const candidates = course.sections.filter(({ id }) => closure.has(id));
  if (candidates.length > 24) {
    console.log(`  （候选 ${candidates.length} 节，枚举要 2 的 ${candidates.length} 次方次，这里不枚举）`);
    return;
  }
  const shortest = shortestByForce(goals, candidates, known);
  assert.equal(path.length, shortest, "枚举找到了更短的清单");
  console.log(`  （枚举 ${(2 ** candidates.length).toLocaleString("en-US")} 个子集：没有更短的清单）`);
}

function timeOf(course: Course, path: readonly string[]): string {
  const written = path.map((id) => sectionOf(course, id)).filter((section) => section.written);
  const minutes = written.reduce((sum, section) => sum + section.minutes, 0);
  return written.length === 0
    ? ""
    : `，其中已写成的 ${written.length} 节约 ${(minutes / 60).toFixed(1)} 小时`;
}
