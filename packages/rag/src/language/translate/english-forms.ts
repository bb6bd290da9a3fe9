import { stem } from "@zixue/lexicon";

/** Base form, then its irregular forms. Regular forms share a stem and need no entry. */
const irregular = `
arise arose arisen|awake awoke awoken|bear bore borne born|beat beaten|become became|begin began begun|bend bent|
bind bound|bite bit bitten|bleed bled|blow blew blown|break broke broken|breed bred|bring brought|build built|
burn burnt|buy bought|catch caught|choose chose chosen|cling clung|come came|creep crept|deal dealt|dig dug|
draw drew drawn|dream dreamt|drink drank drunk|drive drove driven|eat ate eaten|fall fell fallen|feed fed|feel felt|
fight fought|find found|flee fled|fly flew flown|forbid forbade forbidden|forget forgot forgotten|
forgive forgave forgiven|freeze froze frozen|get got gotten|give gave given|go went gone|grind ground|grow grew grown|
hang hung|hear heard|hide hid hidden|hold held|keep kept|kneel knelt|know knew known|lay laid|lead led|lean leant|
leap leapt|learn learnt|leave left|lend lent|lie lay lain|light lit|lose lost|make made|mean meant|meet met|
mistake mistook mistaken|overcome overcame|pay paid|prove proven|ride rode ridden|ring rang rung|rise rose risen|
run ran|say said|see saw seen|seek sought|sell sold|send sent|shake shook shaken|shine shone|shoot shot|show shown|
shrink shrank shrunk|sing sang sung|sink sank sunk|sit sat|sleep slept|slide slid|speak spoke spoken|spend spent|
spin spun|split|spring sprang sprung|stand stood|steal stole stolen|stick stuck|strike struck stricken|
strive strove striven|swear swore sworn|sweep swept|swim swam swum|swing swung|take took taken|teach taught|
tear tore torn|tell told|think thought|throw threw thrown|understand understood|undertake undertook undertaken|
wake woke woken|wear wore worn|weave wove woven|weep wept|win won|wind wound|withdraw withdrew withdrawn|
write wrote written|
analysis analyses|axis axes|basis bases|child children|crisis crises|criterion criteria|datum data|die dice|foot feet|
goose geese|half halves|hypothesis hypotheses|index indices|knife knives|leaf leaves|life lives|loaf loaves|man men|
matrix matrices|mouse mice|ox oxen|person people|phenomenon phenomena|self selves|shelf shelves|stimulus stimuli|
synthesis syntheses|thesis theses|tooth teeth|vertex vertices|wife wives|wolf wolves|woman women|
bad worse worst|far farther farthest further furthest|good better best|little less least|many more most much`;

const bases = new Map<string, string>();
for (const group of irregular.replaceAll("\n", "").split("|")) {
  const [base, ...forms] = group.split(" ").map(stem);
  for (const form of forms) if (base !== undefined && form !== base) bases.set(form, base);
}

/** Endings of stems in British spelling and in American, both ways round. */
const spellings: readonly (readonly [RegExp, string])[] = [
  [/our$/, "or"],
  [/our(?=[a-z]+$)/, "or"],
  [/is$/, "iz"],
  [/ys$/, "yz"],
  [/is(?=at|er$)/, "iz"],
  [/(?<=[bcdfgt])re$/, "er"],
  [/tr$/, "ter"],
  [/enc$/, "ens"],
  [/ogu$/, "og"],
  [/amm$/, "am"],
  [/ll$/, "l"],
  [/(?:ae|oe)/, "e"],
  [/^grey$/, "gray"],
  [/^plough$/, "plow"],
  [/^cheque$/, "check"],
  [/^tyre$/, "tire"],
  [/^aluminium$/, "aluminum"],
  [/mould/, "mold"],
];

/** The stem of the base form of an irregular form's stem: wrote → write, children → child. */
export function regularStem(stemmed: string): string | undefined {
  return bases.get(stemmed);
}

/** How the stem would look in American spelling, wherever a British one differs: colour → color, organis → organ. */
export function americanStems(stemmed: string): string[] {
  return spellings
    .filter(([pattern]) => pattern.test(stemmed))
    .map(([pattern, american]) => stem(stemmed.replace(pattern, american)));
}
