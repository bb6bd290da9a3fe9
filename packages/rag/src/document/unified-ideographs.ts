// Radicals of the supplement block that Unicode's compatibility forms leave alone, and the characters they stand for.
const SUPPLEMENT =
  "⺁厂⺒巳⺓幺⺝月⺠民⺬示⺰纟⺶羊⺻聿⺽臼⻁虎⻄西⻅见⻆角⻈讠⻉贝⻊足⻋车⻐钅⻑長⻓长⻔门⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻠饣⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻬齐⻮齿⻰龙";
const characters = [...SUPPLEMENT];
const equivalents = new Map(
  characters.flatMap((radical, index) =>
    index % 2 === 0 ? [[radical, characters[index + 1]!] as const] : [],
  ),
);

/**
 * Replaces radicals by the characters that they look like (⼤ by 大, ⻓ by 长). PDF files of several producers, browsers
 * among them, hold radicals where the page shows ordinary characters, and no search would find them.
 * After Unicode's EquivalentUnifiedIdeograph property.
 */
export function unifiedIdeographs(text: string): string {
  return text.replace(/[\u2e80-\u2fdf]/g, (radical) => equivalents.get(radical) ?? radical.normalize("NFKC"));
}
