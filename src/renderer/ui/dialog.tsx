import { Dialog as Base } from '@base-ui/react/dialog'
import { clsx } from 'clsx'
import { type FormEvent, type ReactNode, type RefObject, useEffect, useRef, useState } from 'react'
import { Button } from './button.tsx'
import css from './dialog.module.css'
import floating from './floating.module.css'

export interface DialogProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly title: ReactNode
  readonly description?: ReactNode
  readonly wide?: boolean
  /** Enter submits; the submit button belongs in `footer` as type="submit". */
  readonly onSubmit?: () => void
  readonly footer?: ReactNode
  readonly initialFocus?: RefObject<HTMLElement | null>
  readonly children?: ReactNode
}

/** For what changes data, and for little else: detail opens beside, not over. */
export function Dialog(props: DialogProps) {
  const { open, onOpenChange, title, description, wide, onSubmit, footer, initialFocus, children } = props
  useFocusBack()
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    // A form inside a portal still bubbles to the React parent; it is answered here.
    event.stopPropagation()
    onSubmit?.()
  }
  return (
    <Base.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
      <Base.Portal>
        <Base.Backdrop className={css.backdrop} />
        <Base.Viewport className={css.viewport}>
          <Base.Popup className={clsx(floating.popup, css.dialog, wide && css.wide)} initialFocus={initialFocus}>
            <Base.Title className={css.title}>{title}</Base.Title>
            {description !== undefined && (
              <Base.Description className={css.description}>{description}</Base.Description>
            )}
            <form className={css.form} onSubmit={submit} noValidate>
              <div className={css.body}>{children}</div>
              {footer !== undefined && <div className={css.footer}>{footer}</div>}
            </form>
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  )
}

/**
 * A dialog that is taken away while open cannot give the focus back by itself,
 * and most are: they are mounted for one task. What had the focus at the start
 * gets it again; where that was a line of a menu, the menu's button does.
 */
function useFocusBack(): void {
  const [opener] = useState(() => {
    const active = document.activeElement
    const menuButton = active?.closest('[role="menu"]')?.getAttribute('aria-labelledby')
    return menuButton ? document.getElementById(menuButton) : active
  })
  useEffect(
    () => () => {
      // After whatever else claims the focus on the way out.
      setTimeout(() => {
        const isLost = document.activeElement === document.body || document.activeElement === null
        if (isLost && opener instanceof HTMLElement) opener.focus()
      }, 0)
    },
    [opener],
  )
}

/** At the left end of a dialog's footer: a test result, a secondary action. */
export function DialogAside({ children }: { readonly children: ReactNode }) {
  return <div className={css.aside}>{children}</div>
}

export interface SendsProps {
  /** One command per line, quoted as redis-cli quotes. */
  readonly commands: readonly string[]
}

/** The exact commands a dialog will send. */
export function Sends({ commands }: SendsProps) {
  return (
    <div className={css.sends}>
      <div className={css.sendsLabel}>{commands.length === 1 ? 'Sends' : `Sends ${commands.length} commands`}</div>
      <pre>{commands.join('\n')}</pre>
    </div>
  )
}

export interface ConfirmDialogProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly title: ReactNode
  readonly children?: ReactNode
  /** A verb with its object: "Delete 1,204 keys". */
  readonly action: string
  readonly danger?: boolean
  readonly busy?: boolean
  readonly disabled?: boolean
  readonly onConfirm: () => void
}

export function ConfirmDialog(props: ConfirmDialogProps) {
  const { open, onOpenChange, title, children, action, danger, busy, disabled, onConfirm } = props
  const confirmButton = useRef<HTMLButtonElement>(null)
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      // Enter confirms what can be undone or repeated; what destroys data takes one key more.
      initialFocus={danger ? undefined : confirmButton}
      title={title}
      onSubmit={onConfirm}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button
            ref={confirmButton}
            type="submit"
            variant={danger ? 'danger' : 'primary'}
            busy={busy}
            disabled={disabled}
          >
            {action}
          </Button>
        </>
      }
    >
      {children}
    </Dialog>
  )
}
