/** The cells of one line of CSV (RFC 4180 quoting); the separator may be a comma, semicolon, tab or bar. */
export function splitLine(line: string, separator: string): string[] {
  if (!line.includes('"')) return line.split(separator).map((cell) => cell.trim());
  const cells: string[] = [];
  let cell = '';
  let isQuoted = false;
  for (let i = 0; i < line.length; i++) {
    const c = line[i];
    if (isQuoted) {
      if (c !== '"') cell += c;
      else if (line[i + 1] === '"') cell += line[++i];
      else isQuoted = false;
    } else if (c === '"' && cell.trim() === '') {
      isQuoted = true;
      cell = '';
    } else if (c === separator) {
      cells.push(cell.trim());
      cell = '';
    } else cell += c;
  }
  cells.push(cell.trim());
  return cells;
}

/** The separator that a header line uses, or null. */
export function findSeparator(header: string): string | null {
  const counts = [',', ';', '\t', '|'].map((separator) => [separator, header.split(separator).length - 1] as const);
  const [best, count] = counts.reduce((x, y) => (y[1] > x[1] ? y : x));
  return count > 0 ? best : null;
}
