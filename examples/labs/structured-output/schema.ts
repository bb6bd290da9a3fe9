import { definePrompt } from "@zixue/prompts";
import { z } from "zod";

// #region schema
/** 推理在前，结论在后：模型从左往右写，先写的字段能帮到后写的字段。 */
export const answerSchema = z.object({
  reasoning: z.string().describe("先写判断的依据，一两句话"),
  category: z.enum(["概念", "报错", "作业", "其他"]),
  urgency: z.number().int().min(1).max(3).describe("1 不急，3 很急"),
  quote: z.string().min(1).describe("留言中支持这个判断的原文，逐字照抄"),
});

export type Triage = z.infer<typeof answerSchema>;

export const triage = definePrompt({
  name: "triage",
  input: z.object({ message: z.string() }),
  output: answerSchema,
  untrusted: ["message"],
  template: `{{role "system"}}把学员的留言分到一类，并给出紧急程度。
{{role "user"}}{{untrusted message}}`,
});
// #endregion schema

// #region facts
/** schema 管得住形状，管不住真假：引文必须真的在留言里。返回一条给模型看的批评，或 null。 */
export function criticise(answer: Triage, message: string): string | null {
  return message.includes(answer.quote) ? null : `quote 不是留言里的原文：${JSON.stringify(answer.quote)}`;
}
// #endregion facts
