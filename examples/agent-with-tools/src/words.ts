import type { AgentStatus } from "@zixue/agent";

/** Everything that this program says, in two languages. */
export interface Words {
  readonly language: "zh" | "en";
  readonly hello: string;
  readonly needsModel: string;
  readonly approve: (call: string) => string;
  readonly approveChoices: string;
  readonly newAmount: string;
  readonly whyNot: string;
  readonly status: Readonly<Record<AgentStatus, string>>;
  readonly usage: (steps: number, toolCalls: number, tokens: number) => string;
  readonly demo: {
    readonly banner: string;
    readonly scenes: Readonly<Record<"tools" | "approval" | "limit" | "cancel", string>>;
    readonly autoDecided: string;
    readonly pressCtrlC: string;
    readonly end: string;
  };
}

const zh: Words = {
  language: "zh",
  hello: "网店助手。试试:「订单 A1003 一共多少钱?」「A1001 的键盘坏了,退款」。Ctrl+C 停止,Ctrl+D 退出。",
  needsModel: "自由提问需要一个模型。不带问题运行 npm start 可以看脚本演示。",
  approve: (call) => `需要你批准:${call}`,
  approveChoices: "批准 y / 改金额 e / 拒绝 n:",
  newAmount: "新的金额(元):",
  whyNot: "拒绝的原因:",
  status: {
    completed: "完成",
    limited: "到达上限,保留已有结果",
    waiting: "等待批准",
    aborted: "已停止",
    failed: "失败",
  },
  usage: (steps, toolCalls, tokens) => `${steps} 步 · ${toolCalls} 次工具调用 · ${tokens} token`,
  demo: {
    banner: "【脚本演示】没有配置模型:模型的话是事先写好的;工具、事件、上限、批准和取消都是真的在运行。",
    scenes: {
      tools: "一、工具:查订单,再用计算器算账",
      approval: "二、批准:一次停顿里有两笔退款,逐笔决定",
      limit: "三、上限:最多 3 步,到了就带着已有结果结束",
      cancel: "四、取消:回答到一半停下",
    },
    autoDecided: "(演示自动决定:第一笔批准,第二笔拒绝)",
    pressCtrlC: "(按 Ctrl+C 停止;不按的话,演示在 1 秒后自动停止)",
    end: "演示结束。接入模型后可以自由提问:复制 .env.example 为 .env,填一个密钥。",
  },
};

const en: Words = {
  language: "en",
  hello:
    'The shop\'s assistant. Try: "What is the total of order A1003?" or "The keyboard of A1001 is broken, refund it." Ctrl+C stops, Ctrl+D leaves.',
  needsModel: "Free questions need a model. Run npm start without a question to see the scripted demo.",
  approve: (call) => `Your approval is needed: ${call}`,
  approveChoices: "approve y / edit the amount e / reject n: ",
  newAmount: "New amount (yuan): ",
  whyNot: "Why not: ",
  status: {
    completed: "completed",
    limited: "stopped at a limit, with what there is",
    waiting: "waiting for approval",
    aborted: "stopped",
    failed: "failed",
  },
  usage: (steps, toolCalls, tokens) => `${steps} steps · ${toolCalls} tool calls · ${tokens} tokens`,
  demo: {
    banner:
      "[SCRIPTED DEMO] No model is set: what the model says was written beforehand (in Chinese); tools, events, limits, approvals and cancellation really run.",
    scenes: {
      tools: "1. Tools: look up an order, then calculate",
      approval: "2. Approval: two refunds in one pause, decided one by one",
      limit: "3. Limit: three steps at most, ending with what there is",
      cancel: "4. Cancellation: stopped in the middle of an answer",
    },
    autoDecided: "(decided by the demo: the first is approved, the second rejected)",
    pressCtrlC: "(press Ctrl+C to stop; otherwise the demo stops it after 1 second)",
    end: "End of the demo. To ask freely, copy .env.example to .env and fill in one key.",
  },
};

/** English where the locale is English, else Chinese. */
export function wordsFor(env: Readonly<Record<string, string | undefined>>): Words {
  return /^en/i.test(env.LC_ALL || env.LC_MESSAGES || env.LANG || "") ? en : zh;
}
