import { Copy, Ellipsis, Plus, RefreshCw, Search, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { Checkbox } from '../../ui/checkbox.tsx'
import { ContextMenu } from '../../ui/context-menu.tsx'
import { ConfirmDialog, Sends } from '../../ui/dialog.tsx'
import { Field, TextArea } from '../../ui/field.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { Menu } from '../../ui/menu.tsx'
import type { MenuItem } from '../../ui/menu-item.ts'
import { Popover } from '../../ui/popover.tsx'
import { Select } from '../../ui/select.tsx'
import { Segments, Tabs } from '../../ui/tabs.tsx'
import { toast } from '../../ui/toast.tsx'
import css from './catalogue.module.css'

export function ButtonSamples() {
  return (
    <>
      <div className={css.line}>
        <Button>Default</Button>
        <Button variant="primary">Primary</Button>
        <Button variant="danger">Delete 1,204 keys</Button>
        <Button variant="quiet">Quiet</Button>
        <Button icon={<Plus size={14} />}>With an icon</Button>
      </div>
      <div className={css.line}>
        <Button disabled>Disabled</Button>
        <Button variant="primary" busy>
          Saving
        </Button>
        <Button size="small">Small</Button>
        <Button size="small" variant="primary">
          Small
        </Button>
        <IconButton label="Refresh" shortcut="mod+r" icon={<RefreshCw size={16} />} />
        <IconButton label="Pressed" pressed icon={<Search size={16} />} />
        <IconButton label="Disabled" disabled icon={<Copy size={16} />} />
        <IconButton label="Busy" busy icon={<Copy size={16} />} />
      </div>
    </>
  )
}

const FORMATS = [
  { value: 'auto', label: 'auto', hint: 'JSON' },
  { value: 'text', label: 'text' },
  { value: 'hex', label: 'hex' },
  { value: 'gzip', label: 'gzip', disabled: true },
] as const

export function FieldSamples() {
  const [text, setText] = useState('user:*')
  const [format, setFormat] = useState<(typeof FORMATS)[number]['value']>('auto')
  const [isOn, setOn] = useState(true)
  return (
    <>
      <Field label="Name" value={text} onValueChange={setText} hint="A hint stands here until something is wrong." />
      <Field label="Port" value="99999" onValueChange={() => {}} mono error="1 to 65535" />
      <Field
        aria-label="Filter keys"
        placeholder="filter keys…"
        icon={<Search size={14} />}
        mono
        value=""
        onValueChange={() => {}}
      />
      <Field label="Disabled" value="cannot be changed" disabled onValueChange={() => {}} />
      <TextArea label="Text" mono rows={2} value={'two\nlines'} onValueChange={() => {}} />
      <div className={css.line}>
        <Select label="Format" prefix="format:" value={format} onValueChange={setFormat} options={FORMATS} />
        <Select label="Format" size="small" value={format} onValueChange={setFormat} options={FORMATS} />
        <Select label="Format" quiet value={format} onValueChange={setFormat} options={FORMATS} />
        <Select label="Format" disabled value={format} onValueChange={setFormat} options={FORMATS} />
        <Checkbox label="Checked" checked={isOn} onCheckedChange={setOn} />
        <Checkbox label="Mixed" checked={false} indeterminate onCheckedChange={() => {}} />
        <Checkbox label="Disabled" checked={false} disabled onCheckedChange={() => {}} />
      </div>
    </>
  )
}

export function TabSamples() {
  const [tab, setTab] = useState('browser')
  const [view, setView] = useState('table')
  return (
    <div className={css.line} style={{ height: 40, gap: 24 }}>
      <Tabs
        label="Pages"
        value={tab}
        onValueChange={setTab}
        items={[
          { value: 'browser', label: 'Browser' },
          { value: 'console', label: 'Console' },
          { value: 'profiler', label: 'Profiler', disabled: true },
        ]}
      />
      <Segments
        label="View"
        value={view}
        onValueChange={setView}
        items={[
          { value: 'table', label: 'table' },
          { value: 'raw', label: 'raw' },
        ]}
      />
    </div>
  )
}

const MENU: readonly MenuItem[] = [
  { id: 'copy', label: 'Copy name', icon: <Copy size={14} />, shortcut: 'mod+c', perform: () => {} },
  { id: 'rename', label: 'Rename…', shortcut: 'f2', perform: () => {} },
  { id: 'off', label: 'Not now', disabled: true, perform: () => {} },
  { kind: 'separator', id: 'line' },
  { kind: 'check', id: 'wrap', label: 'Wrap lines', checked: true, onCheckedChange: () => {} },
  { kind: 'separator', id: 'line2' },
  { id: 'delete', label: 'Delete…', icon: <Trash2 size={14} />, shortcut: 'delete', danger: true, perform: () => {} },
]

export function FloatingSamples() {
  const [isOpen, setOpen] = useState(false)
  return (
    <div className={css.line}>
      <Menu trigger={<IconButton label="Menu" icon={<Ellipsis size={16} />} />} items={MENU} />
      <ContextMenu items={MENU}>
        <Button>Right-click me</Button>
      </ContextMenu>
      <Popover trigger={<Button>Popover</Button>} title="Latency">
        The last PING took 0.214 ms, there and back.
      </Popover>
      <Button onClick={() => setOpen(true)}>Dialog</Button>
      <Button onClick={() => toast({ kind: 'ok', title: 'Copied', description: 'redis://127.0.0.1:6379' })}>
        Toast
      </Button>
      <Button
        onClick={() =>
          toast({
            kind: 'error',
            title: 'user:1042 was not renamed',
            description: 'A key of that name exists.',
            action: { label: 'Show it', perform: () => {} },
          })
        }
      >
        Error toast
      </Button>
      <ConfirmDialog
        open={isOpen}
        onOpenChange={setOpen}
        title="Delete user:1042?"
        action="Delete 1 key"
        danger
        onConfirm={() => setOpen(false)}
      >
        <p>A hash of 214 fields, 18.2 KiB.</p>
        <Sends commands={['UNLINK user:1042']} />
      </ConfirmDialog>
    </div>
  )
}
