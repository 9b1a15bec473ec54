/*
 * Who we say we are. Clients compare `redis_version` to decide what they may
 * use, so that one is the Redis whose commands and replies we speak, not our own.
 */
export const KEYSTEAD_VERSION = '0.1.0'
export const REDIS_VERSION = '7.2.4'
