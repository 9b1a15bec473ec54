/*
 * RDB: the numbers of the format, by their meaning. The facts are those of the
 * files that Redis up to 8.8 and Valkey up to 9.1 write.
 *
 * A LENGTH, in its first byte's top bits:
 *
 *   00xxxxxx                   0 to 63
 *   01xxxxxx +1                to 16383, high bits first
 *   10000000 +4, 10000001 +8   32 and 64 bits, big endian
 *   11xxxxxx                   no length but a string in another form: STRING_INT8 ...
 *
 * A STRING is a length and so many bytes, or an integer of 1, 2 or 4 bytes, little
 * endian, whose decimal text it stands for, or LZF: the lengths of the compressed
 * and of the plain bytes, and the compressed ones.
 */

/** What every Redis since 7.2 and every Valkey reads. */
export const RDB_VERSION = 11
/** What Redis 7.0 reads: it has no listpacks of sets, and no times at which consumers were active. */
export const RDB_VERSION_7_0 = 10
/** Valkey 9's own line, for hashes whose fields expire. */
export const VALKEY_VERSION = 80

export const LENGTH_14 = 0x40
export const LENGTH_32 = 0x80
export const LENGTH_64 = 0x81
export const STRING_INT8 = 0xc0
export const STRING_INT16 = 0xc1
export const STRING_INT32 = 0xc2
export const STRING_LZF = 0xc3

/** Types of values. */
export const RDB_STRING = 0
export const RDB_LIST = 1
export const RDB_SET = 2
export const RDB_ZSET_TEXT = 3
export const RDB_HASH = 4
export const RDB_ZSET = 5
export const RDB_HASH_ZIPMAP = 9
export const RDB_LIST_ZIPLIST = 10
export const RDB_SET_INTSET = 11
export const RDB_ZSET_ZIPLIST = 12
export const RDB_HASH_ZIPLIST = 13
export const RDB_LIST_QUICKLIST = 14
export const RDB_STREAM_1 = 15
export const RDB_HASH_LISTPACK = 16
export const RDB_ZSET_LISTPACK = 17
export const RDB_LIST_QUICKLIST_2 = 18
export const RDB_STREAM_2 = 19
export const RDB_SET_LISTPACK = 20
export const RDB_STREAM_3 = 21
export const RDB_HASH_VALKEY = 22
/** Of release candidates of Redis 7.4, under the number that Valkey gave to a form of its own. */
export const RDB_HASH_CANDIDATE = 22
export const RDB_HASH_LISTPACK_CANDIDATE = 23
export const RDB_HASH_REDIS = 24
export const RDB_HASH_LISTPACK_REDIS = 25
export const RDB_STREAM_4 = 26
export const RDB_STREAM_5 = 27
export const RDB_ARRAY = 28

/** Containers of a quicklist's nodes. */
export const NODE_PLAIN = 1
export const NODE_PACKED = 2

/** What stands where a form could: everything of a file that is not a key. */
export const OP_SLOT_IMPORT_OR_KEY_META = 243
export const OP_SLOT_INFO = 244
export const OP_FUNCTION = 245
export const OP_FUNCTION_OLD = 246
export const OP_MODULE_AUX = 247
export const OP_IDLE = 248
export const OP_FREQUENCY = 249
export const OP_AUX = 250
export const OP_RESIZE = 251
export const OP_EXPIRY_MS = 252
export const OP_EXPIRY_SECONDS = 253
export const OP_SELECT = 254
export const OP_END = 255

export const RDB_MODULE = 7
/** What modules write, in pieces that say what they are. */
export const MODULE_END = 0
export const MODULE_SIGNED = 1
export const MODULE_UNSIGNED = 2
export const MODULE_FLOAT = 3
export const MODULE_DOUBLE = 4
export const MODULE_STRING = 5

/** What the elements of arrays are: integers and floating-point numbers have 8 bytes, little endian. */
export const ARRAY_STRING = 0
export const ARRAY_INTEGER = 1
export const ARRAY_DOUBLE = 2
export const ARRAY_SHORT_STRING = 3
