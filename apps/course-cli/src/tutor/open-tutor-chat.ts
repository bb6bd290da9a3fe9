import { join } from "node:path";
import type { CoursePaths, OpenCourse } from "@zixue/course-bot/open-course";
import { openAppState } from "@zixue/course-bot/state";
import type { CommandLine } from "../command-line.ts";
import { CliError } from "../errors.ts";
import type { TutorChat } from "./tutor-chat.ts";

export interface OpenTutorChat extends TutorChat {
  close(): Promise<void>;
}

/**
 * The tutor with its model and its store: threads are kept in a folder of the terminal's own, since a PGlite folder
 * belongs to one process and the server may be running; `DATABASE_URL` is shared. A scripted demo keeps nothing.
 *
 * @throws CliError `no-model` without a model and without `--scripted`
 */
export async function openTutorChat(
  { course, pipeline, models }: OpenCourse,
  paths: CoursePaths,
  env: Readonly<Record<string, string | undefined>>,
  { scripted, text, language }: Pick<CommandLine, "scripted" | "text" | "language">,
): Promise<OpenTutorChat> {
  if (!scripted && models.chat === undefined) throw new CliError("no-model", text.tutor.noModel);
  const { defineTutor } = await import("@zixue/course-bot/tutor");
  if (scripted || models.chat === undefined) {
    const [{ demoModel }, { memoryStore }] = await Promise.all([
      import("./demo-model.ts"),
      import("@zixue/agent"),
    ]);
    const tutor = await defineTutor({ course, pipeline, model: demoModel(language), store: memoryStore() });
    return {
      tutor,
      course,
      who: text.tutor.scripted,
      label: text.tutor.scriptedLabel,
      close: async () => {},
    };
  }
  const state = openAppState(env, join(paths.dataFolder, "state-terminal"));
  const tutor = await defineTutor({ course, pipeline, model: models.chat, store: await state.store() });
  return { tutor, course, who: models.describe(language).split("\n")[0] ?? "", close: () => state.close() };
}
