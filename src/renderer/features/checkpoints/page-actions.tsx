import { Clock, GitBranch, History, Plus, RotateCw, Trash2 } from 'lucide-react'
import type { Checkpoint } from '../../../shared/contract/checkpoints.ts'
import { copyText } from '../../lib/copy-text.ts'
import type { Action } from '../../ui/actions.ts'
import type { MenuItem } from '../../ui/menu-item.ts'

/** Everything that changes data begins with a dialog, which says what is sent. */
export type OpenDialog =
  | { readonly does: 'create' }
  | { readonly does: 'rewind-to-time' }
  /** Without `from`: of the data as it is now. */
  | { readonly does: 'branch'; readonly from?: string }
  | { readonly does: 'rewind' | 'remove'; readonly checkpoint: Checkpoint }

type Open = (dialog: OpenDialog) => void

/** What can be done with one checkpoint: the lines of its menu. */
export const menuOf = (checkpoint: Checkpoint, open: Open): readonly MenuItem[] => [
  {
    id: 'rewind',
    label: 'Rewind to it…',
    icon: <History size={14} />,
    shortcut: 'enter',
    disabled: checkpoint.problem !== undefined,
    perform: () => open({ does: 'rewind', checkpoint }),
  },
  {
    id: 'branch',
    label: 'Branch from it…',
    icon: <GitBranch size={14} />,
    disabled: checkpoint.problem !== undefined,
    perform: () => open({ does: 'branch', from: checkpoint.name }),
  },
  { id: 'copy', label: 'Copy the name', perform: () => void copyText(checkpoint.name) },
  { kind: 'separator', id: 'line' },
  {
    id: 'remove',
    label: 'Delete…',
    icon: <Trash2 size={14} />,
    shortcut: 'delete',
    danger: true,
    perform: () => open({ does: 'remove', checkpoint }),
  },
]

interface PageDoes {
  /** Offers to go back to a time. */
  readonly keepsTimes: boolean
  readonly open: Open
  readonly refresh: () => void
}

/** For the palette and the keyboard; `active` is the checkpoint on which the list stands. */
export function pageActions(
  active: Checkpoint | undefined,
  { keepsTimes, open, refresh }: PageDoes,
): readonly Action[] {
  const group = 'Checkpoints'
  const always: readonly Action[] = [
    {
      id: 'checkpoints.create',
      group,
      label: 'Checkpoint now',
      icon: <Plus size={14} />,
      shortcut: 'n',
      perform: () => open({ does: 'create' }),
    },
    {
      id: 'checkpoints.branch',
      group,
      label: 'Branch from now',
      icon: <GitBranch size={14} />,
      shortcut: 'b',
      perform: () => open({ does: 'branch' }),
    },
    {
      id: 'checkpoints.rewind-to-time',
      group,
      label: 'Rewind to a time',
      icon: <Clock size={14} />,
      shortcut: 't',
      when: () => keepsTimes,
      perform: () => open({ does: 'rewind-to-time' }),
    },
    {
      id: 'checkpoints.refresh',
      group,
      label: 'Look again at the checkpoints',
      icon: <RotateCw size={14} />,
      shortcut: 'r',
      perform: refresh,
    },
  ]
  if (!active) return always
  const isSound = (): boolean => active.problem === undefined
  return [
    ...always,
    {
      id: 'checkpoints.rewind',
      group,
      label: `Rewind to ${active.name}`,
      icon: <History size={14} />,
      when: isSound,
      perform: () => open({ does: 'rewind', checkpoint: active }),
    },
    {
      id: 'checkpoints.branch-from',
      group,
      label: `Branch from ${active.name}`,
      icon: <GitBranch size={14} />,
      when: isSound,
      perform: () => open({ does: 'branch', from: active.name }),
    },
    {
      id: 'checkpoints.remove',
      group,
      label: `Delete the checkpoint ${active.name}`,
      icon: <Trash2 size={14} />,
      perform: () => open({ does: 'remove', checkpoint: active }),
    },
  ]
}
