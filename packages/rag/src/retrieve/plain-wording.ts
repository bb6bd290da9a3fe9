/**
 * A spoken Chinese question in the words of written ones: 「为啥」 → 「为什么」, 「咋整」 → 「怎么办」, and without what only
 * colours it (老是, 到底, 呗). Spoken words are nowhere in the documents, and every one of them would make a question look
 * like it is about something else.
 *
 * @example plainWording("大模型老是出错咋整啊") // "大模型出错怎么办"
 */
export function plainWording(question: string): string {
  if (!/\p{Script=Han}/u.test(question)) return question;
  let text = question;
  for (const [pattern, plain] of SPOKEN) text = text.replace(pattern, plain);
  return /[\p{L}\p{N}]/u.test(text) ? text : question;
}

const SPOKEN: readonly (readonly [RegExp, string])[] = [
  [/(?:咋|怎么)整|咋办|咋弄|该?怎么弄/gu, "怎么办"],
  [/咋(?:样|个)/gu, "怎样"],
  [/咋(?:回事)/gu, "怎么回事"],
  [/为(?:啥|毛|嘛)|咋(?=就|会|这么|那么|还|不)/gu, "为什么"],
  [/咋/gu, "怎么"],
  [/干啥|干嘛(?:用)?(?=的?[？?啊呀呢]*$)/gu, "做什么"],
  [/啥/gu, "什么"],
  [/老是|总是?(?=[会爱瞎乱不])|动不动就?|一个劲儿?地?|到底|究竟/gu, ""],
  [/(?<=[\p{Script=Han}\w])(?:啊|呀|呗|哇|嘛|哈|哦|噢)+(?=[？?！!。\s]*$)/gu, ""],
];
