import { useQuery } from '@tanstack/react-query'
import { X } from 'lucide-react'
import { useState } from 'react'
import type { CommandDoc } from '../../../shared/command-docs/doc.ts'
import { usageOf } from '../../../shared/command-docs/usage.ts'
import { toFailure } from '../../api/backend.ts'
import { FailureNote } from '../../ui/error-note.tsx'
import { Field } from '../../ui/field.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import css from './console.module.css'
import { docsQuery } from './queries.ts'

interface DocsPaneProps {
  readonly sessionId: string
  /** The command at the caret, or the one that was asked for. */
  readonly name: string | undefined
  readonly onClose: () => void
}

/** What is known of a command, without leaving the keyboard or the machine. */
export function DocsPane({ sessionId, name, onClose }: DocsPaneProps) {
  const { data, error } = useQuery(docsQuery(sessionId))
  const [query, setQuery] = useState('')
  const [chosen, setChosen] = useState<string>()
  const doc = data?.byName.get(chosen ?? name ?? '')
  return (
    <aside className={css.docs} aria-label="Command documentation">
      <header className={css.docsHead}>
        <Field
          aria-label="Find a command"
          placeholder="Find a command"
          value={query}
          onValueChange={setQuery}
          className={css.docsFind}
        />
        <IconButton label="Close" shortcut="f1" size="small" icon={<X size={14} />} onClick={onClose} />
      </header>
      <div className={css.docsBody} data-selectable="">
        {error !== null && <FailureNote failure={toFailure(error)} />}
        {data && query !== '' && (
          <Found
            commands={[...data.byName.values()]}
            query={query}
            onChoose={(found) => {
              setChosen(found)
              setQuery('')
            }}
          />
        )}
        {query === '' && doc && <Doc doc={doc} subcommands={subcommandsOf(data?.byName, doc)} onChoose={setChosen} />}
        {query === '' && data && !doc && (
          <p className={css.docsNothing}>
            {name
              ? `${name} is not among the commands of this server.`
              : 'Type a command, and what is known of it is shown here.'}
          </p>
        )}
        {data?.source === 'built-in' && <p className={css.docsNothing}>{data.why}</p>}
      </div>
    </aside>
  )
}

interface DocProps {
  readonly doc: CommandDoc
  readonly subcommands: readonly CommandDoc[]
  readonly onChoose: (name: string) => void
}

function Doc({ doc, subcommands, onChoose }: DocProps) {
  const usage = usageOf(doc.args)
  return (
    <>
      <h2 className={css.docsName}>{doc.name}</h2>
      {doc.summary && <p>{doc.summary}</p>}
      {!doc.isContainer && <pre className={css.docsUsage}>{`${doc.name}${usage === '' ? '' : ` ${usage}`}`}</pre>}
      <dl className={css.docsFacts}>
        <dt>group</dt>
        <dd>{doc.group}</dd>
        {doc.since && (
          <>
            <dt>since</dt>
            <dd>{doc.since}</dd>
          </>
        )}
        {doc.complexity && (
          <>
            <dt>cost</dt>
            <dd>{doc.complexity}</dd>
          </>
        )}
        {doc.deprecatedSince && (
          <>
            <dt>deprecated</dt>
            <dd>{`since ${doc.deprecatedSince}${doc.replacedBy ? `; use ${doc.replacedBy.replaceAll('`', '')}` : ''}`}</dd>
          </>
        )}
      </dl>
      {subcommands.length > 0 && <Names commands={subcommands} onChoose={onChoose} />}
    </>
  )
}

function Found({
  commands,
  query,
  onChoose,
}: {
  readonly commands: readonly CommandDoc[]
  readonly query: string
  readonly onChoose: (name: string) => void
}) {
  const words = query.toLowerCase().split(/\s+/)
  const found = commands.filter(({ name, summary = '', group }) => {
    const text = `${name} ${group} ${summary}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
  // Those whose name begins with what was typed come first.
  found.sort((a, b) => rank(a, query) - rank(b, query))
  if (found.length === 0) return <p className={css.docsNothing}>No command of this server matches.</p>
  return <Names commands={found} onChoose={onChoose} />
}

const rank = ({ name }: CommandDoc, query: string): number => (name.startsWith(query.toUpperCase()) ? 0 : 1)

function Names({
  commands,
  onChoose,
}: {
  readonly commands: readonly CommandDoc[]
  readonly onChoose: (name: string) => void
}) {
  return (
    <ul className={css.docsNames}>
      {commands.map(({ name, summary }) => (
        <li key={name}>
          <button type="button" onClick={() => onChoose(name)}>
            <code>{name}</code>
            <span>{summary}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}

function subcommandsOf(byName: ReadonlyMap<string, CommandDoc> | undefined, doc: CommandDoc): CommandDoc[] {
  if (!byName || !doc.isContainer) return []
  return [...byName.values()].filter(({ name }) => name.startsWith(`${doc.name} `))
}
