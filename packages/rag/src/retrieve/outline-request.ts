import type { OutlineEntry } from "../answer/knowledge.ts";
import { normalize } from "../language/normalize.ts";

/** A question about the documents themselves: what they hold, what one part of them holds, or where to begin. */
export type OutlineRequest =
  | { readonly about: "whole" }
  | { readonly about: "start" }
  | { readonly about: "entry"; readonly entry: OutlineEntry };

/** `entry` requests name a part that the outline may not have; then the question is an ordinary one. */
type Wanted =
  | { readonly about: "whole" | "start" }
  | { readonly about: "entry"; readonly kind: OutlineEntry["kind"] | null; readonly name: string };

const ZH_THIS =
  "(?:(?:这|本|该|此|整)(?:一)?(?:门|个|本|套|份|些)?(?:课程?|教程|书|文档|资料|手册|网站|知识库)|课程|教程|全书|全课)";
const ZH_HOLDS =
  "的?(?:都|主要|到底|大概|一共|总共)*(?:(?:讲|说|介绍|教|学|写|包含|包括|涉及|涵盖|有)(?:了|的是|些|解|述|到)*(?:什么|啥|哪些|哪几)(?:内容|东西|知识点?|主题|方面|章节?|部分|节)*|(?:主要)?(?:内容|主题)(?:是什么|有哪些|是啥)?|(?:内容)?(?:目录|大纲|概述|概要|简介|总结|有几章|有多少[章节]|分(?:为|成)?几[章节部]分?))";
const ZH_END = "(?:呢|啊|吗|呀|的)?[?？。!！\\s]*";
const ZH_PLACE = "(?:第\\s*)?([\\d.]+|[一二三四五六七八九十]+)\\s*(章|节|部分|篇)?";

const WHOLE_ZH = new RegExp(
  `^(?:请问)?(?:${ZH_THIS}${ZH_HOLDS}|(?:课程)?(?:目录|大纲)(?:是什么|有哪些)?|有哪些章节|介绍一?下${ZH_THIS})${ZH_END}$`,
  "u",
);
const ENTRY_ZH = new RegExp(`^(?:请问)?(?:${ZH_THIS}的?)?${ZH_PLACE}(?:里面?|中)?${ZH_HOLDS}${ZH_END}$`, "u");
const TITLED_ZH = new RegExp(
  `^(?:请问)?[《「“]?(.{2,40}?)[》」”]?(?:这|那)(?:一)?(?:章|节|部分)${ZH_HOLDS}${ZH_END}$`,
  "u",
);
const SUMMARY_ZH = new RegExp(
  `^(?:请)?(?:总结|概括|介绍|概述)一?下?\\s*${ZH_PLACE}(?:的(?:主要)?内容)?${ZH_END}$`,
  "u",
);
const LEARNER =
  "(?:我|新手|小白|初学者|零基础|应该|该|要|想|得|可以|先|自学|学习|学|入门|看|读|这门课|本课程|课程|教程|大(?:语言)?模型|llm|，|,|\\s)*";
const START_ZH = new RegExp(
  `^${LEARNER}(?:从(?:哪里?|哪儿|哪一?[章节]|什么地方|何处)(?:开始|入手|下手|学起|看起|读起)|(?:怎么|如何|怎样)(?:开始|入门|入手|上手)|先(?:学|看|读)(?:什么|哪[里个章节]?)|(?:学习|阅读)(?:顺序|路线|路径)(?:是什么|怎么安排|怎样)?)${LEARNER}${ZH_END}$`,
  "iu",
);
const EN_THIS = "(?:this|the) (?:course|book|tutorial|documentation|docs|manual|site)";
const WHOLE_EN = new RegExp(
  `^(?:what(?:'s| is) ${EN_THIS} about|what (?:does|do) ${EN_THIS} (?:cover|teach|contain|include)|what (?:topics|chapters|sections) (?:are|does|do|is) .{0,30}(?:covered|there|cover|have|contain)|(?:show (?:me )?)?(?:the )?(?:table of contents|outline|syllabus)(?: of ${EN_THIS})?)[?.!\\s]*$`,
  "iu",
);
const ENTRY_EN =
  /^(?:what (?:does|do|is|are)|what's|summari[sz]e|give me a summary of)(?: in| covered in)?\s+(chapter|section|part)?\s*([\d.]+)\s*(?:cover|teach|contain|include|say|about)?(?: about)?[?.!\s]*$/iu;
const START_EN =
  /^(?:where (?:should|do|can|shall) (?:i|we) (?:start|begin)|how (?:should|do|can) i (?:start|begin|get started)|what should i (?:read|learn|study) first)(?: (?:with )?(?:the|this) (?:course|book|docs))?[?.!\s]*$/iu;

const KINDS: Readonly<Record<string, OutlineEntry["kind"]>> = {
  章: "chapter",
  节: "section",
  部分: "part",
  篇: "part",
  chapter: "chapter",
  section: "section",
  part: "part",
};

/** True for a message that asks about the documents as such, whatever their outline. */
export function asksAboutDocuments(message: string): boolean {
  return wantedIn(message) !== null;
}

/**
 * Reads a question about the documents themselves: 「这门课讲什么」, 「1.3 讲了什么」, 「第一章有哪些内容」, 「从哪里开始学」. Null for
 * any other question, and for a chapter that the outline does not have.
 */
export function outlineRequest(message: string, outline: readonly OutlineEntry[]): OutlineRequest | null {
  const wanted = wantedIn(message);
  if (wanted === null) return null;
  if (wanted.about !== "entry") return { about: wanted.about };
  const entry = allEntries(outline).find(
    (held) =>
      (wanted.kind === null || held.kind === wanted.kind) &&
      (held.number === wanted.name || titleKey(held.title) === titleKey(wanted.name)),
  );
  return entry === undefined ? null : { about: "entry", entry };
}

function wantedIn(message: string): Wanted | null {
  const text = message.normalize("NFKC").trim();
  if (WHOLE_ZH.test(text) || WHOLE_EN.test(text)) return { about: "whole" };
  if (START_ZH.test(text) || START_EN.test(text)) return { about: "start" };
  const zh = ENTRY_ZH.exec(text) ?? SUMMARY_ZH.exec(text);
  if (zh?.[1] !== undefined && (zh[2] !== undefined || /\d\.\d/u.test(zh[1])))
    return {
      about: "entry",
      kind: zh[1].includes(".") ? null : (KINDS[zh[2] ?? ""] ?? null),
      name: digits(zh[1]),
    };
  const en = ENTRY_EN.exec(text);
  if (en?.[2] !== undefined && (en[1] !== undefined || /\d\.\d/u.test(en[2])))
    return {
      about: "entry",
      kind: KINDS[en[1]?.toLowerCase() ?? ""] ?? null,
      name: en[2].replace(/\.$/u, ""),
    };
  const titled = TITLED_ZH.exec(text)?.[1];
  return titled === undefined ? null : { about: "entry", kind: null, name: titled };
}

function allEntries(entries: readonly OutlineEntry[]): OutlineEntry[] {
  return entries.flatMap((entry) => [entry, ...allEntries(entry.children ?? [])]);
}

function titleKey(title: string): string {
  return normalize(title).replace(/[^\p{L}\p{N}]/gu, "");
}

/** 十一 → 11; digits stay. */
function digits(number: string): string {
  if (/\d/u.test(number)) return number.replace(/\.$/u, "");
  const [tens, ones] = number.includes("十") ? number.split("十") : ["", number];
  const value = (han: string | undefined) => "一二三四五六七八九".indexOf(han ?? "") + 1;
  if (!number.includes("十")) return String(value(ones));
  return String((tens ? value(tens) : 1) * 10 + (ones ? value(ones) : 0));
}
