/** Cuts a label to about `columns` characters, in the middle, where names differ least. */
export function shortenText(text: string, columns: number): string {
  if (text.length <= columns) return text;
  const head = Math.ceil((columns - 1) / 2);
  return `${text.slice(0, head)}…${text.slice(text.length - (columns - 1 - head))}`;
}
