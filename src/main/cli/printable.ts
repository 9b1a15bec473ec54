/*
 * Text of a server on its way to a terminal, which takes some characters for orders:
 * to clear the screen, to change what was printed before, to type.
 */

/** Control and format characters (those that turn the direction of text are among them), and breaks of lines. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** The same, with those as escapes that JSON knows too. */
export const printable = (text: string): string => text.replace(UNSEEN, escapeOf)

function escapeOf(character: string): string {
  const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i))
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
}
