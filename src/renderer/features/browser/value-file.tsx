import { FileDown, FileUp } from 'lucide-react'
import { useRef } from 'react'
import { VALUE_SIZE_MAX } from '../../../shared/contract/types.ts'
import { formatBytes } from '../../lib/format-bytes.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { toast } from '../../ui/toast.tsx'

export interface ValueFileProps {
  /** What the file is called after. */
  readonly name: string
  readonly bytes: Uint8Array
  /** The bytes of a file that was chosen; nothing is sent yet. */
  readonly onReplace: (bytes: Uint8Array) => void
}

/** The value to a file and back, to the byte: for what no editor here can show, or is too long for one. */
export function ValueFile({ name, bytes, onReplace }: ValueFileProps) {
  const input = useRef<HTMLInputElement>(null)
  const take = async (file: File): Promise<void> => {
    if (file.size > VALUE_SIZE_MAX) {
      const description = `It has ${formatBytes(file.size)}; at most ${formatBytes(VALUE_SIZE_MAX)} are written at once.`
      toast({ kind: 'error', title: `${file.name} is too large`, description })
      return
    }
    onReplace(new Uint8Array(await file.arrayBuffer()))
  }
  return (
    <>
      <IconButton
        label="Save to a file"
        size="small"
        icon={<FileDown size={14} />}
        onClick={() => saveFile(fileName(name), bytes)}
      />
      <IconButton
        label="Replace from a file"
        size="small"
        icon={<FileUp size={14} />}
        onClick={() => input.current?.click()}
      />
      <input
        ref={input}
        type="file"
        hidden
        aria-label="File to replace the value with"
        onChange={(event) => {
          const [file] = event.target.files ?? []
          if (file) {
            take(file).catch((error: Error) =>
              toast({ kind: 'error', title: `${file.name} could not be read`, description: error.message }),
            )
          }
          // The same file can be chosen again.
          event.target.value = ''
        }}
      />
    </>
  )
}

function saveFile(name: string, bytes: Uint8Array): void {
  const url = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>]))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The download has its own hold on the bytes once it has begun.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

const NAME_MAX = 80

/** What every system takes as the name of a file. */
const fileName = (name: string): string => `${name.replaceAll(/[^\w.-]+/g, '_').slice(0, NAME_MAX)}.bin`
