/** Questions that three chapters of the course do not answer, by how much they look like questions that they do. */
export const offTopic = {
  /** Another world: no term of the course. */
  unrelated: [
    "今天晚上吃什么好？",
    "北京到上海的高铁要多久？",
    "怎样腌制泡菜才不会坏？",
    "猫为什么喜欢钻纸箱？",
    "感冒了要不要吃抗生素？",
    "二手房过户需要哪些手续？",
    "世界杯决赛是哪两支球队？",
    "阳台上种番茄要多大的花盆？",
    "孩子几岁开始学游泳合适？",
    "怎样去除衬衫上的咖啡渍？",
    "How do I renew my passport?",
    "What is the best time to visit Kyoto?",
  ],
  /** Shares words with the course, means something else. */
  sharedWords: [
    "汽车厂商召回有缺陷的车要走什么流程？",
    "超市的蔬菜怎样切块更省事？",
    "怎样引用一篇法律判决书？",
    "梯子的层高一般是多少？",
    "学校的图书馆怎样检索期刊？",
    "公司参数化设计的招标文件怎么写？",
    "模型飞机的发动机怎样保养？",
    "语言学校的学费是多少？",
    "数据线坏了能修吗？",
    "训练小狗坐下要多长时间？",
  ],
  /** The right topic; the answer is not in these chapters. */
  nearMiss: [
    "HNSW 的作者现在在哪家公司工作？",
    "RAG 这篇论文得过什么奖？",
    "Sentence-BERT 用了多少张显卡训练？",
    "hnswlib 的最新版本是哪一年发布的？",
    "Chinchilla 的训练一共花了多少美元？",
    "刻意练习的提出者是哪国人？",
    "余弦相似度是谁发明的？",
    "LangChain 支持哪些付费的向量数据库？",
  ],
} as const;

export type Kind = keyof typeof offTopic;
