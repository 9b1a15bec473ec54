/*
 * Commands that are there but not whole, and what they lack. Everything that a
 * user could ask of a command and that it refuses belongs here, in a few words.
 */
export const PARTLY: Readonly<Record<string, string>> = {
  'CLIENT TRACKINGINFO': 'there is no tracking to tell about',
  DEBUG: 'all but the subcommands that `DEBUG HELP` lists',
  INFO: 'the sections `latencystats` and `keysizes`, and fields about what is not there',
  SHUTDOWN: '`SAFE` and `FAILOVER`',
  WAIT: 'there are no replicas to wait for',
}
