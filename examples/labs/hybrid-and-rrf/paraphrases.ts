/** Questions that avoid the words of the text, each with a sentence of the course that answers it. */
export const paraphrases: readonly { readonly text: string; readonly evidence: readonly string[] }[] = [
  {
    text: "大模型为什么会一本正经地胡说？",
    evidence: ["产生幻觉的原因在于语言模型学的是「下一个词是什么」"],
  },
  {
    text: "规模上去以后冷不丁学会的本事叫什么？",
    evidence: ["涌现能力（emergent abilities）是指"],
  },
  { text: "文章太长，怎么拆成一段一段再查？", evidence: ["切分可以按这个顺序来做"] },
  { text: "资料里找不到，系统该不该硬答？", evidence: ["拒答（refusal）是指资料不足以回答时"] },
  { text: "怎样知道一句话是从哪儿抄来的？", evidence: ["引用（citation）是指回答中的一句话"] },
  {
    text: "把句子变成一串数字是为了什么？",
    evidence: ["嵌入（embedding）是指把一段文本变成固定长度的数字向量"],
  },
  { text: "两段文字像不像，用什么来量？", evidence: ["余弦相似度（cosine similarity）是指"] },
  { text: "合上书默写和再读一遍，哪个记得牢？", evidence: ["反复重读的学生更有信心，一周之后却记得更少"] },
  { text: "思考得久一点能换来更好的回答吗？", evidence: ["推理时缩放（test-time scaling）是指"] },
  { text: "训练的钱有限，机器该造大还是多喂书？", evidence: ["预算一旦固定，参数量翻倍，能读的数据就减半"] },
];
