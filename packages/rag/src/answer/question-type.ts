import { simplify } from "@zixue/lexicon";

/** What kind of answer a question wants. */
export type QuestionType =
  | "definition"
  | "compare"
  | "relation"
  | "why"
  | "list"
  | "how"
  | "count"
  | "when"
  | "who"
  | "where"
  | "yes-no"
  | "other";

/** Which side of the subject is asked about, where one is. */
export type QuestionAspect = "drawback" | "advantage" | "purpose" | "example" | "steps" | null;

export interface QuestionShape {
  readonly type: QuestionType;
  readonly aspect: QuestionAspect;
  /** The two things compared or related, where the question names both. */
  readonly sides: readonly [string, string] | null;
  /** A short reading of what the question is about: the question without its question words. May be "". */
  readonly subject: string;
  /** The unit asked for (`层`, `GB`, `年`), where the question names one. */
  readonly unit: string | null;
  /** Asks how large something is or should be (多大). */
  readonly size: boolean;
}

// In order: the first that matches wins. Compiled once.
const TYPES: readonly (readonly [QuestionType, RegExp])[] = [
  [
    "compare",
    /区别|不一样|不同(?!时|位|的(?:时候|阶段|层))|差别|(?<!(?:多少|几).{0,12})差异|异同|对比|相比较?|比较(?=一下|[A-Za-z])|哪个更|谁更|孰|\bvs\.?\b|\bversus\b|\bdiffer(?:s|ent|ence|ences)?\b|\bcompare[ds]?\b/iu,
  ],
  ["relation", /关系|联系|有什么关|有何关|\brelat(?:e[sd]?|ion|ionship)\b/iu],
  [
    "why",
    /为什么|为何|为啥|原因|何以|怎么来的|怎么产生|怎样产生|如何产生|由来|怎么会|凭什么|\bwhy\b|\bhow come\b|\breasons?\b/iu,
  ],
  [
    "when",
    /何时|什么时候(?!会|该|应|要|需|能|可以|用|适合|值得|才|失效|不|有效)|哪[一]?年|哪[一]?天|几年(?:发布|提出|成立|出现)|哪[个一]世纪|什么年代|几月|几号|哪[个一]?月|\bwhen\b|\b(?:what|which) (?:year|date|day|month|century)\b/iu,
  ],
  [
    "count",
    /多少|多大|多长|多久|多高|多快|多宽|多重|多深|多远|几(?=[个种类层步次年天倍张块条项名位所座])|\bhow (?:many|much|long|large|big|old|tall|far|fast|often|deep)\b|\bwhat (?:percent|percentage|number|amount)\b/iu,
  ],
  [
    "list",
    /哪些|哪几|有哪|列举|列出|包括什么|包含什么|分为什么|几[种类步]|步骤|流程|阶段|\bwhat are the\b|\bwhich (?:\w+ )?(?:are|were)\b|\blist\b|\bsteps?\b|\bstages?\b|\bkinds of\b|\btypes of\b/iu,
  ],
  [
    "who",
    /谁|哪[一]?位|何人|哪[个一]人|哪[一]?家|哪个?(?:公司|团队|机构|组织|大学|实验室)|\bwho(?:m|se)?\b/iu,
  ],
  [
    "where",
    /哪里|哪儿|何处|何地|什么地方|哪[个一]?(?:国|城|地|省|州|岛|洲)|\bwhere\b|\b(?:what|which) (?:city|country|state|place|island|region)\b/iu,
  ],
  [
    "definition",
    /什么是|何谓|何为|什么叫|叫做什么|是什么(?:意思)?[？?。]?$|是啥|啥是|啥意思|怎么回事|是指什么|指的是什么|指什么|什么意思|的定义|的含义|的概念|介绍一?下|讲讲|解释一?下|说说|^\s*(?:what(?:'s| is| are)(?: an?| the)? [\w\s-]{1,40}\?*$|define\b|explain\b|describe\b|tell me about\b)|\bmean(?:ing)?(?: of|\?|$)|\bdefinition of\b/iu,
  ],
  ["how", /原理|怎么(?!样)|怎样|如何|咋|怎(?=[办做])|\bhow\b/iu],
  [
    "yes-no",
    /吗[？?]?$|是否|能不能|可不可以|是不是|有没有|会不会|要不要|需不需要|^\s*(?:is|are|was|were|do|does|did|can|could|should|will|would|has|have)\b/iu,
  ],
];

const ASPECTS: readonly (readonly [NonNullable<QuestionAspect>, RegExp])[] = [
  [
    "drawback",
    /缺点|不足|局限|缺陷|弊端|坏处|劣势|代价|短处|毛病|边界|有什么问题|存在.{0,4}问题|\b(?:drawbacks?|disadvantages?|limitations?|weakness(?:es)?|downsides?|problems? (?:of|with))\b/iu,
  ],
  ["advantage", /优点|优势|好处|长处|\b(?:advantages?|benefits?|strengths?|pros)\b/iu],
  [
    "purpose",
    /作用|用途|有什么用|有啥用|有何用|有用|用处|解决.{0,2}(?:什么|哪些)|起什么|用来|目的|意义|干什么|做什么用|\b(?:purpose|used for|good for|role of|use of)\b/iu,
  ],
  ["example", /举.{0,2}例|例子|\b(?:examples?|for instance)\b/iu],
  ["steps", /步骤|流程|阶段|过程|几步|\b(?:steps?|stages?|process|procedure)\b/iu],
];

const SIDES: readonly RegExp[] = [
  /(?:difference|differences|relationship|relation|compare|comparison)\s+(?:between|of)?\s*(.{1,60}?)\s+(?:and|with|to|vs\.?)\s+(.{1,60}?)(?:\?|$)/iu,
  /how (?:does|do|is|are)\s+(.{1,60}?)\s+(?:differ(?:ent)?|related?)\s+(?:from|to)\s+(.{1,60}?)(?:\?|$)/iu,
  /(.{1,60}?)\s*(?:\bvs\.?|\bversus\b)\s*(.{1,60}?)(?:的|有|之间|哪|[?？]|$)/iu,
  /(?:^|[，,。？?！!：:；;]|比较一下|对比一下|比较|对比|说说|讲讲|请问)\s*([^，,。？?！!；;]{1,30}?)\s*(?:和|与|跟|同|及|、)\s*([^，,。？?！!；;]{1,30}?)\s*(?:之间|两者|二者|的|有|是|哪个|在|到底|谁|相比|$)/u,
  /([^，,。？?！!；;]{1,30}?)\s*(?:不同于|相对于|比起)\s*([^，,。？?！!；;]{1,30}?)(?:的|有|是|$)/u,
];

const SCAFFOLD =
  /什么是|是什么意思|是什么|何谓|何为|什么叫|叫做什么|是啥意思|啥意思|是啥|啥是|是怎么回事|怎么回事|是指什么|指的是什么|指什么|什么意思|为什么|为何|为啥|怎么样|怎么|怎样|如何|有哪些|哪些|有哪几[个种类]?|哪几[个种类]|有哪|哪[个一种里儿位]|多少|多大|多长|多久|什么时候|何时|什么|请问|请|一下|介绍|解释|讲讲|说说|简述|谈谈|列举|能不能|是不是|是否|可以|吗|呢|吧|啊|呀|的定义|的含义|的概念|区别|差别|差异|不一样|不同|关系|联系|原因|优点|缺点|优势|不足|局限|短处|毛病|代价|好处|作用|用途|用处|步骤|举个例子|举例|例子|原理|流程|有何|有|谁|几[个种类层步次]?|[？?！!。，,、；;：:“”"'（）()]/gu;
const EN_SCAFFOLD =
  /\b(?:what|which|who|whom|whose|when|where|why|how|is|are|was|were|do|does|did|can|could|should|would|will|the|an?|of|in|on|for|to|and|or|with|between|difference|differences|define|explain|describe|tell|me|about|please|mean|meaning|many|much|you|i|it|its|there|has|have|had|many|list)\b/giu;

const UNIT =
  /(?:多少|几)\s*(?:[个种类项条块](?=[\p{Script=Han}A-Za-z]))?\s*(个|种|类|层|步|次|年|天|倍|张|块|条|项|名|位|所|座|亿|万|人|分|米|公里|千米|平方公里|元|美元|英镑|GB|MB|TB|小时|分钟|秒|token|词|字|页|参数|%|百分)/iu;
const COUNTED = /(?:多少|几)\s*[个种类项条块]?\s*([A-Za-z]+|\p{Script=Han}{2})/u;

/** Reads what kind of answer a question wants, by rules for Chinese and English. */
export function questionShape(question: string): QuestionShape {
  const text = simplify(question.normalize("NFKC")).trim();
  const aspect = ASPECTS.find(([, pattern]) => pattern.test(text))?.[0] ?? null;
  const matched =
    TYPES.find(([, pattern]) => pattern.test(text))?.[0] ?? (isBareTerm(text) ? "definition" : "other");
  // 「X 的优点是什么」 asks for the advantages, not for what X is.
  const type = matched === "definition" && aspect !== null ? "other" : matched;
  const sides = type === "compare" || type === "relation" ? sidesOf(text) : null;
  return {
    type,
    aspect,
    sides,
    subject: subjectOf(text),
    size: type === "count" && /多大(?!年纪|岁)/u.test(text),
    unit: (UNIT.exec(text)?.[1] ?? COUNTED.exec(text)?.[1])?.toLowerCase() ?? null,
  };
}

/**
 * Splits a message that asks several things: 「什么是 X？它和 Y 是什么关系？」 → two questions, and so
 * 「什么是 X，为什么需要它？」 and 「X 的优缺点」.
 */
export function splitQuestion(question: string): string[] {
  const both = BOTH_ASPECTS.exec(question)?.[0];
  if (both !== undefined) return ["优点", "缺点"].map((aspect) => question.replace(both, aspect));
  const parts = partsBetween(question, /(?<=[？?])\s*|(?<=[；;])\s*/u);
  if (parts.length > 1 && parts.every((part) => QUESTION_WORD.test(part))) return parts;
  const clauses = partsBetween(question, /[，,]\s*(?=\P{L}*\p{Script=Han})/u);
  return clauses.length > 1 && clauses.every((clause) => ASKING_CLAUSE.test(clause)) ? clauses : [question];
}

function partsBetween(question: string, boundary: RegExp): string[] {
  return question
    .split(boundary)
    .map((part) => part.trim())
    .filter((part) => /[\p{L}\p{N}]/u.test(part));
}

const BOTH_ASPECTS =
  /优缺点|利弊|优劣|优点(?:和|与|及|跟|、)缺点(?:分别|各)?|优势(?:和|与|及|跟|、)(?:劣势|不足)(?:分别|各)?/u;
/** A clause that asks by itself; 「不管什么模型」 does not. */
const ASKING_CLAUSE =
  /^(?!不管|无论|不论|如果|当|假如).*(?:什么|哪[些个里种几]|谁|多少|怎么|怎样|如何|为何|为啥|几[个种步])/u;

const QUESTION_WORD =
  /[？?吗呢]|什么|哪|谁|几|多少|怎|如何|为何|是否|\b(?:what|which|who|when|where|why|how|is|are|do|does|can)\b/iu;

/** True for text that asks: such a sentence in a document is never shown as an answer. */
export function asksQuestion(sentence: string): boolean {
  return /[？?]\s*[”"」』）)\]]*\s*$/u.test(sentence);
}

const ASKS = /什么|哪|谁|几|多少|怎|如何|为何|是否|[吗呢吧]|值不值|能不能|会不会|要不要|该不该/u;

function isBareTerm(text: string): boolean {
  return text.length <= 24 && !/[，,。；;]/u.test(text) && !ASKS.test(text);
}

function subjectOf(text: string): string {
  const bare = text.replace(SCAFFOLD, " ").replace(EN_SCAFFOLD, " ");
  return bare
    .replace(/^[\s的在和与跟]+|[\s的在和与跟是]+$/gu, "")
    .replace(/\s+/gu, " ")
    .trim();
}

function sidesOf(text: string): readonly [string, string] | null {
  for (const pattern of SIDES) {
    const match = pattern.exec(text);
    const left = match?.[1]?.trim();
    const right = match?.[2]?.trim();
    if (left && right && left !== right) return [left, right];
  }
  return null;
}
