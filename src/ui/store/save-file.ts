/** Hands a file to the browser's own download: nothing is asked of any server. */
export function saveFile(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = safeName(name);
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Names of members and captures are anybody's text. */
export function safeName(name: string): string {
  return name
    .replaceAll('→', '-to-')
    .replace(/[^\w.-]+/g, '-')
    .replace(/^[-.]+|-+$/g, '')
    .slice(0, 120);
}
