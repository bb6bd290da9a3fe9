import type { RunnableConfig } from "@langchain/core/runnables";
import { type StructuredTool, tool } from "@langchain/core/tools";
import type { Fact, StateStore } from "@zixue/agent";
import { z } from "zod";
import { fenceSuspicious } from "./fence-suspicious.ts";
import { learnerOf } from "./learner-words.ts";

const NOTES_SHOWN = 20;

/** Writes into the learner's notes; the tutor's approval policy asks before each. */
export function saveNote(store: StateStore): StructuredTool {
  return tool(
    async ({ text, section }, config) => {
      const learner = await learnerOf(store, config as RunnableConfig);
      if (learner === undefined) throw new Error("this run has no thread, so nobody knows whose note it is");
      const note = await store.memory.remember(learner.userId, {
        text,
        source: { threadId: learner.threadId, ...(section === undefined ? {} : { note: section }) },
      });
      return `已记入学习笔记：${note.text}`;
    },
    {
      name: "save_note",
      // The same text again renews the old note.
      metadata: { effect: "change", idempotent: true },
      description:
        "把一条笔记记进学习者的笔记本；学习者要求时才用，一条一件事。Saves one note into the learner's notebook, when the learner asks for it.",
      schema: z.object({
        text: z.string().trim().min(1).max(1000).describe("笔记的内容。The note."),
        section: z.string().max(20).optional().describe('相关的节，如 "1.3"。The section it is about.'),
      }),
    },
  );
}

export function readNotes(store: StateStore): StructuredTool {
  return tool(
    async ({ query }, config) => {
      const learner = await learnerOf(store, config as RunnableConfig);
      const notes =
        learner === undefined
          ? []
          : query === undefined
            ? await store.memory.list(learner.userId)
            : await store.memory.search(learner.userId, query, NOTES_SHOWN);
      if (notes.length === 0) return "没有笔记。There are no notes.";
      return fenceSuspicious(notes.slice(0, NOTES_SHOWN).map(noteLine).join("\n"), "notes");
    },
    {
      name: "read_notes",
      metadata: { effect: "read" },
      description:
        "读学习者的笔记：全部，或与 query 有关的。Reads the learner's notes, all of them or those about `query`.",
      schema: z.object({ query: z.string().max(200).optional() }),
    },
  );
}

function noteLine({ text, source, createdAt }: Fact): string {
  const about = source.note === undefined ? "" : `（${source.note}）`;
  return `- ${createdAt.slice(0, 10)} ${text}${about}`;
}
