import { HumanMessage, SystemMessage } from "@langchain/core/messages";
import { reply, type ScriptedChatModel, scriptedChatModel } from "@zixue/testkit";

export const CATEGORIES = ["概念", "报错", "作业", "其他"] as const;
export type Category = (typeof CATEGORIES)[number];

/**
 * 脚本模型：不是语言模型。它从系统消息里读出「出现……：类别」这些规则，按写的先后逐条去对留言里的字；都对不上就答「其他」。
 * 所以提示改了，它的回答就真的会变，结果又可以重复。真实的模型不会这样死板。
 */
export function ruleReader(): ScriptedChatModel {
  return scriptedChatModel(({ messages }) => {
    const system = messages.find((part) => SystemMessage.isInstance(part))?.text ?? "";
    const user = messages.find((part) => HumanMessage.isInstance(part))?.text ?? "";
    const message = user.split("\n").slice(1, -1).join("\n");
    for (const [, words, category] of system.matchAll(/^- 出现(.+?)：(\S+)$/gm)) {
      const listed = [...words!.matchAll(/「(.+?)」/g)].map((found) => found[1]!);
      if (listed.some((word) => message.includes(word))) return reply.text(category!);
    }
    return reply.text("其他");
  });
}
