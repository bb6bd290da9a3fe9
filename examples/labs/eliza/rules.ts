/** What the program knows: patterns, and sentences to answer with. Everything it can do is written here. */

export interface Rule {
  /** A pattern; what its group catches may be used in a reply as `{1}`. */
  readonly pattern: RegExp;
  /** Replies, used in turn. */
  readonly replies: readonly string[];
}

// #region rules
/** 排在前面的规则先用。捕获到的半句话，把人称换过来，再填进回答。 */
export const rules: readonly Rule[] = [
  { pattern: /我(?:觉得|感到|感觉)(.+)/u, replies: ["你为什么觉得{1}？", "从什么时候开始觉得{1}？"] },
  { pattern: /我想(?:要)?(.+)/u, replies: ["如果真的{1}，会有什么不同？", "是什么让你想{1}？"] },
  { pattern: /因为(.+)/u, replies: ["除了{1}，还有别的原因吗？"] },
  { pattern: /(?:妈妈|爸爸|家人|朋友)/u, replies: ["多说说你和家人、朋友的事。"] },
  { pattern: /你(?:是|能|会)(.+)/u, replies: ["我们还是谈你吧。你为什么关心我{1}？"] },
];

/** 没有一条规则用得上时的回答。 */
export const fallback: readonly string[] = ["请接着说。", "我明白了。还有呢？"];
// #endregion rules
