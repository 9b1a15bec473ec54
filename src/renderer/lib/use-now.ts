import { useEffect, useState } from 'react'

/** The clock, for what is shown relative to it; renders again every `everyMs`. */
export function useNow(everyMs: number = 1000): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}
