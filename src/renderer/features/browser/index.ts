export { BrowserPage } from './browser-page.tsx'
