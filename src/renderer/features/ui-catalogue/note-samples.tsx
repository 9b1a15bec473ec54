import { Inbox } from 'lucide-react'
import { BADGE_HUES, Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { Kbd } from '../../ui/kbd.tsx'
import { Progress } from '../../ui/progress.tsx'
import { Stat } from '../../ui/stat.tsx'
import { StatusBar, StatusButton, StatusSpacer, StatusText } from '../../ui/status-bar.tsx'
import css from './catalogue.module.css'

const SWATCHES = [
  'bg',
  'surface',
  'raised',
  'inset',
  'hover',
  'pressed',
  'selected',
  'line',
  'line-strong',
  'text',
  'text-2',
  'text-3',
  'accent',
  'accent-fill',
  'ok',
  'warn',
  'danger',
  'env-development',
  'env-staging',
  'env-production',
] as const

export function TokenSamples() {
  return (
    <>
      <div className={css.swatches}>
        {SWATCHES.map((name) => (
          <span key={name} className={css.swatch}>
            <i style={{ backgroundColor: `var(--${name})` }} />
            {name}
          </span>
        ))}
      </div>
      <div className={css.line} style={{ gap: 16 }}>
        <span style={{ font: 'var(--type-title)' }}>Title 15/20</span>
        <span>Interface 13/18</span>
        <span style={{ font: 'var(--type-small)', color: 'var(--text-2)' }}>Secondary 12/16</span>
        <span className={css.mono}>user:1042 0123456789</span>
      </div>
    </>
  )
}

const CODES = ['ST', 'HA', 'LI', 'SE', 'ZS', 'SM', 'JS', 'TS', 'BF', 'VS', '??'] as const

export function BadgeSamples() {
  return (
    <>
      <div className={css.line}>
        {BADGE_HUES.map((hue, index) => (
          <Badge key={hue} hue={hue} code title={hue}>
            {CODES[index]}
          </Badge>
        ))}
        <Badge outline>json</Badge>
        <Badge hue="hash">hash</Badge>
      </div>
      <div className={css.line} style={{ gap: 16 }}>
        <Kbd keys="mod+k" />
        <Kbd keys="shift+delete" />
        <Kbd keys="?" />
        <Stat label="memory" value="18.2 MiB" exact="19,084,083 bytes" />
        <Stat label="ops/s" value="1.2 M" exact="1,204,311" />
      </div>
    </>
  )
}

export function NoteSamples() {
  return (
    <>
      <ErrorNote
        what="127.0.0.1:6390 refuses the connection"
        todo="Nothing listens there. Start the server, or correct the port."
        words="connect ECONNREFUSED 127.0.0.1:6390"
        actions={<Button size="small">Try again</Button>}
      />
      <ErrorNote tone="warning" what="Counts are partial" todo="The scan was paused at 412,000 keys." />
      <Progress label="Scanning" value={0.41} detail="412,000 of about 1.2 M, 61,000/s" />
      <Progress label="Scanning" value={null} detail="412,000, 61,000/s" />
      <div className={css.box} style={{ height: 150 }}>
        <EmptyState
          icon={<Inbox size={20} />}
          title="No key matches user:*:cart"
          actions={<Button size="small">Clear the filter</Button>}
        >
          <code>*</code> stands for any text, <code>?</code> for one character.
        </EmptyState>
      </div>
    </>
  )
}

export function StatusSamples() {
  return (
    <>
      <StatusBar>
        <StatusButton>development</StatusButton>
        <StatusButton>0.21 ms</StatusButton>
        <StatusText>2.1 M keys, all scanned</StatusText>
        <StatusSpacer />
        <StatusButton>1,204 commands sent</StatusButton>
      </StatusBar>
      <StatusBar tint="production">
        <StatusButton>PRODUCTION</StatusButton>
        <StatusButton>read-only</StatusButton>
        <StatusText>412,000 of about 2.1 M keys</StatusText>
        <StatusSpacer />
        <StatusButton>1,204 commands sent</StatusButton>
      </StatusBar>
    </>
  )
}
