import type { OpenCourse } from "../open-course.ts";
import type { AppState } from "../state.ts";
import type { Tutor } from "./define-tutor.ts";

/**
 * Opens the tutor at its first use, and keeps it; a failure is not kept. `undefined` without a chat model. Until then
 * nothing of the agent is loaded: it would double the time that a start takes.
 */
export function lazyTutor(
  { course, pipeline, models }: Pick<OpenCourse, "course" | "pipeline" | "models">,
  state: AppState,
): (() => Promise<Tutor>) | undefined {
  const { chat } = models;
  if (chat === undefined) return undefined;
  let opened: Promise<Tutor> | undefined;
  const open = async () => {
    const [{ defineTutor }, store] = await Promise.all([import("./define-tutor.ts"), state.store()]);
    return defineTutor({ course, pipeline, model: chat, store });
  };
  return () => {
    opened ??= open().catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
}
