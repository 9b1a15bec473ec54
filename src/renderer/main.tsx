import '@fontsource-variable/inter'
import '@fontsource-variable/jetbrains-mono'
import './ui/tokens.css'
import './ui/base.css'
import { createRoot } from 'react-dom/client'
import { connectBackend } from './api/backend.ts'
import { App } from './app/app.tsx'
import { showRememberedLook } from './app/theme.ts'

showRememberedLook()
connectBackend()

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
createRoot(root).render(<App />)
