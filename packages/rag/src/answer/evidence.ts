import type { QuestionAspect, QuestionShape, QuestionType } from "./question-type.ts";

const NUMBER =
  /\d[\d,.]*|[零〇一二三四五六七八九十百千万亿两半几数]+(?=[个种类层步次年月日天倍张块条项名位所座亿万人分米公千元美英小时秒词字页%])|百分之[零一二三四五六七八九十百]+|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred|thousand|million|billion|half|dozen)\b/giu;
const DATE =
  /[\d〇零一二三四五六七八九十]{1,4}\s*年|\d{1,2}\s*[月日号]|\d{1,2}\s*世纪|[一二三四五六七八九十]+(?:世纪|月)|公元前?|\d{4}(?![\d.])|\d+\s*年代|时期|期间|\b(?:january|february|march|april|may|june|july|august|september|october|november|december)\b|\b\d{1,2}(?:st|nd|rd|th) century\b/iu;
const PERSON =
  /[·・]|先生|教授|博士|等人|团队|公司|大学|研究者|作者|提出|发明|创立|\b(?:Mr|Dr|Prof)\.|\b[A-Z][a-z]+ [A-Z][a-z]+|et al/u;
const PLACE = /[国省市县区州岛洲山河湖海港城]|位于|坐落|\b(?:in|at|near|located) [A-Z]/u;
const CAUSE =
  /因为|由于|原因|所以|因此|因而|使得|导致|为了|才能|目的|源于|because|due to|since|therefore|so that|in order to|reason|as a result|thanks to|caused? by/iu;
/** Says how large: a number of something, or a trade-off between too large and too small. */
const SIZE =
  /大小.{0,12}(?:取舍|之间)|太[大小长短]|\d\s*(?:多|余)?(?:[百千万亿]+)?\s*(?:个)?(?:字|词元|tokens?|[KMGT]?B\b|字节|维|句|段|行|米|平方|公里|公顷|亩|倍|参数|%|人|英)/iu;
const DRAWBACK =
  /缺点|不足|局限|缺陷|弊|代价|取舍|瓶颈|限制|无法|不能|做不到|难以|边界|短处|毛病|不敏感|不如|没有意义|出错|漏掉|昂贵|变慢|更慢|太慢|占用|风险|drawback|limitation|disadvantage|downside|cannot|cost|slow|fail/iu;
const ADVANTAGE =
  /优点|优势|好处|省|快|更[好高低少快]|避免|减少|提高|提升|advantage|benefit|faster|cheaper|better|reduce|improve/iu;
const PURPOSE =
  /有用|用处|用来|用于|作用|目的|为了|以便|从而|使|帮助|解决|used (?:to|for|in)|purpose|in order to|so that|helps?|allows?|enables?/iu;
const CONTRAST =
  /而|则|相比|不同|区别|差别|相反|但|却|前者|后者|更|while|whereas|unlike|in contrast|compared|however|but|rather than|instead/iu;
const RELATION =
  /关系|联系|取决|决定|影响|基于|属于|包含|是.{0,10}的|随|越|正比|依赖|relat|depend|based on|part of|kind of/iu;
const STEP =
  /首先|其次|然后|接着|最后|第[一二三四五六七八九十\d]+[步阶]|步骤|通过|先.{1,20}再|用|把|将|by |first|then|next|finally|step|using/iu;

// Everything below takes text with its traditional characters simplified.

/** Bonus of a sentence that holds the kind of thing asked for. Fitted together with the core score. */
export function fitsAnswerType(
  text: string,
  shape: QuestionShape,
  questionTerms: ReadonlySet<string>,
): number {
  switch (shape.type) {
    case "when":
      return DATE.test(text) && hasNewNumber(text, questionTerms) ? 0.3 : 0;
    case "count":
      // 「参数取多少」 asks along; it does not tell.
      if (/多少|几[个种层次]/u.test(text)) return -0.2;
      if (shape.size && SIZE.test(text)) return 0.35;
      return (hasNewNumber(text, questionTerms) ? 0.2 : 0) + (numberWithUnit(text, shape.unit) ? 0.3 : 0);
    case "who":
      return PERSON.test(text) ? 0.05 : 0;
    case "where":
      return PLACE.test(text) ? 0.05 : 0;
    case "why":
      return CAUSE.test(text) ? 0.05 : 0;
    case "definition":
      return definitionStrength(text, shape.subject) > 0 ? 0.2 : 0;
    default:
      return 0;
  }
}

/**
 * How much a sentence reads like a definition of the subject: 1 strong (是指, 即, 全称, 称为, "is defined as"), 0.5 plain
 * (「X 是」, "X is a"), 0 not at all.
 */
export function definitionStrength(text: string, subject: string): number {
  if (subject === "") return 0;
  const folded = text.toLowerCase();
  const wanted = subject.toLowerCase();
  let strength = 0;
  for (let at = folded.indexOf(wanted); at >= 0 && strength < 1; at = folded.indexOf(wanted, at + 1))
    strength = Math.max(strength, strengthAt(text, subject, at));
  return strength;
}

function strengthAt(text: string, subject: string, at: number): number {
  const before = text.slice(Math.max(0, at - 14), at);
  const after = text
    .slice(at + subject.length, at + subject.length + 60)
    .replace(/^\s*[（(][^）)]{0,60}[）)]/u, "");
  if (STRONG_BEFORE.test(before)) return 1;
  // 「子词是指…」 does not define 词, nor 「GraphRAG 是指…」 RAG.
  const opens = OPENS.test(before);
  if (STRONG_AFTER.test(after)) return opens ? 1 : insideWord(before, subject) ? 0 : 0.5;
  // A plain 是 defines only what the sentence starts with.
  return opens && PLAIN_AFTER.test(after) ? 0.5 : 0;
}

const OPENS = /(?:^|[。！？；;，,：:、（(\n])[\s*_「“"]*(?:所以|因此|所谓的?|the |an? )?[\s*_「“"]*$/iu;

/** Does the name end a longer word? Then that is what is spoken of. */
function insideWord(before: string, subject: string): boolean {
  return /^[a-z]/iu.test(subject) ? /[a-z]+[\s-]?$/iu.test(before) : /\p{Script=Han}$/u.test(before);
}

const STRONG_AFTER =
  /^[\s”"」》*]*(?:[（(][^）)]{0,60}[）)])?\s*(?:[，,]?(?:就|也|又)?(?:是指|指的是|指的就是|指|即|全称|意为|意思是|定义为|被定义|是一[种类个项套组段张]|是(?:这样|那种|一个)|：|——)|(?:refers? to|means?|stands for|is (?:defined as|a (?:kind|type|form|way|method|technique) of)|are (?:defined as|abilities|methods|techniques)))/iu;
const STRONG_BEFORE =
  /(?:所谓的?|叫做?|称为|称作|称之为|被称为|名为|即|叫|known as|called|termed)\s*[“"「*（(]*$/iu;
const PLAIN_AFTER =
  /^[\s”"」》*]*(?:[（(][^）)]{0,60}[）)])?\s*(?:[，,]?(?:就|便)?(?:是|为)(?![否不])|[，,]?\s*(?:is|are|was) )/iu;

const EXAMPLE =
  /例如|比如|举例|个例子|的例子[：:]|譬如|拿.{1,20}来说|打个?比方|以.{1,20}为例|for (?:example|instance)|such as|e\.g\./iu;

const ASPECT_CUES = {
  drawback: DRAWBACK,
  advantage: ADVANTAGE,
  purpose: PURPOSE,
  example: EXAMPLE,
  steps: STEP,
} as const;

/** Does the sentence speak of the side of the subject that is asked about? */
export function aspectCue(text: string, aspect: NonNullable<QuestionAspect>): boolean {
  return ASPECT_CUES[aspect].test(text);
}

/** Does the sentence hold a date? */
export function isDated(text: string): boolean {
  return DATE.test(text);
}

/** Verbs of making: what a question for the origin of a thing asks with. */
export const ORIGIN =
  /提出|发明|创造|创立|创办|发现|开发|设计|发布|推出|问世|诞生|成立|\b(?:propos|invent|creat|discover|develop|releas|publish|found)/iu;

/** Does the sentence say by whom something was made? */
export function tellsMaker(text: string): boolean {
  return ORIGIN.test(text) || PERSON.test(text);
}

/** Does the sentence give a reason? */
export function givesCause(text: string): boolean {
  return CAUSE.test(text);
}

/** Does the sentence set two things against each other? */
export function hasContrast(text: string): boolean {
  return CONTRAST.test(text);
}

/** Does the text hold what this kind of question asks for? Judges the whole of what is shown. */
export function evidenceFits(
  shown: string,
  shape: QuestionShape,
  questionTerms: ReadonlySet<string>,
): boolean {
  switch (shape.aspect) {
    case "drawback":
      return DRAWBACK.test(shown);
    case "advantage":
      return ADVANTAGE.test(shown) || DRAWBACK.test(shown);
    case "purpose":
      return PURPOSE.test(shown) || CAUSE.test(shown);
    case "example":
      return EXAMPLE.test(shown);
  }
  return evidenceOfType[shape.type]?.(shown, shape, questionTerms) ?? true;
}

const evidenceOfType: Partial<
  Record<QuestionType, (shown: string, shape: QuestionShape, questionTerms: ReadonlySet<string>) => boolean>
> = {
  why: (shown) => CAUSE.test(shown) || PURPOSE.test(shown) || DRAWBACK.test(shown),
  when: (shown) => DATE.test(shown),
  count: (shown, { size }, terms) => hasNewNumber(shown, terms) && (!size || SIZE.test(shown)),
  compare: (shown, { sides }) =>
    CONTRAST.test(shown) || sides?.every((side) => shown.includes(side)) === true,
  relation: (shown) => RELATION.test(shown) || CONTRAST.test(shown),
};

/** Numbers of a text in one notation: `1,000` and `１０００` → `1000`; Chinese numerals as written. */
export function numbersIn(text: string): string[] {
  return [...text.normalize("NFKC").matchAll(/\d[\d,]*(?:\.\d+)?/gu)].map(([number]) =>
    number.replace(/,/gu, ""),
  );
}

function hasNewNumber(text: string, questionTerms: ReadonlySet<string>): boolean {
  // 一种, 几个 count nothing.
  for (const [match] of text.matchAll(NUMBER))
    if (
      !/^[一几数]$/u.test(match) &&
      !questionTerms.has(`word:${match.replace(/,/gu, "").replace(/\.$/u, "")}`)
    )
      return true;
  return false;
}

function numberWithUnit(text: string, unit: string | null): boolean {
  if (unit === null) return false;
  const escaped = unit.replace(/[.*+?^${}()|[\]\\]/gu, "\\$&");
  return new RegExp(
    `[\\d零〇一二三四五六七八九十百千万亿两半]\\s*[多余几]?\\s*[百千万亿]*\\s*[个条种项名块]?\\s*${escaped}`,
    "iu",
  ).test(text);
}
