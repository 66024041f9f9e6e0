const Words = new Intl.Segmenter(undefined, { granularity: "word" });
/** Cells of the table below; above it, whole lines are compared. */
const MostCells = 4_000_000;

/** What two texts do not share, word by word: for each text, parts of {text, same} that make it up. */
export function differences(left, right) {
  const words = text => Array.from(Words.segment(text), part => part.segment);
  let [a, b] = [words(left), words(right)];
  if (a.length * b.length > MostCells) [a, b] = [left.split(/(?<=\n)/), right.split(/(?<=\n)/)];
  const common = a.length * b.length > MostCells ? [] : longestCommon(a, b);
  return [joined(a, new Set(common.map(pair => pair[0]))), joined(b, new Set(common.map(pair => pair[1])))];
}

/** Index pairs of a longest common subsequence, by the usual table. */
function longestCommon(a, b) {
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      lengths[i * width + j] = a[i] === b[j] ? lengths[(i + 1) * width + j + 1] + 1 : Math.max(lengths[(i + 1) * width + j], lengths[i * width + j + 1]);
  const pairs = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) pairs.push([i++, j++]);
    else if (lengths[(i + 1) * width + j] >= lengths[i * width + j + 1]) i++;
    else j++;
  }
  return pairs;
}

/** A blank between two words that differ differs with them: marks read as phrases. */
function joined(words, same) {
  const parts = [];
  words.forEach((text, index) => {
    const blank = /^\s+$/.test(text) && index > 0 && index < words.length - 1 && !same.has(index - 1) && !same.has(index + 1);
    const isSame = same.has(index) && !blank;
    if (parts.at(-1)?.same === isSame) parts.at(-1).text += text;
    else parts.push({ text, same: isSame });
  });
  return parts;
}
