import type { HistoryMessage } from "../answer/events.ts";
import type { GlossaryTerm } from "../answer/knowledge.ts";
import { questionShape } from "../answer/question-type.ts";
import { type NamedTerm, namedTerms } from "./glossary.ts";
import { asksAboutDocuments } from "./outline-request.ts";
import { intentOf } from "./small-talk.ts";

export interface ResolvedQuestion {
  readonly question: string;
  /** True when something was carried over from an earlier turn. */
  readonly followUp: boolean;
  /** Asks on about the same (「还有呢」): what was said already is no answer. */
  readonly more: boolean;
}

/** What the conversation is about after a turn. */
interface Topic {
  readonly question: string;
  readonly subject: string;
  readonly sides: readonly [string, string] | null;
}

/**
 * Makes a follow-up question stand alone by rules: pronouns (它、这种方法、后者, it, they), dropped subjects
 * (「有哪些优点？」), changed subjects (「那 QLoRA 呢？」, "what about QLoRA?") and bare prompts (「为什么？」, 「详细说说」).
 *
 * @example resolveFollowUp("它有什么缺点？", [{ role: "user", content: "什么是 LoRA？" }], glossary).question
 * // "LoRA有什么缺点？"
 */
export function resolveFollowUp(
  question: string,
  history: readonly HistoryMessage[],
  glossary: readonly GlossaryTerm[] = [],
): ResolvedQuestion {
  let topic: Topic | null = null;
  for (const message of history) {
    if (
      message.role !== "user" ||
      intentOf(message.content) !== "question" ||
      asksAboutDocuments(message.content)
    )
      continue;
    topic = topicOf(resolve(message.content.trim(), topic, glossary), topic, glossary);
  }
  const resolved = asksAboutDocuments(question) ? question : resolve(question, topic, glossary);
  return {
    question: resolved,
    followUp: resolved !== question,
    more: resolved !== question && MORE.test(question.trim()),
  };
}

const ZH_PRONOUN =
  /(?:它们|他们|她们|两者|二者|前者|后者|它|她|他(?!们)|其(?![他实中余次它])|(?:这|那|此|该|上述)(?:[一几]?[个种项类些套]|一)?(?:能力|技术|方法|模型|算法|机制|概念|现象|结构|做法|方案|问题|规律|定律|策略|公式|框架|工具|东西)|(?<![在从到])(?:这|那)(?:个|种|些)?(?=(?:是|有|和|与|跟|的|会|能|为|怎|如|对|需|要|在|比|算|叫|指|意)))/u;
const OWN_DOCUMENTS = /(?:这|本|该)(?:门|个|本|套|一)?(?:课程?|教程|书|机器人|助手|网站|章|节|文档|资料)/u;
const EN_PRONOUN =
  /\b(?:its|it|they|them|their|these|those|the (?:former|latter)|(?:this|that|these|those) (?:method|technique|model|ability|approach|idea|concept|algorithm|mechanism)s?|(?:this|that)(?=\s*(?:is|was|does|do|work|mean|help|differ|relate|compare|\?|$)))\b/iu;
const EN_EXPLETIVE =
  /\b(?:is|was|does|do|can|would) it (?:possible|true|necessary|better|worth|matter|make sense|take)\b/iu;

const ZH_WHAT_ABOUT = /^(?:那么?|那|还有|再说说|换成)?\s*(.{1,30}?)\s*(?:又)?(?:呢|怎么样|如何)\s*[？?]*$/u;
const EN_WHAT_ABOUT = /^(?:and\s+)?(?:what|how) about\s+(.{1,60}?)\s*\?*$/iu;
const ASPECT =
  /^(?:它?的|its?\s+|the\s+)?(?:优点|缺点|优势|劣势|不足|局限性?|好处|坏处|作用|用途|原理|步骤|流程|特点|类型|种类|原因|例子|应用|意义|代价|公式|定义|历史|advantages?|disadvantages?|drawbacks?|limitations?|benefits?|examples?|steps?|uses?|purpose|pros|cons)$/iu;
const MORE =
  /^(?:还有(?:呢|吗|别的吗)?|继续|然后呢?|接着说|再(?:详细|具体)?(?:说|讲)(?:说|讲|点|一?下)?|(?:请)?(?:详细|具体)(?:说|讲|解释)(?:说|讲|一?下|点)?|展开(?:说说|讲讲)?|go on|continue|more|tell me more|elaborate)[？?！!。.\s]*$/iu;
const BARE =
  /^(?:为什么(?:呢|会这样)?|为何|为啥|怎么(?:做|办|用|实现|算)?(?:呢|的)?|如何(?:做|实现)?(?:呢)?|举(?:个|一个)?例(?:子|说明)?(?:吧)?|有(?:什么)?例子吗|什么意思|是什么|谁(?:提出)?的|什么时候|why|how|when|who|for example|example|how so|why is that)[？?！!。.\s]*$/iu;
const ZERO_SUBJECT =
  /^(?:那么?|那)?\s*(?:有(?:什么|哪些|没有|几|多少|何)|怎么|如何|怎样|为什么|为何|需要|能不能|能|会不会|会|可以|什么时候|何时|是谁|谁|由谁|哪[年些个]|在哪|多少|多大|多久|优点|缺点|优势|局限|步骤|原理|主要|一般|通常|具体)/u;
const EN_ZERO_SUBJECT =
  /^(?:and|but|so)?\s*(?:why|how|when|where|who|what)(?: is| are| was| were| did| do| does)?(?: the)? (?:advantages?|disadvantages?|drawbacks?|limitations?|benefits?|steps?|purpose|invented|proposed|introduced|used)(?: for)?\?*$/iu;

function resolve(question: string, topic: Topic | null, glossary: readonly GlossaryTerm[]): string {
  if (topic === null || topic.subject === "") return question;
  const text = question.trim();
  if (MORE.test(text)) return topic.question;

  const own = namedTerms(text, glossary);
  const about = (ZH_WHAT_ABOUT.exec(text) ?? EN_WHAT_ABOUT.exec(text))?.[1]?.trim();
  if (about !== undefined && !ZH_PRONOUN.test(about) && !QUESTION.test(about)) {
    const aspect = ASPECT.test(about);
    if (aspect) return ofSubject(topic.subject, about.replace(/^(?:它?的|its?\s+|the\s+)/iu, ""), text);
    if (topic.question.includes(topic.subject)) return topic.question.replace(topic.subject, about);
  }
  if (BARE.test(text))
    return /^[a-z]/iu.test(text)
      ? `${text.replace(/[?.!\s]+$/u, "").replace(/^(?:how so|why is that)$/iu, "Why")} ${topic.subject}?`
      : `${topic.subject}${text}`;

  const pronoun = pronounIn(text, own);
  if (pronoun !== null) return substitute(text, pronoun, topic);
  if (own.length > 0) return question;
  if (ASPECT.test(text.replace(/[？?是什么有哪些\s]+$/u, ""))) return ofSubject(topic.subject, text, text);
  const content = questionShape(text).subject;
  if (ZERO_SUBJECT.test(text) && !/[a-z]{2}/iu.test(text) && content.length <= 4)
    return `${topic.subject}${text.replace(/^那么?/u, "")}`;
  if (EN_ZERO_SUBJECT.test(text)) return `${text.replace(/\?+$/u, "")} of ${topic.subject}?`;
  return question;
}

const QUESTION = /什么|哪|谁|几|多少|怎|如何|为何|\b(?:what|which|who|when|where|why|how)\b/iu;

function ofSubject(subject: string, aspect: string, text: string): string {
  return /[a-z]{3}/iu.test(aspect)
    ? `What are the ${aspect.replace(/\?+$/u, "")} of ${subject}?`
    : `${subject}的${aspect}${/[？?]$/u.test(aspect) || QUESTION.test(text) ? "" : "是什么？"}`;
}

/** A pronoun that does not already have its antecedent in the question itself. */
function pronounIn(text: string, own: readonly NamedTerm[]): RegExpExecArray | null {
  const masked = text.replace(new RegExp(OWN_DOCUMENTS, "gu"), (part) => " ".repeat(part.length));
  const match = ZH_PRONOUN.exec(masked) ?? (EN_EXPLETIVE.test(masked) ? null : EN_PRONOUN.exec(masked));
  if (match === null) return null;
  return own.some((term) => term.start < match.index) ? null : match;
}

function substitute(text: string, pronoun: RegExpExecArray, topic: Topic): string {
  const word = pronoun[0].toLowerCase();
  const [left, right] = topic.sides ?? [topic.subject, topic.subject];
  const both =
    topic.sides === null
      ? topic.subject
      : /^[a-z]/u.test(word)
        ? `${left} and ${right}`
        : `${left}和${right}`;
  let name = topic.subject;
  if (word === "前者" || word === "the former") name = left;
  else if (word === "后者" || word === "the latter") name = right;
  else if (/^(?:它们|他们|她们|两者|二者|they|them|these|those|their)/u.test(word)) name = both;
  if (word === "其") name = `${name}的`;
  if (word === "its" || word === "their") name = `${name}'s`;
  return text.slice(0, pronoun.index) + name + text.slice(pronoun.index + pronoun[0].length);
}

function topicOf(question: string, before: Topic | null, glossary: readonly GlossaryTerm[]): Topic | null {
  const shape = questionShape(question);
  const named = namedTerms(question, glossary);
  // The first term is what the question is about; what follows it is usually the object.
  const first = [...named].sort((a, b) => a.start - b.start)[0];
  const subject = first?.text ?? shape.sides?.[0] ?? (shape.subject.length <= 40 ? shape.subject : "");
  if (subject === "") return before;
  return { question, subject, sides: shape.sides };
}
