/** A scripted conversation; with a terminal and the word `talk`, a real one. Exits with 1 when an answer is wrong. */
import assert from "node:assert/strict";
import { createInterface } from "node:readline/promises";
import { createEliza } from "./respond.ts";
import { rules } from "./rules.ts";

if (process.argv[2] === "talk") {
  const answer = createEliza(rules);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  console.log("说点什么吧（Ctrl+C 结束）。");
  terminal.setPrompt("你：");
  terminal.prompt();
  for await (const line of terminal) {
    console.log(`程序：${answer(line).text}`);
    terminal.prompt();
  }
} else {
  demonstrate();
}

function demonstrate(): void {
  const conversation: readonly [said: string, expected: string, rule: number][] = [
    ["我觉得学习很累。", "你为什么觉得学习很累？", 0],
    ["因为我总是记不住。", "除了你总是记不住，还有别的原因吗？", 2],
    ["我想要换个方法。", "如果真的换个方法，会有什么不同？", 1],
    ["今天下雨了。", "请接着说。", -1],
    ["我不觉得累了。", "我明白了。还有呢？", -1],
    ["三加五等于几？", "请接着说。", -1],
    ["我感到三角形的内角和。", "从什么时候开始觉得三角形的内角和？", 0],
  ];
  const answer = createEliza(rules);
  for (const [said, expected, rule] of conversation) {
    const reply = answer(said);
    console.log(`你：　${said}`);
    console.log(`程序：${reply.text}　［${reply.rule < 0 ? "没有规则可用" : `规则 ${reply.rule + 1}`}］`);
    assert.equal(reply.text, expected);
    assert.equal(reply.rule, rule);
  }
  console.log("\n前三句像是听懂了；后四句露出了底：没有规则就答不上来，有规则也不知道自己在说什么。");
  console.log("全部检查通过。");
}
