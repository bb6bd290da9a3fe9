/** Prints a fit of sufficiency for people. */
import type { SufficiencyFit, SufficiencyThresholds } from "@zixue/rag";

export function fitReport(fit: SufficiencyFit, base: SufficiencyThresholds): string {
  const lines = [
    `${fit.answerable} answerable questions (${fit.answerableTranslated} through the lexicon), ${fit.unanswerable} unanswerable, ${fit.skipped.length} left aside`,
    ...fit.skipped.map(({ question, reason }) => `  left aside: ${question.slice(0, 40)}: ${reason}`),
    "",
    "                          before   fitted (each half by the other)",
    row("AUC", fit.before.auc, fit.heldOut.auc, (value) => value.toFixed(3)),
    row("answerable, declined", fit.before.falseRefusals, fit.heldOut.falseRefusals, percent),
    row("unanswerable, declined", fit.before.refused, fit.heldOut.refused, percent),
    "",
    ...Object.entries(fit.thresholds).map(([name, value]) => {
      const before = base[name as keyof SufficiencyThresholds];
      return `${name.padEnd(26)}${before === value ? value : `${before} → ${value}`}`;
    }),
  ];
  if (fit.kept.length > 0) lines.push("", "Kept, or only lowered, for want of questions:");
  for (const { threshold, kind, questions, needed } of fit.kept)
    lines.push(`  ${threshold.padEnd(24)}${questions} of ${needed} ${kind}`);
  return lines.join("\n");
}

function row(
  name: string,
  before: number | null,
  after: number | null,
  show: (value: number) => string,
): string {
  const cell = (value: number | null) => (value === null ? "–" : show(value));
  return `${name.padEnd(26)}${cell(before).padEnd(9)}${cell(after)}`;
}

function percent(value: number): string {
  return `${(100 * value).toFixed(1)} %`;
}
