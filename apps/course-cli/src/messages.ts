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
  readonly tutor: {
    readonly welcome: (title: string, who: string) => string;
    readonly scripted: string;
    readonly scriptedLabel: string;
    readonly noModel: string;
    readonly help: string;
    readonly threadIs: (id: string) => string;
    readonly goesOn: (title: string, messages: number) => string;
    readonly unknownThread: (id: string) => string;
    readonly comeBack: (id: string) => string;
    readonly thinking: string;
    readonly opening: string;
    readonly storeBusy: string;
    readonly toolFailed: (reason: string) => string;
    readonly rejected: string;
    readonly retry: (attempt: number, reason: string) => string;
    readonly noParagraph: string;
    readonly stopped: string;
    readonly needsApproval: string;
    readonly guardAsks: string;
    readonly mayHaveRun: string;
    readonly choices: (mayAlways: boolean) => string;
    readonly choose: string;
    readonly notAlways: string;
    readonly reason: string;
    readonly newArguments: string;
    readonly notJson: string;
    readonly declinedUnasked: string;
    readonly nobodyToAsk: string;
    readonly stillWaiting: (id: string) => string;
  };
  readonly trace: {
    readonly none: string;
    readonly recent: string;
    readonly unknown: (id: string) => string;
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
      --agent tutor       和学伴对话(要有模型):会查课程、出题、计算、记笔记
      --thread <id>       接着以前的对话,等待批准的操作也接着来
      --scripted          没有模型时看演示:由脚本代替模型,工具是真的
  zixue trace [id]        学伴最近的运行;给出编号(开头几位即可)时逐步显示
      --server            看服务器的运行,而不是终端的
      --json              每行输出一个 JSON
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
    tutor: {
      welcome: (title, who) => `《${title}》学伴。${who}\n直接说话;/help 看命令。`,
      scripted: "「脚本演示，不是模型的回答」:由脚本按关键词挑工具,工具和课程是真的。",
      scriptedLabel: "「脚本演示，不是模型的回答」",
      noModel: [
        "学伴要有对话模型才能工作,现在没有配置。",
        "设置任一家的密钥即可,例如在 .env 里写 DEEPSEEK_API_KEY=sk-…",
        "或使用本机的 Ollama:ZIXUE_PROVIDER=ollama ZIXUE_CHAT_MODEL=qwen3:4b",
        "不配置模型也能用:zixue ask、zixue chat(用课程原文作答)",
        "想先看看样子:zixue chat --agent tutor --scripted(脚本演示)",
      ].join("\n"),
      help: "/new 开始新的对话   /quit 退出   Ctrl+C 停止回答(对话保留),再按一次退出",
      threadIs: (id) => `对话 ${id}`,
      goesOn: (title, messages) => `接着「${title}」,已有 ${messages} 条。`,
      unknownThread: (id) => `没有对话 ${id}。不带 --thread 开始新的对话。`,
      comeBack: (id) => `接着聊:zixue chat --agent tutor --thread ${id}`,
      thinking: "正在思考 …",
      opening: "正在打开对话 …",
      storeBusy: "另一个终端正在用学伴,先退出那一个,或用 DATABASE_URL 指定一个 PostgreSQL。\n",
      toolFailed: (reason) => `失败:${reason}`,
      rejected: "已拒绝",
      retry: (attempt, reason) => `模型没有答好(${reason}),第 ${attempt} 次再问 …`,
      noParagraph: "课程里没有这一段",
      stopped: "已停止,对话保留着。",
      needsApproval: "需要你批准:",
      guardAsks: "对话里有一段像是给模型下指令的文字,所以每次都要问。",
      mayHaveRun: "上次中断了,可能已经执行过。",
      choices: (mayAlways) => `批准 a / 修改 e / 拒绝 r${mayAlways ? " / 总是允许 A" : ""} › `,
      choose: "请输入上面的一个字母。",
      notAlways: "这一次要单独决定,不能总是允许。",
      reason: "原因(可空)› ",
      newArguments: "改成 › ",
      notJson: '要写成 JSON 对象,例如 {"text":"…"}。',
      declinedUnasked: "标准输入不是终端,没有人可以批准:已拒绝。",
      nobodyToAsk: "没有人可以批准",
      stillWaiting: (id) => `还在等你决定:zixue chat --agent tutor --thread ${id}`,
    },
    trace: {
      none: "还没有运行记录。和学伴对话后会有:zixue chat --agent tutor",
      recent: "最近的运行:",
      unknown: (id) => `没有编号为「${id}」的运行。`,
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
      --agent tutor       talks with the study companion (needs a model): it searches, quizzes, calculates, notes
      --thread <id>       goes on with an earlier thread, and with calls that wait for approval
      --scripted          a demo without a model: a script plays it, the tools are real
  zixue trace [id]        latest runs of the study companion; with an id or its beginning, one step by step
      --server            runs of the server instead of the terminal's
      --json              prints one JSON object per line
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
    tutor: {
      welcome: (title, who) => `Study companion for "${title}". ${who}\nJust talk; /help lists the commands.`,
      scripted:
        "[scripted demo, not a model's answer]: a script picks tools by keywords; tools and course are real.",
      scriptedLabel: "[scripted demo, not a model's answer]",
      noModel: [
        "The study companion needs a chat model, and none is configured.",
        "Set the key of any provider, for example DEEPSEEK_API_KEY=sk-… in .env",
        "or use Ollama on this machine: ZIXUE_PROVIDER=ollama ZIXUE_CHAT_MODEL=qwen3:4b",
        "What works without a model: zixue ask, zixue chat (answers from the course's own text)",
        "To see what it is like: zixue chat --agent tutor --scripted (a scripted demo)",
      ].join("\n"),
      help: "/new begins anew   /quit ends   Ctrl+C stops a reply (the thread is kept), pressed again it leaves",
      threadIs: (id) => `Thread ${id}`,
      goesOn: (title, messages) => `Going on with "${title}", ${messages} messages so far.`,
      unknownThread: (id) => `There is no thread ${id}. Without --thread a new one begins.`,
      comeBack: (id) => `To go on: zixue chat --agent tutor --thread ${id}`,
      thinking: "Thinking …",
      opening: "Opening the thread …",
      storeBusy:
        "Another terminal is using the study companion: leave that one, or set DATABASE_URL to a PostgreSQL.\n",
      toolFailed: (reason) => `failed: ${reason}`,
      rejected: "rejected",
      retry: (attempt, reason) => `The model failed (${reason}); asking again, attempt ${attempt} …`,
      noParagraph: "the course has no such paragraph",
      stopped: "Stopped; the thread is kept.",
      needsApproval: "Needs your approval:",
      guardAsks: "The thread holds a text that looks like instructions to a model, so each time is asked.",
      mayHaveRun: "It was cut off last time and may have run already.",
      choices: (mayAlways) => `approve a / edit e / reject r${mayAlways ? " / always allow A" : ""} › `,
      choose: "Type one of the letters above.",
      notAlways: "This one must be decided by itself, not for always.",
      reason: "Reason (may be empty) › ",
      newArguments: "Change to › ",
      notJson: 'Write a JSON object, such as {"text":"…"}.',
      declinedUnasked: "Standard input is no terminal, so nobody can approve: declined.",
      nobodyToAsk: "nobody is there to approve",
      stillWaiting: (id) => `It waits for you: zixue chat --agent tutor --thread ${id}`,
    },
    trace: {
      none: "No runs yet. Talking with the study companion makes some: zixue chat --agent tutor",
      recent: "Latest runs:",
      unknown: (id) => `There is no run "${id}".`,
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
