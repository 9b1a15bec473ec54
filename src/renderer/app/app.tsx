import { ErrorBoundary } from './error-boundary.tsx'
import { Layout } from './layout.tsx'
import { Providers } from './providers.tsx'

export function App() {
  return (
    <ErrorBoundary>
      <Providers>
        <Layout />
      </Providers>
    </ErrorBoundary>
  )
}
