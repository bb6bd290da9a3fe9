/**
 * What a check found. `ok` works; `missing` is optional and absent; `problem` must be put right and fails the doctor.
 */
export interface CheckResult {
  readonly name: string;
  readonly status: "ok" | "missing" | "problem";
  readonly detail: string;
  /** What to do, for `missing` and `problem`. */
  readonly remedy?: string;
}
