/** Where the page of one file keeps a report: a data block, which the page looks for when it starts. */

export const REPORT_BLOCK_ID = 'lacpviz-report';
const SAMPLES_BLOCK = /<script type="application\/json" id="lacpviz-samples">[^<]*<\/script>\s*/;
const BODY_END = '</body>';

/** The page before and after the report's text (base64), without the samples that only readers of their own need; null if it is another page. */
export function splitReportPage(html: string): { readonly head: string; readonly tail: string } | null {
  const page = html.replace(SAMPLES_BLOCK, '');
  const end = page.lastIndexOf(BODY_END);
  if (end < 0) return null;
  return { head: `${page.slice(0, end)}<script type="text/plain" id="${REPORT_BLOCK_ID}">`, tail: `</script>\n  ${page.slice(end)}` };
}
