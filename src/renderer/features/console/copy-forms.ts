/*
 * What a reply can be copied as. The whole reply, whatever the transcript shows.
 */
import { formatCli } from '../../../shared/resp/format-cli.ts'
import { bytesToUtf8 } from '../../../shared/text/bytes.ts'
import { quote } from '../../../shared/text/quote.ts'
import { toJson } from './json.ts'
import type { Reply } from './reply.ts'
import { type Tabular, toCsv } from './tabular.ts'

export interface CopyForm {
  readonly id: string
  readonly label: string
  /** Made when it is asked for: a reply may be long. */
  readonly text: () => string
}

export function copyForms(reply: Reply, table: Tabular | undefined): readonly CopyForm[] {
  const { value, raw, isText } = reply
  const forms: CopyForm[] = [
    { id: 'text', label: 'Copy as redis-cli prints it', text: () => formatCli(value, { isText }) },
    { id: 'json', label: 'Copy as JSON', text: () => toJson(value) },
    { id: 'raw', label: 'Copy the RESP bytes, escaped', text: () => quote(raw) },
  ]
  if (table) forms.splice(1, 0, { id: 'csv', label: 'Copy as CSV', text: () => toCsv(table) })
  if (value.type === 'bulk' || value.type === 'verbatim') {
    const text = bytesToUtf8(value.bytes)
    if (text !== undefined) forms.unshift({ id: 'value', label: 'Copy the string', text: () => text })
  }
  return forms
}
