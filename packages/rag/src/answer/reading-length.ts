/** Length as a reader feels it: a Han character 1, any other a third. */
export function readingLength(text: string): number {
  const han = text.match(/\p{Script=Han}/gu)?.length ?? 0;
  return han + (text.length - han) / 3;
}
