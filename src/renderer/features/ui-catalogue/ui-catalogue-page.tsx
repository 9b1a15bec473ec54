import css from './catalogue.module.css'
import { ButtonSamples, FieldSamples, FloatingSamples, TabSamples } from './control-samples.tsx'
import { ListSamples, PaneSamples, TableSamples, TreeSamples } from './data-samples.tsx'
import { BadgeSamples, NoteSamples, StatusSamples, TokenSamples } from './note-samples.tsx'

const SECTIONS = [
  { name: 'tokens', samples: TokenSamples },
  { name: 'button', samples: ButtonSamples },
  { name: 'field, select', samples: FieldSamples },
  { name: 'tabs, segments', samples: TabSamples },
  { name: 'floating', samples: FloatingSamples },
  { name: 'badge, kbd, stat', samples: BadgeSamples },
  { name: 'notes', samples: NoteSamples },
  { name: 'status bar', samples: StatusSamples },
  { name: 'tree', samples: TreeSamples },
  { name: 'list of 10 M', samples: ListSamples },
  { name: 'table', samples: TableSamples },
  { name: 'panes, code', samples: PaneSamples },
] as const

/** Every part in every state, in both themes: what a change of a token does to all of them. */
export function UiCataloguePage() {
  return (
    <div className={css.page}>
      <div className={css.themes}>
        {(['dark', 'light'] as const).map((theme) => (
          <div key={theme} className={css.theme} data-theme={theme}>
            <h2 className={css.themeName}>{theme}</h2>
            {SECTIONS.map(({ name, samples: Samples }) => (
              <section key={name} className={css.section} aria-label={`${name}, ${theme}`}>
                <h3 className={css.sectionName}>{name}</h3>
                <div className={css.stack}>
                  <Samples theme={theme} />
                </div>
              </section>
            ))}
          </div>
        ))}
      </div>
    </div>
  )
}
