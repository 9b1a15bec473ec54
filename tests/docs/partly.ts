/*
 * Commands that are there but not whole, and what they lack. Everything that a
 * user could ask of a command and that it refuses belongs here, in a few words.
 */
export const PARTLY: Readonly<Record<string, string>> = {
  'CLIENT KILL': 'the filters that came with Valkey 9 (`NAME`, `IDLE`, `FLAGS`, `NOT-*` ...)',
  'CLIENT LIST': 'filters other than `TYPE` and `ID`',
  'CLIENT TRACKINGINFO': 'there is no tracking to tell about',
  DEBUG: 'all but the subcommands that `DEBUG HELP` lists',
  INFO: 'the sections `latencystats` and `keysizes`',
  SHUTDOWN: '`SAFE` and `FAILOVER`',
  WAIT: 'there are no replicas to wait for',
}
