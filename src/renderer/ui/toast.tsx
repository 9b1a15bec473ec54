import { Toast as Base } from '@base-ui/react/toast'
import { clsx } from 'clsx'
import { CircleAlert, CircleCheck, Info, X } from 'lucide-react'
import { Button } from './button.tsx'
import floating from './floating.module.css'
import { IconButton } from './icon-button.tsx'
import css from './toast.module.css'

const manager = Base.createToastManager()

export interface ToastMessage {
  readonly kind?: 'info' | 'ok' | 'error'
  readonly title: string
  readonly description?: string
  readonly action?: { readonly label: string; readonly perform: () => void }
}

/**
 * Tells the outcome of something whose place on screen is gone. Whatever has a
 * place (a field, a panel) tells it there instead. Errors stay until closed.
 */
export function toast({ kind = 'info', title, description, action }: ToastMessage): void {
  const id = manager.add({
    type: kind,
    title,
    description,
    timeout: kind === 'error' ? 0 : 5000,
    priority: kind === 'error' ? 'high' : 'low',
    actionProps: action && {
      children: action.label,
      onClick: () => {
        manager.close(id)
        action.perform()
      },
    },
  })
}

/** Once, in the app's providers. */
export function Toasts() {
  return (
    <Base.Provider toastManager={manager} limit={4}>
      <Base.Portal>
        <Base.Viewport className={css.viewport}>
          <ToastList />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  )
}

function ToastList() {
  const { toasts } = Base.useToastManager()
  return toasts.map((item) => (
    <Base.Root key={item.id} toast={item} className={clsx(floating.popup, css.toast)} swipeDirection="right">
      <Mark type={item.type} />
      <div>
        <Base.Title className={css.title} render={<div />} />
        <Base.Description className={css.description} render={<div />} />
        {item.actionProps && <Base.Action render={<Button size="small" className={css.action} />} />}
      </div>
      <Base.Close render={<IconButton label="Dismiss" size="small" icon={<X size={14} />} />} />
    </Base.Root>
  ))
}

function Mark({ type }: { readonly type: string | undefined }) {
  if (type === 'ok') return <CircleCheck size={16} className={clsx(css.mark, css.ok)} aria-label="Done" />
  if (type === 'error') return <CircleAlert size={16} className={clsx(css.mark, css.error)} aria-label="Error" />
  return <Info size={16} className={css.mark} aria-label="Note" />
}
