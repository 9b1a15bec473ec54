import { Component, type ReactNode } from 'react'
import { Button } from '../ui/button.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import css from './layout.module.css'

interface Props {
  readonly children: ReactNode
}

/** A fault of ours in one page leaves the frame standing, so that the user can go elsewhere. */
export class ErrorBoundary extends Component<Props, { readonly error: Error | null }> {
  override state: { readonly error: Error | null } = { error: null }

  static getDerivedStateFromError(error: Error) {
    return { error }
  }

  override render(): ReactNode {
    const { error } = this.state
    if (!error) return this.props.children
    return (
      <div className={css.fault}>
        <ErrorNote
          what="This page of Keystead has a fault and cannot be drawn"
          todo="Your data is not touched. Draw the page again, or reload the window; if the fault stays, please report the words below."
          words={error.message}
          actions={
            <>
              <Button onClick={() => this.setState({ error: null })}>Draw again</Button>
              <Button variant="quiet" onClick={() => location.reload()}>
                Reload the window
              </Button>
            </>
          }
        />
      </div>
    )
  }
}
