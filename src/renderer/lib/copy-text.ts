/** Puts `text` on the clipboard; false where the browser forbids it. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    // Refused by the user or by the browser's policy: the caller says so.
    return false
  }
}
