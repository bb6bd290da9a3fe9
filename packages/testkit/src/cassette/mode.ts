import { TestkitError } from "../errors.ts";

/**
 * `replay`: never touch the network. `record`: replay what the cassette has, record what it lacks.
 * `refresh`: forget the cassette and record everything anew.
 */
export type CassetteMode = "replay" | "record" | "refresh";

const MODES: readonly string[] = ["replay", "record", "refresh"];

/** The mode in force: `replay` in CI whatever else is set, else the ZIXUE_CASSETTES variable, else the option, else `replay`. */
export function resolveMode(
  option: CassetteMode | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): CassetteMode {
  const variable = environment.ZIXUE_CASSETTES?.trim() || undefined;
  for (const [value, where] of [
    [variable, "ZIXUE_CASSETTES"],
    [option, "The option mode"],
  ] as const) {
    if (value !== undefined && !MODES.includes(value)) {
      throw new TestkitError(
        "invalid-options",
        `${where} is ${JSON.stringify(value)}; it must be one of ${MODES.join(", ")}. Example: ZIXUE_CASSETTES=record npx vitest run`,
      );
    }
  }
  if (isOn(environment.CI)) return "replay";
  return (variable as CassetteMode | undefined) ?? option ?? "replay";
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && !["", "0", "false"].includes(value.toLowerCase());
}
