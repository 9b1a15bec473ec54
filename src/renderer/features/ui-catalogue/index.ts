export { UiCataloguePage } from './ui-catalogue-page.tsx'
