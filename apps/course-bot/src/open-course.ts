import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import { type Course, knowledgeOf, loadCourse, writtenSections } from "@zixue/course";
import { type ResolvedModels, resolveModels } from "@zixue/models";
import {
  type ChunkIndex,
  createRagPipeline,
  type IndexStats,
  LocalIndex,
  lexiconTranslator,
  type RagPipeline,
} from "@zixue/rag";
import { type IndexProgress, openCourseIndex, planCourse } from "./course-index.ts";
import { courseThresholds } from "./course-thresholds.ts";
import type { Language } from "./messages.ts";
import { parserVersion } from "./parser-version.ts";

export type { IndexProgress } from "./course-index.ts";

/** Where things are. All absolute. */
export interface CoursePaths {
  /** The repository. */
  readonly root: string;
  readonly courseFolder: string;
  /** What is built from the course and kept: the index. */
  readonly dataFolder: string;
  /** The built site. */
  readonly siteFolder: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The repository's own folders, unless `ZIXUE_COURSE`, `ZIXUE_DATA` or `ZIXUE_SITE` name others. */
export function coursePaths(env: Environment = {}): CoursePaths {
  const root = resolve(import.meta.dirname, "../../..");
  const folder = (given: string | undefined, usual: string) =>
    given?.trim() ? resolve(given.trim()) : join(root, usual);
  return {
    root,
    courseFolder: folder(env.ZIXUE_COURSE, "docs/course"),
    dataFolder: folder(env.ZIXUE_DATA, ".zixue"),
    siteFolder: folder(env.ZIXUE_SITE, "apps/course-web/dist"),
  };
}

export interface OpenCourseOptions {
  /** Says which models to use; nothing set means offline. */
  readonly env?: Environment;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: IndexProgress) => void;
}

/** The course, ready to be asked. */
export interface OpenCourse {
  readonly course: Course;
  readonly pipeline: RagPipeline;
  readonly models: ResolvedModels;
  /** Which models answer, and anything the reader should know about the index. */
  describe(language: Language): string;
  close(): Promise<void>;
}

/**
 * Reads the course, brings its index up to date (only sections that changed are indexed anew) and wires the pipeline.
 *
 * @throws CourseError when there is no course; ModelsError `invalid-config` for a wrong setting.
 * @example
 * const { pipeline, close } = await openCourse(coursePaths(process.env), { env: process.env });
 * for await (const event of pipeline.answer("什么是 KV cache?")) if (event.type === "text") process.stdout.write(event.delta);
 * await close();
 */
export async function openCourse(paths: CoursePaths, options: OpenCourseOptions = {}): Promise<OpenCourse> {
  const { env = {}, signal, onProgress } = options;
  const [course, models, thresholds] = await Promise.all([
    loadCourse(paths.courseFolder, {
      cache: { folder: join(paths.dataFolder, "sections"), key: await parserVersion() },
      ...(signal === undefined ? {} : { signal }),
    }),
    resolveModels({}, env),
    courseThresholds(paths.courseFolder),
  ]);
  const knowledge = knowledgeOf(course);
  const { index, embeddings, note } = await openCourseIndex(course, {
    folderOf: (withEmbeddings) => indexFolder(paths, withEmbeddings),
    embeddings: models.embeddings,
    vectorFolder: join(paths.dataFolder, "vectors"),
    translator: lexiconTranslator(knowledge.glossary),
    thresholds,
    signal,
    onProgress,
  });
  const pipeline = await createRagPipeline({
    index,
    models: {
      ...(models.chat === undefined ? {} : { chat: models.chat }),
      ...(embeddings === undefined ? {} : { embeddings }),
      ...(models.reranker === undefined ? {} : { reranker: models.reranker }),
    },
    knowledge,
    about: { name: "课程问答机器人", scope: `《${course.title}》`, examples: exampleQuestions(course) },
  });
  return {
    course,
    pipeline,
    models,
    describe: (language) =>
      [models.describe(language), ...(note === undefined ? [] : [note[language]])].join("\n"),
    async close() {
      await pipeline.close();
      await index.close();
    },
  };
}

/** State of the index for the environment's models; `undefined` when none has been built. `stale` counts sections. */
export async function inspectIndex(
  paths: CoursePaths,
  env: Environment = {},
): Promise<{ readonly stats: IndexStats; readonly stale: number } | undefined> {
  const [course, models] = await Promise.all([loadCourse(paths.courseFolder), resolveModels({}, env)]);
  let index: ChunkIndex;
  try {
    index = await LocalIndex.open({ folder: indexFolder(paths, models.embeddings), readOnly: true });
  } catch (error) {
    if ((error as { code?: string }).code === "index-missing") return undefined;
    throw error;
  }
  try {
    const { added, changed, gone } = await planCourse(index, course);
    return { stats: await index.stats(), stale: added.length + changed.length + gone.length };
  } finally {
    await index.close();
  }
}

/** Indexes with and without vectors, and of different models, stand side by side: switching back costs nothing. */
function indexFolder(paths: CoursePaths, embeddings: ResolvedModels["embeddings"]): string {
  if (embeddings === undefined) return join(paths.dataFolder, "index");
  const key = createHash("sha256")
    .update(`${embeddings.provider}/${embeddings.model}`)
    .digest("hex")
    .slice(0, 8);
  return join(paths.dataFolder, `index-${key}`);
}

function exampleQuestions(course: Course): string[] {
  return writtenSections(course)
    .flatMap((section) => section.questions.slice(0, 1).map((question) => question.ask))
    .slice(0, 3);
}
