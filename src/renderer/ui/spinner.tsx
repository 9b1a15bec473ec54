import css from './spinner.module.css'

/** Says only that something runs. Where it is known how far it is, use Progress. */
export function Spinner() {
  return <span className={css.spinner} aria-hidden="true" />
}
