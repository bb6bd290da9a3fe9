/** What a path is computed from: the ids and the prerequisites, nothing else. */
export interface Step {
  readonly id: string;
  readonly requires: readonly string[];
}

// #region needed
/** 非读不可的节：从目标出发沿先修关系往回走，碰到已经会的就停。 */
export function neededFor(
  goals: readonly string[],
  sections: readonly Step[],
  known: readonly string[] = [],
): Set<string> {
  const byId = new Map(sections.map((section) => [section.id, section]));
  const stop = new Set(known);
  const needed = new Set<string>();
  const open = [...goals];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (needed.has(id) || stop.has(id)) continue;
    const section = byId.get(id);
    if (section === undefined) throw new Error(`没有 ${id} 这一节。`);
    needed.add(id);
    open.push(...section.requires);
  }
  return needed;
}
// #endregion

// #region order
/** 拓扑排序：每次读一节先修都读过的；同时有几节可读时，按目录的先后。 */
export function readingOrder(needed: ReadonlySet<string>, sections: readonly Step[]): string[] {
  const waiting = sections.filter((section) => needed.has(section.id));
  const done = new Set<string>();
  const order: string[] = [];
  while (waiting.length > 0) {
    const next = waiting.findIndex(({ requires }) => requires.every((id) => done.has(id) || !needed.has(id)));
    const [section] = next < 0 ? [] : waiting.splice(next, 1);
    if (section === undefined) {
      throw new Error(`先修成环，排不出顺序：${waiting.map(({ id }) => id).join("、")}。`);
    }
    done.add(section.id);
    order.push(section.id);
  }
  return order;
}
// #endregion

/** The shortest list that ends with every goal read, in an order that can be read from front to back. */
export function learningPath(
  goals: readonly string[],
  sections: readonly Step[],
  known: readonly string[] = [],
): string[] {
  return readingOrder(neededFor(goals, sections, known), sections);
}
