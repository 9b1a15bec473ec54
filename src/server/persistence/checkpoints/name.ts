/*
 * Names of checkpoints and branches. Each is the name of a folder, on any system,
 * and comes from the network: so it is letters, digits, blanks and . _ - and
 * nothing that a system would take for another folder or another name.
 */
const ALLOWED = /^[A-Za-z0-9_-][A-Za-z0-9 ._-]{0,63}$/
/** What Windows takes for a device, with any ending. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d) *(?:\.|$)/i
/** Windows drops these from the end of a name, which then is another one. */
const DROPPED_AT_END = /[ .]$/

/** Whether `name` may name a checkpoint or a branch. */
export function isName(name: string): boolean {
  return ALLOWED.test(name) && !DEVICE.test(name) && !DROPPED_AT_END.test(name)
}

/** Whether two names are one on a disk that does not tell capital letters from small ones. */
export function isSameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}
