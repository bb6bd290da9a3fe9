import { simplify } from "@zixue/lexicon";
import type { QueryTerm } from "../index/chunk-index.ts";
import { normalize } from "../language/normalize.ts";
import { isFunctionWord } from "../language/question-words.ts";
import { extractTerms } from "../language/terms.ts";

/** A word of a question that names something, and what the documents know of it. */
export interface ContentWord {
  readonly word: string;
  /** Its terms as `field:term`: all of them stand in a text that has the word. */
  readonly keys: readonly string[];
  /** Rarity in the documents (idf); highest for a word that they never use. */
  readonly weight: number;
  /** Written with a capital inside the question, or with a digit: a name. */
  readonly name: boolean;
  /** The documents never use it. */
  readonly absent: boolean;
}

/**
 * The words of a question that say what it is about, without those that only ask or join (什么, 怎样, 区别, the). Chinese is
 * cut into words by the platform's own segmenter (`Intl.Segmenter`), so that 「苹果公司股价」 is three words of which one is
 * unknown, and not five bigrams; without a segmenter each adjacent pair counts as a word.
 *
 * @param terms the question as the index analysed it
 * @param chunks how many chunks the index holds
 */
export function contentWords(question: string, terms: readonly QueryTerm[], chunks: number): ContentWord[] {
  const idf = new Map(terms.map(({ field, term, idf }) => [`${field}:${term}`, idf]));
  const nowhere = idfOf(0.25, chunks);
  const rarest = idfOf(0, chunks);
  const names = new Set(
    [...question.matchAll(/(?<=\S\s*)(?<![\p{L}\p{N}])(?:[A-Z][\w-]*|[a-z]+-?\d\w*)/gu)].map(([word]) =>
      normalize(word),
    ),
  );
  const found = new Map<string, ContentWord>();
  for (const word of wordsOf(question)) {
    if (found.has(word)) continue;
    const parts = extractTerms(word);
    const wanted = parts.some(({ field }) => field === "bigram")
      ? parts.filter(({ field }) => field !== "char")
      : parts;
    // A word that stands inside no term of the question cannot be judged.
    const known = wanted.flatMap(({ field, term }) => idf.get(`${field}:${term}`) ?? []);
    if (known.length === 0 || wanted.every(({ field, term }) => isFunctionWord(field, term))) continue;
    const weight = Math.max(...known);
    const single = wanted.length === 1 && wanted[0]?.field === "char";
    found.set(word, {
      word,
      keys: wanted.map(({ field, term }) => `${field}:${term}`),
      weight: Math.min(weight, rarest) * (single ? 0.5 : 1),
      name: names.has(word),
      absent: weight > nowhere,
    });
  }
  return [...found.values()];
}

/** idf of a term that stands in `frequency` of `chunks` chunks. */
function idfOf(frequency: number, chunks: number): number {
  return Math.log(1 + (chunks - frequency + 0.5) / (frequency + 0.5));
}

/** Words that ask, join or only name a side of whatever is asked about. */
const SCAFFOLD = new RegExp(
  `^(?:${[
    "[的地得了着过吗呢吧啊呀嘛么和与跟同及或而但把被将让对从到向往在于以用为给比按就都也还又再很太更最只不没别这那其它他她我你您们是有会能要可该应得想去来做说讲看叫算算作像当请问个种些点下次条项位名本门里上中内外前后时候]+",
    "什么|怎么|怎样|怎么样|怎么办|如何|为什么|为何|为啥|哪里|哪儿|哪个|哪些|哪一|哪种|哪年|谁|几|多少|多大|多长|多久|多高|多远|何时|何地|是否|有没有|能不能|会不会|是不是|可以|能够|应该|需要|必须|到底|究竟|一下|一个|一种|一些|这个|那个|这些|那些|这种|那种|自己|我们|你们|他们|它们|大家|时候|之间|以及|因为|所以|如果|的话|还是|或者|而且|但是|已经|现在|一般|通常|具体|主要",
    "意思|含义|定义|概念|区别|差别|差异|不同|相同|关系|联系|缺点|优点|优势|劣势|好处|坏处|局限|局限性|不足|作用|用途|用处|意义|目的|原因|理由|步骤|流程|过程|阶段|方法|办法|做法|方式|特点|例子|举例|介绍|解释|说明|简述|谈谈|说说|讲讲|列举|比较|对比|哪|样|啥|咋|干嘛|告诉|知道|帮|帮我|一",
  ].join("|")})$`,
  "u",
);

const EN_SCAFFOLD =
  /^(?:what|whats|who|whom|whose|which|when|where|why|how|i|me|my|you|your|he|she|we|us|our|they|them|their|much|many|more|most|some|any|no|every|between|differ|differs|different|difference|differences|relation|relationship|mean|means|meaning|work|works|working|define|definition|explain|describe|tell|give|show|list|example|examples|use|used|using|get|make|makes|made|need|needs|please|also|just|like|there|here|s|t)$/u;

let segmenter: Intl.Segmenter | null | undefined;

function wordsOf(question: string): string[] {
  const text = simplify(normalize(question));
  if (segmenter === undefined)
    segmenter =
      typeof Intl.Segmenter === "function" ? new Intl.Segmenter("zh", { granularity: "word" }) : null;
  const words =
    segmenter === null
      ? extractTerms(text)
          .filter(({ field }) => field !== "char")
          .map(({ term }) => term)
      : [...segmenter.segment(text)].flatMap(({ segment, isWordLike }) => (isWordLike ? [segment] : []));
  return words.filter((word) => !SCAFFOLD.test(word) && !EN_SCAFFOLD.test(word));
}
