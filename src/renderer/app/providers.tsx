import { Tooltip } from '@base-ui/react/tooltip'
import { QueryClientProvider, useQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect, useMemo } from 'react'
import { Router } from 'wouter'
import { useHashLocation } from 'wouter/use-hash-location'
import { queryClient } from '../api/query-client.ts'
import { changeSettings, followSettings, settingsQuery, useSettings } from '../api/settings.ts'
import { DensityContext } from '../ui/density.ts'
import { type PaneSizes, PaneSizesContext } from '../ui/pane-sizes.ts'
import { Toasts } from '../ui/toast.tsx'
import { useLook } from './theme.ts'

export function Providers({ children }: { readonly children: ReactNode }) {
  return (
    <QueryClientProvider client={queryClient}>
      {/* Hash routes work alike under app:// and http://, and a reload never asks the host for a page it lacks. */}
      <Router hook={useHashLocation}>
        <Tooltip.Provider delay={400}>
          <Preferences>{children}</Preferences>
          <Toasts />
        </Tooltip.Provider>
      </Router>
    </QueryClientProvider>
  )
}

function Preferences({ children }: { readonly children: ReactNode }) {
  useEffect(() => followSettings(), [])
  useLook()
  const { density } = useSettings()
  const { isPending } = useQuery(settingsQuery)
  const paneSizes = useMemo<PaneSizes>(
    () => ({
      read: (id) => queryClient.getQueryData(settingsQuery.queryKey)?.panes[id],
      write: (id, sizes) => {
        const panes = queryClient.getQueryData(settingsQuery.queryKey)?.panes ?? {}
        // Sizes are a convenience: if they cannot be kept now, the next drag tries again.
        changeSettings({ panes: { ...panes, [id]: [...sizes] } }).catch(() => {})
      },
    }),
    [],
  )
  return (
    <DensityContext value={density}>
      <PaneSizesContext value={paneSizes}>
        {/* Panes read their sizes when first drawn, so nothing is drawn before the settings are there (or failed). */}
        {!isPending && children}
      </PaneSizesContext>
    </DensityContext>
  )
}
