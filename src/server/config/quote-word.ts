/*
 * A word as it stands in a configuration file.
 */

/** A word that `splitWords` reads back as it is. */
export function quoteWord(text: string): string {
  if (/^[!$-&(-~]+$/.test(text)) return text
  const escaped = text.replace(/[\\"]/g, '\\$&').replace(/[^ -~]/g, (c) => {
    return `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`
  })
  return `"${escaped}"`
}
