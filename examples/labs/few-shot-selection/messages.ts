/** Messages of learners with the category a teacher gave them. The first list is shown, the second one is asked. */
export const CATEGORIES = ["概念", "报错", "作业", "其他"] as const;
export type Category = (typeof CATEGORIES)[number];

export interface Labelled {
  readonly message: string;
  readonly category: Category;
}

const labelled = (category: Category, messages: readonly string[]): Labelled[] =>
  messages.map((message) => ({ message, category }));

/** 按收到的先后排列：最早的几条几乎都是概念题，这正是「总取前几条」的麻烦。 */
export const pool: readonly Labelled[] = [
  ...labelled("概念", [
    "注意力里的 Q、K、V 分别是什么意思？",
    "为什么说损失和困惑度是一回事？",
    "涌现能力和缩放定律有什么区别？",
    "温度参数是什么，调高了会怎样？",
  ]),
  ...labelled("报错", [
    "运行实验时报 ERR_MODULE_NOT_FOUND，找不到模块",
    "pnpm install 失败，提示 node 版本太低",
    "训练到一半损失变成 NaN，程序就退出了",
    "vitest 超时，提示 Test timed out in 5000ms",
  ]),
  ...labelled("作业", [
    "第二章的练习要交代码还是交报告？",
    "作业里要求改 M 的值，改完以后要提交截图吗？",
    "练习三的第二问没看懂题目要求，是要画图吗？",
    "补交上周的作业会扣分吗？",
  ]),
  ...labelled("其他", [
    "课程有没有讨论群？",
    "可以开发票吗？",
    "我在国外，视频打开很慢",
    "谢谢老师，讲得很清楚",
  ]),
];

export const asked: readonly Labelled[] = [
  ...labelled("概念", [
    "Q 和 K 点积之后为什么要除以根号 d？",
    "困惑度是什么意思，越低越好吗？",
    "缩放定律里的幂律是什么？",
  ]),
  ...labelled("报错", [
    "运行 main.ts 报 ERR_MODULE_NOT_FOUND，是路径写错了吗？",
    "损失突然变成 NaN 是怎么回事，程序退出了",
    "pnpm install 提示版本太低，装不上",
  ]),
  ...labelled("作业", ["作业要提交代码和截图吗？", "第三章的练习题目要求没看懂", "上周的作业还能补交吗？"]),
  ...labelled("其他", ["讨论群在哪里加？", "发票怎么开？", "视频很慢，看不了"]),
];

/** 意思相同、几乎没有相同的字：字面相似度在这里靠不住，要换成嵌入。 */
export const reworded: readonly Labelled[] = [
  { message: "规模上去以后冷不丁学会的本事叫啥？", category: "概念" },
  { message: "屏幕红了一大片，跑不下去", category: "报错" },
  { message: "截止日过了还收吗？", category: "作业" },
  { message: "能给报销凭证吗？", category: "其他" },
];
