/** What a prompt says when no locale was asked for. */
export const NO_LOCALE = "";

/**
 * Chooses a variant: the locale itself (`zh-TW`), its language (`zh`), another region of the language (`zh-CN`),
 * then the declared fallback.
 *
 * @returns the key of the variant, or undefined when there is none and no fallback applies
 */
export function chooseLocale(
  available: readonly string[],
  wanted: string | undefined,
  fallback: string | undefined,
): string | undefined {
  const find = (test: (tag: string) => boolean) =>
    available.find((key) => key !== NO_LOCALE && test(key.toLowerCase()));
  if (wanted !== undefined && wanted !== "") {
    const tag = wanted.replaceAll("_", "-").toLowerCase();
    const language = tag.split("-")[0]!;
    const found =
      find((key) => key === tag) ??
      find((key) => key === language) ??
      find((key) => key.startsWith(`${language}-`));
    if (found !== undefined) return found;
  }
  if (fallback !== undefined && available.includes(fallback)) return fallback;
  if (available.includes(NO_LOCALE)) return NO_LOCALE;
  return available.length === 1 ? available[0] : undefined;
}

/** Language of the notes added to a prompt: that of its locale, or else of the template's own words. */
export function languageOf(locale: string, template: string): "zh" | "en" {
  if (locale !== NO_LOCALE) return locale.toLowerCase().startsWith("zh") ? "zh" : "en";
  return /\p{Script=Han}/u.test(template) ? "zh" : "en";
}
