import { join } from "node:path";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import {
  type Agent,
  type AgentEvent,
  type AgentLimits,
  type ApprovalRequest,
  calculator,
  type Decisions,
  defineAgent,
  type PriceTable,
  type RunOptions,
  runJavaScript,
  type StateStore,
} from "@zixue/agent";
import type { Course } from "@zixue/course";
import { loadPrompts } from "@zixue/prompts";
import type { RagPipeline } from "@zixue/rag";
import { citeReply } from "./cite-reply.ts";
import { type CourseReader, createCourseReader, type TutorCitation } from "./course-reader.ts";
import { readNotes, saveNote } from "./tools/notes.ts";
import { quizMe } from "./tools/quiz-me.ts";
import { readSection } from "./tools/read-section.ts";
import { searchCourse } from "./tools/search-course.ts";

export interface TutorDefinition {
  readonly course: Course;
  readonly pipeline: RagPipeline;
  readonly model: BaseChatModel;
  readonly store: StateStore;
  readonly limits?: AgentLimits;
  readonly prices?: PriceTable;
  /** Folder of a `tutor.zh.prompt` and `tutor.en.prompt` to use instead of the app's own. */
  readonly prompts?: string;
}

/** What the tutor streams: the agent's events, and before `usage` the citations of what it said. */
export type TutorEvent = AgentEvent | { readonly type: "citation"; readonly citation: TutorCitation };

export interface TutorRunOptions extends Omit<RunOptions, "userId"> {
  readonly threadId: string;
  /** Whose notes and threads these are; without it they belong to the thread alone and go with it. */
  readonly learner?: string | undefined;
}

export interface TutorMessage {
  readonly role: "user" | "assistant";
  readonly content: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly citations: readonly TutorCitation[];
}

export interface TutorThread {
  readonly id: string;
  readonly title: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly messages: readonly TutorMessage[];
  /** Calls that wait for a person. */
  readonly pending: readonly ApprovalRequest[];
}

/** The study companion, ready to be talked to. */
export interface Tutor {
  run(input: string, options: TutorRunOptions): AsyncGenerator<TutorEvent, void, undefined>;
  /** With decisions where calls wait for some; without, goes on with a run that was cut off. */
  resume(
    decisions: Decisions | undefined,
    options: TutorRunOptions,
  ): AsyncGenerator<TutorEvent, void, undefined>;
  /** `undefined` when there is no such thread, or it is another learner's. */
  thread(threadId: string, learner?: string): Promise<TutorThread | undefined>;
  /** Deletes a thread, and the notes that belong to it alone. False when there was none. */
  deleteThread(threadId: string, learner?: string): Promise<boolean>;
}

const LIMITS: AgentLimits = { steps: 12, toolCalls: 24, tokens: 200_000, milliseconds: 180_000 };

/**
 * Defines the study companion: an agent that knows the course by tools only, cites section and paragraph, and hints
 * before it explains. Saving a note waits for the learner; all other tools only read.
 *
 * @throws PromptsError when the prompt files are wrong; AgentError `invalid-definition` for wrong limits
 * @example
 * const tutor = await defineTutor({ course, pipeline, model, store: memoryStore() });
 * for await (const event of tutor.run("什么是涌现能力？", { threadId: randomUUID() }))
 *   if (event.type === "text") process.stdout.write(event.delta);
 */
export async function defineTutor(definition: TutorDefinition): Promise<Tutor> {
  const { course, pipeline, model, store, limits, prices } = definition;
  const reader = createCourseReader(course);
  const library = await loadPrompts(definition.prompts ?? join(import.meta.dirname, "prompts"), {
    fallback: "zh",
  });
  const prompt = library.get<TutorInput>("tutor");
  const agent: Agent<TutorInput> = defineAgent<TutorInput>({
    name: "tutor",
    prompt,
    model,
    store,
    tools: [
      searchCourse(pipeline, reader),
      readSection(reader),
      quizMe(reader, store),
      calculator(),
      runJavaScript({ milliseconds: 3_000 }),
      saveNote(store),
      readNotes(store),
    ],
    approvals: { save_note: { describe: ({ text }) => `记入学习笔记 · save a note: ${String(text)}` } },
    limits: { ...LIMITS, ...limits },
    ...(prices === undefined ? {} : { prices }),
  });

  return {
    run: (input, { learner, ...options }) =>
      withCitations(
        agent.run(
          { input, title: course.title, outline: reader.outline },
          { ...options, userId: ownerOf(options.threadId, learner) },
        ),
        reader,
      ),
    resume: (decisions, { learner, threadId, ...options }) =>
      withCitations(
        agent.resume(threadId, decisions, { ...options, userId: ownerOf(threadId, learner) }),
        reader,
      ),
    async thread(threadId, learner) {
      const userId = ownerOf(threadId, learner);
      const thread = await store.threads.get(threadId, userId);
      if (thread === null) return undefined;
      const [messages, pending] = await Promise.all([
        store.threads.messages(threadId, userId),
        agent.pending(threadId, { userId }),
      ]);
      const { id, title, createdAt, updatedAt } = thread;
      return {
        id,
        title,
        createdAt,
        updatedAt,
        messages: messages.flatMap(({ role, content, createdAt }) =>
          role === "tool"
            ? []
            : [{ role, content, createdAt, citations: role === "user" ? [] : citeReply(content, reader) }],
        ),
        pending,
      };
    },
    async deleteThread(threadId, learner) {
      const userId = ownerOf(threadId, learner);
      if ((await store.threads.get(threadId, userId)) === null) return false;
      if (learner === undefined) await store.deleteUser(userId);
      else await store.threads.delete(threadId, userId);
      return true;
    },
  };
}

type TutorInput = { input: string; title: string; outline: string };

/** A thread of nobody in particular is an owner of its own, so that notes never pass from one stranger to another. */
function ownerOf(threadId: string, learner: string | undefined): string {
  return learner === undefined ? `thread:${threadId}` : `learner:${learner}`;
}

async function* withCitations(
  events: AsyncIterable<AgentEvent>,
  reader: CourseReader,
): AsyncGenerator<TutorEvent, void, undefined> {
  let said = "";
  let step = "";
  for await (const event of events) {
    if (event.type === "text") step += event.delta;
    // An attempt that failed is said again.
    else if (event.type === "retry") step = "";
    else if (event.type === "tool-call" && step !== "") {
      said += `${step}\n`;
      step = "";
    } else if (event.type === "usage")
      for (const citation of citeReply(said + step, reader)) yield { type: "citation", citation };
    yield event;
  }
}
