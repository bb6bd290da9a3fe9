/** Five sentences, short enough to count by hand. */
export const sentences: readonly string[] = [
  "召回率是指真正相关的结果中被找回来的比例。",
  "ef 调大，召回率升高，查询变慢。",
  "向量检索找出与问题最相近的若干个块。",
  "汽车召回是厂商收回有缺陷的产品。",
  "模型编造的内容叫作幻觉。",
];

export const question = "ef 召回率";
