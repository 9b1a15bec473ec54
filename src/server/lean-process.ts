/*
 * Keeps V8 from holding memory that could be data, and what that costs small.
 *
 * Its young generation stays at the size it starts with. The server makes next to
 * no objects, so a bigger one would only hold pages (1.2 bytes per key at 5 M keys)
 * and make a scavenge longer.
 *
 * The compiler between the baseline and the optimizing one is off: what is hot is
 * optimized anyway, and what a compilation works in stays with its thread (5 bytes
 * for each of half a million small hashes). A function would then stay in the baseline
 * until its 3000th call, through most of the load of a file: the 1000th is enough (a
 * fifth off the time in which a stream of 1.5 M entries is loaded).
 *
 * Imported for its effect by what starts a process of its own, before the rest.
 */
import { setFlagsFromString } from 'node:v8'

setFlagsFromString('--semi-space-growth-factor=1')
setFlagsFromString('--no-maglev')
setFlagsFromString('--invocation-count-for-turbofan=1000')
