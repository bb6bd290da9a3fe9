/** A handful of sentences from the course, small enough to follow every step by eye. */
export const passages = [
  "涌现能力是指在小模型上没有、在大模型上才有的能力。",
  "缩放定律是指语言模型的测试损失随参数量、数据量和算力的增加按幂律平滑下降的经验规律。",
  "Chinchilla 的参数是 700 亿，训练数据是 1.4 万亿 token。",
  "HNSW 是一种基于多层近邻图的近似最近邻索引。",
  "刻意练习是指为了改进某个具体的弱点而设计、全神贯注、有及时反馈的练习。",
] as const;

/** A paragraph with one space far in, and with emoji: what trips a splitter that was made for English. */
export const paragraph =
  "缩放定律是指语言模型的测试损失随参数量、数据量和算力的增加按幂律平滑下降的经验规律。损失在这里指模型给测试文本中每个 token 的平均意外程度：损失越低，模型对下一个词猜得越准。幂律是指一个量每乘以固定的倍数，另一个量就乘以固定的倍数的关系。";
