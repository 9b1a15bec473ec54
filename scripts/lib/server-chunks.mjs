/*
 * How the code of src/server is cut into the files of a build: by layers, so that none
 * is 256 KiB or more. The C library's allocator takes the biggest block that it has given
 * back to the system as a hint, and from then on keeps twice as much at the end of each
 * thread's heap; the text of a file is such a block when the server starts. In one file
 * the server held 2 MiB more, which is memory that could be data.
 *
 * A layer must not import one that comes later in the list, or classes may be extended before they are there.
 */
const LAYERS = [
  ['base', /src.server.base./],
  ['structures', /src.server.(?:memory|structures|keyspace)./],
  ['types', /src.server.types./],
  ['net', /src.server.(?:config|net)./],
  ['persistence', /src.server.persistence./],
  ['exec', /src.server.exec./],
  ['commands-to-l', /src.server.commands.[a-l]/],
  ['commands-from-m', /src.server.commands.[m-z]/],
]

export const serverChunks = {
  // Else the first group that needs a module has it, which would be nearly all of them.
  includeDependenciesRecursively: false,
  groups: LAYERS.map(([name, test]) => ({ name, test })),
}
