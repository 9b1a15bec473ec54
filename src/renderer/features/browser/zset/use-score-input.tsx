import { type ReactNode, useState } from 'react'
import { Field } from '../../../ui/field.tsx'
import css from '../browser.module.css'
import { positionOf, readLatitude, readLongitude, scoreOfPosition, type TypedDegrees } from './geo-score.ts'
import { readScore, type TypedScore } from './scores.ts'

export interface ScoreInput {
  readonly score: TypedScore
  readonly fields: ReactNode
}

interface ScoreInputOptions {
  /** What stands there at first; '' is nothing. */
  readonly initial: string
  /** The score is one of a place: longitude and latitude are typed. */
  readonly isPlace: boolean
  readonly autoFocus?: boolean
}

/** A score to type, as a number or as the place it stands for. */
export function useScoreInput({ initial, isPlace, autoFocus }: ScoreInputOptions): ScoreInput {
  const [typed, setTyped] = useState(isPlace ? '' : initial)
  const [place, setPlace] = useState(() => {
    const position = isPlace ? positionOf(initial) : undefined
    return { longitude: String(position?.longitude ?? ''), latitude: String(position?.latitude ?? '') }
  })
  if (!isPlace) {
    const score = readScore(typed)
    return {
      score,
      fields: (
        <Field
          label="Score"
          mono
          autoFocus={autoFocus}
          onFocus={(event) => event.target.select()}
          value={typed}
          onValueChange={setTyped}
          error={score.state === 'wrong' ? score.why : undefined}
          hint={(score.state === 'ok' && score.note) || 'A number, inf or -inf.'}
        />
      ),
    }
  }
  const [longitude, latitude] = [readLongitude(place.longitude), readLatitude(place.latitude)]
  return {
    score: scoreOfTyped(longitude, latitude),
    fields: (
      <div className={css.formColumns}>
        <Field
          label="Longitude"
          mono
          autoFocus={autoFocus}
          value={place.longitude}
          onValueChange={(text) => setPlace((old) => ({ ...old, longitude: text }))}
          error={longitude.state === 'wrong' ? longitude.why : undefined}
          hint="Degrees to the east; to the west with a minus."
        />
        <Field
          label="Latitude"
          mono
          value={place.latitude}
          onValueChange={(text) => setPlace((old) => ({ ...old, latitude: text }))}
          error={latitude.state === 'wrong' ? latitude.why : undefined}
          hint="Degrees to the north; to the south with a minus."
        />
      </div>
    ),
  }
}

function scoreOfTyped(longitude: TypedDegrees, latitude: TypedDegrees): TypedScore {
  if (longitude.state === 'wrong') return longitude
  if (latitude.state === 'wrong') return latitude
  if (longitude.state === 'empty' || latitude.state === 'empty') return { state: 'empty' }
  return { state: 'ok', score: scoreOfPosition({ longitude: longitude.degrees, latitude: latitude.degrees }) }
}
