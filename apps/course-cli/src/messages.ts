export type Language = "zh" | "en";

/** Every sentence of the terminal client. Answers come from the pipeline. */
export interface Messages {
  readonly usage: string;
  readonly unknownCommand: (name: string) => string;
  readonly badOption: (reason: string) => string;
  readonly emptyQuestion: string;
  readonly opening: string;
  readonly indexing: (done: number, total: number) => string;
  readonly understoodAs: (question: string) => string;
  readonly sources: string;
  readonly unsupported: string;
  readonly nearest: string;
  readonly extractive: string;
  readonly failed: (reason: string) => string;
  readonly stopped: string;
  readonly chat: {
    readonly welcome: (title: string, written: number, total: number) => string;
    readonly help: string;
    readonly fresh: string;
    readonly unknown: (name: string) => string;
    readonly pressAgain: string;
    readonly bye: string;
  };
  readonly doctor: DoctorMessages;
}

export interface DoctorMessages {
  readonly summary: (problems: number) => string;
  readonly node: { readonly name: string; readonly old: string };
  readonly pnpm: { readonly name: string; readonly missing: string; readonly remedy: string };
  readonly hnsw: {
    readonly name: string;
    readonly ok: string;
    readonly missing: string;
    readonly remedy: string;
  };
  readonly course: {
    readonly name: string;
    readonly found: (written: number, total: number, problems: number) => string;
    readonly remedy: string;
  };
  readonly model: {
    readonly name: string;
    readonly none: string;
    readonly noneHint: string;
    readonly reached: (description: string, ms: number) => string;
    readonly failed: (description: string, reason: string) => string;
    readonly remedy: string;
  };
  readonly embeddings: {
    readonly name: string;
    readonly none: string;
    readonly reached: (dimensions: number, ms: number) => string;
    readonly failed: (reason: string) => string;
    readonly remedy: string;
  };
  readonly index: {
    readonly name: string;
    readonly state: (documents: number, chunks: number, revision: number, vectors: string) => string;
    readonly stale: (count: number) => string;
    readonly staleRemedy: string;
    readonly none: string;
    readonly noneRemedy: string;
    readonly broken: (reason: string) => string;
    readonly brokenRemedy: string;
  };
  readonly site: {
    readonly name: string;
    readonly built: string;
    readonly none: string;
    readonly remedy: string;
  };
}

export const messages: Readonly<Record<Language, Messages>> = {
  zh: {
    usage: `用法:
  zixue ask <问题>        回答一个问题,附出处;问题写 - 时从标准输入读
      --part <n> --chapter <n> --section <1.3>   只在这一部分、章或节里找
      --json              每行输出一个 JSON 事件
  zixue chat              连续提问
  zixue doctor            检查环境、模型和索引

  --lang zh|en            界面语言(默认看 LANG)`,
    unknownCommand: (name) => `没有「${name}」这个命令。`,
    badOption: (reason) => `命令写得不对:${reason}`,
    emptyQuestion: '没有问题。例:zixue ask "什么是 KV cache?"',
    opening: "正在打开课程 …",
    indexing: (done, total) => `正在建立索引 ${done}/${total}`,
    understoodAs: (question) => `理解为:${question}`,
    sources: "出处",
    unsupported: "未能核对",
    nearest: "最接近的章节",
    extractive: "没有配置模型:以上是课程原文的摘录。",
    failed: (reason) => `出错了:${reason}`,
    stopped: "已停止。",
    chat: {
      welcome: (title, written, total) => `《${title}》,已写 ${written}/${total} 节。直接提问;/help 看命令。`,
      help: "/new 开始新的对话   /quit 退出   Ctrl+C 停止回答",
      fresh: "新的对话。",
      unknown: (name) => `没有 ${name} 这个命令。/help 看命令。`,
      pressAgain: "再按一次 Ctrl+C 退出。",
      bye: "再见。",
    },
    doctor: {
      summary: (problems) => (problems === 0 ? "一切正常。" : `有 ${problems} 处需要处理。`),
      node: { name: "Node.js", old: "需要 20.19 或更新的版本。请安装 Node.js 22 LTS。" },
      pnpm: {
        name: "pnpm",
        missing: "没有安装",
        remedy: "不影响使用:npm start 会自己取来。想直接用 pnpm 命令时:npm install -g pnpm",
      },
      hnsw: {
        name: "hnswlib-node(大规模向量检索,可选)",
        ok: "可以加载",
        missing: "不能加载,向量检索改用精确扫描",
        remedy: "不影响使用。需要时安装 C++ 编译器和 Python 3,再运行 pnpm rebuild hnswlib-node",
      },
      course: {
        name: "课程",
        found: (written, total, problems) =>
          `已写 ${written}/${total} 节${problems > 0 ? `,${problems} 处格式问题` : ""}`,
        remedy: "运行 pnpm course:lint 看每一处问题",
      },
      model: {
        name: "回答模型",
        none: "没有配置:用课程原文摘录作答,不需要密钥和网络",
        noneHint:
          "想让模型来写回答,在环境变量或 .env 里设置一个密钥,如 DEEPSEEK_API_KEY,或 ZIXUE_PROVIDER=ollama",
        reached: (description, ms) => `${description}(${ms} 毫秒应答)`,
        failed: (description, reason) => `${description}:没有应答:${reason}`,
        remedy: "检查密钥、地址和模型名;或取消这些设置,离线作答",
      },
      embeddings: {
        name: "向量模型",
        none: "没有配置:只用关键词检索",
        reached: (dimensions, ms) => `${dimensions} 维(${ms} 毫秒应答)`,
        failed: (reason) => `没有应答:${reason}`,
        remedy: "检查 ZIXUE_EMBEDDINGS_MODEL 和密钥;或取消设置,只用关键词检索",
      },
      index: {
        name: "索引",
        state: (documents, chunks, revision, vectors) =>
          `${documents} 节,${chunks} 段,第 ${revision} 版,向量检索:${vectors}`,
        stale: (count) => `有 ${count} 节已经改动`,
        staleRemedy: "下次提问或启动时自动更新",
        none: "还没有建立",
        noneRemedy: "第一次提问或启动时自动建立",
        broken: (reason) => `打不开:${reason}`,
        brokenRemedy: "下次提问或启动时自动重建;也可以先删除 .zixue 文件夹",
      },
      site: {
        name: "课程网站",
        built: "已生成",
        none: "还没有生成",
        remedy: "npm start 会生成",
      },
    },
  },
  en: {
    usage: `Usage:
  zixue ask <question>    answers a question and cites where from; - reads the question from standard input
      --part <n> --chapter <n> --section <1.3>   looks in this part, chapter or section only
      --json              prints one JSON event per line
  zixue chat              asks one question after another
  zixue doctor            checks the environment, the model and the index

  --lang zh|en            language of the interface (default: from LANG)`,
    unknownCommand: (name) => `There is no command "${name}".`,
    badOption: (reason) => `The command line is wrong: ${reason}`,
    emptyQuestion: 'There is no question. Example: zixue ask "What is a KV cache?"',
    opening: "Opening the course …",
    indexing: (done, total) => `Indexing ${done}/${total}`,
    understoodAs: (question) => `Understood as: ${question}`,
    sources: "Sources",
    unsupported: "could not be verified",
    nearest: "Nearest sections",
    extractive: "No model is configured: these are excerpts from the course.",
    failed: (reason) => `Something went wrong: ${reason}`,
    stopped: "Stopped.",
    chat: {
      welcome: (title, written, total) =>
        `${title}: ${written} of ${total} sections written. Ask away; /help lists commands.`,
      help: "/new starts a new conversation   /quit ends   Ctrl+C stops an answer",
      fresh: "A new conversation.",
      unknown: (name) => `There is no command ${name}. /help lists them.`,
      pressAgain: "Press Ctrl+C again to quit.",
      bye: "Goodbye.",
    },
    doctor: {
      summary: (problems) => (problems === 0 ? "Everything is fine." : `${problems} to put right.`),
      node: { name: "Node.js", old: "20.19 or newer is needed. Install Node.js 22 LTS." },
      pnpm: {
        name: "pnpm",
        missing: "not installed",
        remedy: "Not needed: npm start fetches it. To use it yourself: npm install -g pnpm",
      },
      hnsw: {
        name: "hnswlib-node (vector search at scale, optional)",
        ok: "loads",
        missing: "does not load; vectors are searched exactly instead",
        remedy:
          "Not needed. If you want it, install a C++ compiler and Python 3 and run pnpm rebuild hnswlib-node",
      },
      course: {
        name: "Course",
        found: (written, total, problems) =>
          `${written} of ${total} sections written${problems > 0 ? `, ${problems} format problems` : ""}`,
        remedy: "Run pnpm course:lint to see each problem",
      },
      model: {
        name: "Chat model",
        none: "none configured: answers are excerpts from the course, no key and no network needed",
        noneHint:
          "To have a model write the answers, set a key such as OPENAI_API_KEY, or ZIXUE_PROVIDER=ollama, in the environment or in .env",
        reached: (description, ms) => `${description} (answered in ${ms} ms)`,
        failed: (description, reason) => `${description}: no answer: ${reason}`,
        remedy: "Check the key, the address and the model's name; or unset them to answer offline",
      },
      embeddings: {
        name: "Embeddings",
        none: "none configured: search is by keyword only",
        reached: (dimensions, ms) => `${dimensions} dimensions (answered in ${ms} ms)`,
        failed: (reason) => `no answer: ${reason}`,
        remedy: "Check ZIXUE_EMBEDDINGS_MODEL and the key; or unset it to search by keyword only",
      },
      index: {
        name: "Index",
        state: (documents, chunks, revision, vectors) =>
          `${documents} sections, ${chunks} chunks, revision ${revision}, vector search: ${vectors}`,
        stale: (count) => `${count} sections have changed`,
        staleRemedy: "It is brought up to date at the next question or start",
        none: "not built yet",
        noneRemedy: "It is built at the first question or start",
        broken: (reason) => `cannot be opened: ${reason}`,
        brokenRemedy: "It is rebuilt at the next question or start; or delete the folder .zixue first",
      },
      site: { name: "Course site", built: "built", none: "not built yet", remedy: "npm start builds it" },
    },
  },
};
