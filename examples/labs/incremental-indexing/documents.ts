import { type ParsedDocument, parseMarkdown } from "@zixue/rag";

export interface Source {
  readonly id: string;
  readonly content: string;
}

/** Three handbooks of an imaginary operations team, each of three short chapters. */
export const handbooks: readonly Source[] = ["数据库", "缓存", "消息队列"].map((topic) => ({
  id: `${topic}.md`,
  content: [
    `# ${topic}手册`,
    `## 启动\n\n${topic}的启动分三步：检查磁盘，加载配置，监听端口。任何一步失败都会写日志并退出。`,
    `## 备份\n\n${topic}每天凌晨两点备份一次，备份保留七天。恢复之前要先停掉写入。`,
    `## 告警\n\n${topic}的延迟超过两百毫秒就告警。值班的人先看监控，再看日志。`,
  ].join("\n\n"),
}));

/** Many small documents, to have something to interrupt. */
export function manyNotes(count: number): Source[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `笔记-${String(i).padStart(4, "0")}.md`,
    content: `# 第 ${i} 篇笔记\n\n这一篇记录第 ${i} 次检查的结果，编号是 N${1000 + i}。`,
  }));
}

export function parse(sources: readonly Source[]): ParsedDocument[] {
  return sources.map((source) => parseMarkdown(source));
}
