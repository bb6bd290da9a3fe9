export type Language = "zh" | "en";

/** Every sentence that the bot itself says. Answers come from the pipeline. */
export interface Messages {
  readonly invalidInput: string;
  readonly invalidJson: (reason: string) => string;
  readonly invalidEncoding: string;
  readonly unsupportedMediaType: (given: string) => string;
  readonly tooLarge: (limit: string) => string;
  readonly emptyQuestion: string;
  readonly longQuestion: (limit: number, length: number) => string;
  readonly unknownFilterField: (field: string, known: string) => string;
  readonly unauthorized: string;
  readonly notFound: (path: string) => string;
  readonly unknownSection: (id: string) => string;
  readonly methodNotAllowed: (method: string, allowed: string) => string;
  readonly notAcceptable: (accepted: string) => string;
  readonly badAddress: string;
  readonly tooManyRequests: string;
  readonly modelFailed: string;
  readonly stopping: string;
  readonly internal: string;
  readonly badLearner: string;
  readonly agent: {
    readonly noModel: string;
    readonly unknownThread: string;
    readonly threadBusy: string;
    readonly nothingToResume: string;
    readonly invalidDecision: string;
    readonly storeFailed: string;
  };
  readonly noSite: { readonly title: string; readonly text: string; readonly api: string };
  readonly noPage: { readonly title: string; readonly text: string };
}

export const messages: Readonly<Record<Language, Messages>> = {
  zh: {
    invalidInput: "请求里有不符合要求的内容,见 errors。",
    invalidJson: (reason) => `请求体不是合法的 JSON:${reason}。例:{"question":"什么是 KV cache?"}`,
    invalidEncoding: "请求体不是合法的 UTF-8。请用 UTF-8 编码发送。",
    unsupportedMediaType: (given) =>
      `不支持的内容类型${given}。请用 Content-Type: application/json(UTF-8,不压缩)发送。`,
    tooLarge: (limit) => `请求体太大,最多 ${limit}。请缩短问题或历史。`,
    emptyQuestion: "问题是空的。请写下要问的内容。",
    longQuestion: (limit, length) => `问题太长:${length} 个字符,最多 ${limit} 个。请只留下要问的部分。`,
    unknownFilterField: (field, known) => `没有「${field}」这个过滤字段,可用的有:${known}。`,
    unauthorized: "需要访问令牌。请在请求头里带上 Authorization: Bearer <ACCESS_TOKEN>。",
    notFound: (path) => `没有这个地址:${path}。`,
    unknownSection: (id) => `课程里没有「${id}」这一节。各节的编号见 /api/chapters。`,
    methodNotAllowed: (method, allowed) => `这个地址不接受 ${method},请用 ${allowed}。`,
    notAcceptable: (accepted) => `这个地址只能给出 ${accepted}。请修改 Accept 请求头。`,
    badAddress: "地址里有不能解码的内容。",
    tooManyRequests: "请求太频繁,请稍后再试。",
    modelFailed: "模型服务没有给出回答。请稍后再试,或用 `zixue doctor` 检查设置。",
    stopping: "服务正在停止。请稍后再试。",
    internal: "服务内部出错,已经记录。请稍后再试。",
    badLearner: "Learner-Id 要有 16–128 个字符(字母、数字、_ . : -),由客户端随机生成,不能猜到。",
    agent: {
      noModel:
        "学伴要有对话模型才能工作,现在没有配置。设置任一家的密钥即可,例如在 .env 里写 DEEPSEEK_API_KEY=sk-…,或用本机的 Ollama:ZIXUE_PROVIDER=ollama ZIXUE_CHAT_MODEL=qwen3:4b,然后重新启动。不配置模型也能提问:POST /api/ask 用课程原文作答。",
      unknownThread: "没有这个对话,或者它不是你的。",
      threadBusy: "这个对话正在进行。等它结束,或先断开那个连接。",
      nothingToResume: "这个对话没有在等批准,也没有中断的运行。直接用 POST /api/agent 继续。",
      invalidDecision: "批准的内容不对,见 errors。没有执行任何调用,可以再发一次。",
      storeFailed: "对话存储打不开,已经记录。检查 DATABASE_URL,或是否有另一个进程占用了数据文件夹。",
    },
    noSite: {
      title: "课程问答机器人正在运行",
      text: "课程网站还没有生成。在仓库根目录运行 npm start 会生成它;问答接口现在就可以用。",
      api: "接口",
    },
    noPage: { title: "没有这个页面", text: "回到首页" },
  },
  en: {
    invalidInput: "Parts of the request are not valid; see errors.",
    invalidJson: (reason) =>
      `The body is not valid JSON: ${reason}. Example: {"question":"What is a KV cache?"}`,
    invalidEncoding: "The body is not valid UTF-8. Send it encoded as UTF-8.",
    unsupportedMediaType: (given) =>
      `Unsupported content type${given}. Send Content-Type: application/json (UTF-8, not compressed).`,
    tooLarge: (limit) => `The body is too large; the limit is ${limit}. Shorten the question or the history.`,
    emptyQuestion: "The question is empty. Write what you want to ask.",
    longQuestion: (limit, length) =>
      `The question is too long: ${length} characters, the limit is ${limit}. Keep only what you ask.`,
    unknownFilterField: (field, known) => `There is no filter field "${field}"; there are: ${known}.`,
    unauthorized: "An access token is needed. Send the header Authorization: Bearer <ACCESS_TOKEN>.",
    notFound: (path) => `There is nothing at ${path}.`,
    unknownSection: (id) => `The course has no section "${id}". /api/chapters lists the ids.`,
    methodNotAllowed: (method, allowed) => `This address does not take ${method}; use ${allowed}.`,
    notAcceptable: (accepted) => `This address can only give ${accepted}. Change the Accept header.`,
    badAddress: "The address holds something that cannot be decoded.",
    tooManyRequests: "Too many requests. Try again in a while.",
    modelFailed:
      "The model service gave no answer. Try again later, or check the settings with `zixue doctor`.",
    stopping: "The server is stopping. Try again later.",
    internal: "Something went wrong in the server and was logged. Try again later.",
    badLearner:
      "Learner-Id must have 16 to 128 characters (letters, digits, _ . : -), made at random by the client so that nobody can guess it.",
    agent: {
      noModel:
        "The study companion needs a chat model, and none is configured. Set the key of any provider, for example DEEPSEEK_API_KEY=sk-… in .env, or use Ollama on this machine: ZIXUE_PROVIDER=ollama ZIXUE_CHAT_MODEL=qwen3:4b; then start again. Questions work without a model: POST /api/ask answers from the course's own text.",
      unknownThread: "There is no such thread, or it is not yours.",
      threadBusy: "This thread is being run. Wait for its end, or close that connection first.",
      nothingToResume:
        "This thread waits for no approval and has no run that was cut off. Continue it with POST /api/agent.",
      invalidDecision:
        "The decisions are not valid; see errors. No call was run, so you may send them again.",
      storeFailed:
        "The store of threads cannot be opened; this was logged. Check DATABASE_URL, or whether another process has the data folder.",
    },
    noSite: {
      title: "The course bot is running",
      text: "The course site has not been built. Run npm start in the repository to build it; the API works now.",
      api: "API",
    },
    noPage: { title: "There is no such page", text: "Back to the start" },
  },
};

/** What the server prints when it starts and stops. */
export interface StartMessages {
  readonly language: Language;
  readonly indexing: (done: number, total: number) => string;
  readonly otherPort: (wanted: number, taken: number) => string;
  readonly open: (host: string) => string;
  readonly problem: (file: string, line: number, message: string) => string;
  /** What was loaded and who answers. */
  readonly ready: (written: number, total: number, models: string, ms: number) => string;
  /** The last line: where to go and what to try. */
  readonly goTo: (url: string) => string;
  readonly stopping: string;
}

export const startMessages: Readonly<Record<Language, StartMessages>> = {
  zh: {
    language: "zh",
    indexing: (done, total) => `正在建立索引 ${done}/${total}`,
    otherPort: (wanted, taken) => `端口 ${wanted} 已被占用,改用 ${taken}。想固定端口时:PORT=<端口> npm start`,
    open: (host) => `注意:正在监听 ${host},网络上的其他机器也能访问。想限制访问时设置 ACCESS_TOKEN。`,
    problem: (file, line, message) => `课程文件有问题 ${file}:${line} ${message}`,
    ready: (written, total, models, ms) =>
      `课程机器人已启动(${ms} 毫秒),课程已写 ${written}/${total} 节。\n${models}`,
    goTo: (url) => `打开 ${url} 阅读和提问,比如「什么是涌现能力?」。按 Ctrl+C 停止。`,
    stopping: "正在停止:等正在进行的回答结束。再按一次 Ctrl+C 立即退出。",
  },
  en: {
    language: "en",
    indexing: (done, total) => `Indexing ${done}/${total}`,
    otherPort: (wanted, taken) =>
      `Port ${wanted} is in use; using ${taken}. To fix a port: PORT=<port> npm start`,
    open: (host) =>
      `Note: listening on ${host}, other machines can reach it. Set ACCESS_TOKEN to restrict that.`,
    problem: (file, line, message) => `A course file has a problem ${file}:${line} ${message}`,
    ready: (written, total, models, ms) =>
      `The course bot has started (${ms} ms); ${written} of ${total} sections are written.\n${models}`,
    goTo: (url) =>
      `Open ${url} to read and ask, for example "What is an emergent ability?" (${url}/en/ask). Ctrl+C stops.`,
    stopping: "Stopping once running answers have ended. Press Ctrl+C again to quit at once.",
  },
};

/** Why the index is less than what was asked for. */
export const indexNotes = {
  inMemory: (reason: string): Record<Language, string> => ({
    zh: `索引没有保存,这次只放在内存里:${reason}`,
    en: `The index could not be kept and is in memory this time: ${reason}`,
  }),
  withoutVectors: (reason: string): Record<Language, string> => ({
    zh: `向量模型没有应答,这次只用关键词检索:${reason}`,
    en: `The embeddings did not answer, so search is by keyword only this time: ${reason}`,
  }),
};
