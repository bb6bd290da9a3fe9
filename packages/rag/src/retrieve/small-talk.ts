import type { Intent } from "./question.ts";

const TRAILING = String.raw`[\s!！。.~～?？,，、呀啊哦哈呢吧了的嘛]*`;
const GREETING = `(?:你好|您好|大家好|哈喽|哈啰|嗨|嘿|喂|早上好|早安|上午好|中午好|下午好|晚上好|晚安|在吗|在不在|有人吗|hi|hello|hey|hiya|greetings|good (?:morning|afternoon|evening))(?: there)?`;

const WHOLE: readonly (readonly [Exclude<Intent, "question">, RegExp])[] = [
  ["greeting", whole(GREETING)],
  [
    "thanks",
    whole(
      String.raw`(?:非常|太|真的?|十分)?(?:谢谢|感谢|多谢|谢了|辛苦|thanks|thank you|thx|cheers)(?:你|您|啦|very much|a lot|so much|\s)*(?:的?(?:回答|帮助|解答))?`,
    ),
  ],
  ["farewell", whole(`(?:再见|拜拜|拜|回见|下次见|goodbye|bye(?:[ -]?bye)?|see you(?: later)?)`)],
  [
    "identity",
    whole(
      String.raw`(?:请问)?(?:你|您)(?:到底|究竟)?(?:是谁|叫什么(?:名字)?|是什么(?:东西|模型|机器人|ai|人)?|是(?:哪个|哪家|什么)(?:公司的?)?(?:大?模型|机器人|ai)|是(?:人|真人|机器人|人工智能|ai|chatgpt|gpt)(?:还是\S+)?吗?|是谁(?:开发|做|写|训练)的?)|(?:请)?(?:介绍|说说|讲讲)(?:一下|下)?(?:你|您)(?:自己)?|(?:请)?(?:你|您)?(?:做个)?自我介绍(?:一下)?|who are you|what are you|what(?:'s| is) your name|are you (?:an? )?(?:ai|bot|robot|human|chatgpt)|(?:tell me about|introduce) yourself`,
    ),
  ],
  [
    "capabilities",
    whole(
      `(?:请问)?(?:你|您)(?:都)?(?:能|会|可以)(?:帮我)?(?:做|干|回答|解答|教我?|帮我)?(?:些)?(?:什么|啥|哪些)(?:问题|事情?|忙|内容)?|(?:你|您)有(?:什么|哪些)(?:功能|能力|用|本事)|(?:怎么|如何)(?:使用|用)(?:你|您|这个(?:机器人|助手))|(?:我)?(?:可以|能)(?:问|向)(?:你|您)?(?:问|提)?(?:些)?(?:什么|哪些)(?:问题)?|帮助|help|what can you do(?: for me)?|what do you (?:know|cover)|how (?:do i|to|can i) use (?:you|this)|what can i ask(?: you)?`,
    ),
  ],
];

const LEADING_GREETING = new RegExp(`^\\s*${GREETING}[\\s!！。.~～,，、呀啊]+(?=\\S)`, "iu");

/** Tells a greeting, thanks or a question about the assistant itself from a question about the documents. */
export function intentOf(message: string): Intent {
  const text = message.normalize("NFKC").trim();
  return WHOLE.find(([, pattern]) => pattern.test(text))?.[0] ?? "question";
}

/** Takes a greeting off the front of a question: 「你好，什么是注意力？」 → 「什么是注意力？」. */
export function withoutGreeting(message: string): string {
  return intentOf(message) === "question" ? message.replace(LEADING_GREETING, "") : message;
}

function whole(pattern: string): RegExp {
  return new RegExp(`^\\s*(?:${GREETING}[\\s!！。.~～,，、呀啊]+)?(?:${pattern})${TRAILING}$`, "iu");
}
