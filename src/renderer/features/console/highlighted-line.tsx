import { highlightWords } from './highlight.ts'
import css from './transcript.module.css'

/** Values pasted into a command can be long; their head says enough in a transcript. */
const LENGTH_MAX = 2_000

export function HighlightedLine({ line }: { readonly line: string }) {
  const shown = line.length > LENGTH_MAX ? line.slice(0, LENGTH_MAX) : line
  const words = highlightWords(shown)
  return (
    <>
      {words.map(({ from, to, kind }, i) => (
        <span key={from}>
          {shown.slice(words[i - 1]?.to ?? 0, from)}
          <span className={css[`w-${kind}`]}>{shown.slice(from, to)}</span>
        </span>
      ))}
      {line.length > LENGTH_MAX && (
        <span
          className={css.omittedText}
        >{` (${(line.length - LENGTH_MAX).toLocaleString('en-US')} more characters)`}</span>
      )}
    </>
  )
}
