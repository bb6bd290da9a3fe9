/** A small text made from templates, so that which words are alike is known: they fill the same blanks. */

/** Words that fill the same blank; 苹果 stands in two groups on purpose. */
export const groups = {
  动物: ["小猫", "小狗", "兔子", "小鸟"],
  动作: ["睡觉", "打盹", "玩耍", "奔跑"],
  地方: ["沙发", "地毯", "草地", "窗台"],
  水果: ["香蕉", "葡萄", "梨子", "苹果"],
  公司: ["微软", "谷歌", "华为", "苹果"],
  产品: ["手机", "电脑", "软件"],
  人: ["小王", "小李", "医生", "老师"],
  国家: ["中国", "法国", "日本", "德国"],
  首都: ["北京", "巴黎", "东京", "柏林"],
} as const;

type Group = keyof typeof groups;

// #region templates
/** 句子的模板：方括号里的词从上面的某一组里随机取。 */
const templates = [
  "[动物] 在 [地方] 上 [动作]",
  "一只 [动物] 跑 到 [地方] 上 [动作]",
  "[人] 看见 [动物] 在 [地方] 上 [动作]",
  "[人] 买 了 一斤 [水果]",
  "[水果] 又 甜 又 新鲜",
  "[人] 把 [水果] 洗 干净 再 吃",
  "[公司] 发布 了 新 [产品]",
  "[公司] 的 股价 今天 上涨",
  "[人] 在 [公司] 做 [产品]",
  "[首都] 是 [国家] 的 首都",
  "[人] 从 [首都] 飞 回 家",
  "[国家] 队 赢 了 比赛",
] as const;
// #endregion templates

/** Sentences of words, the same for the same random numbers. Country and capital in one sentence belong together. */
export function makeSentences(count: number, random: () => number): string[][] {
  return Array.from({ length: count }, () => {
    const template = templates[Math.floor(random() * templates.length)]!;
    const pair = Math.floor(random() * groups.国家.length);
    return template.split(" ").map((slot) => {
      const name = /^\[(.+)\]$/.exec(slot)?.[1] as Group | undefined;
      if (name === undefined) return slot;
      const words = groups[name];
      const paired = name === "国家" || name === "首都";
      return words[paired ? pair : Math.floor(random() * words.length)]!;
    });
  });
}
