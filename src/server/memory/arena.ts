/*
 * Memory: the arena in which all keys, values and tables lie, outside the
 * JavaScript heap. Blocks are named by Refs (layout.ts) and reached through one
 * Uint32Array and one Uint8Array a segment.
 *
 *   segment   64 MiB SharedArrayBuffer = 1024 pages of 64 KiB, added on demand.
 *             The system commits its memory when a page is first touched.
 *   slab      one or a few pages cut into blocks of one size class
 *             (size-classes.ts): free blocks are linked through their first
 *             word, blocks never used yet lie behind the bump mark.
 *   run       consecutive pages as one block: 512 KiB < size <= 32 MiB
 *   huge      a segment of its own, as big as the block: > 32 MiB
 *
 * What is known about pages lies in arrays beside the segments, so that looking
 * at it never touches a cold page of data; they too are shared memory, because a
 * reader on another thread needs the sizes of blocks.
 *
 *   pageClass   0 free | 1..n size class (every page of the slab)
 *               | RUN first page of a run | RUN_TAIL its others | HUGE | RESERVED
 *   pageSpan    on a page of a slab of several pages: how many pages before it the
 *               slab begins; on the first page of a run: its number of pages
 *   pageUsed    slab: blocks in use      (this and the rest: first page only)
 *   pageFree    slab: first free block as word within the segment + 1, 0 = none
 *   pageBump    slab: word within the segment of the first block never used
 *   pageNext, pagePrev   slab: neighbours in its class's list of slabs with room
 *
 * A slab of one page that loses its last block while its class has no other slab with
 * room is kept for the next block of its class, which comes at once where a list grows
 * step by step from class to class. A segment in which nothing else is left gives its
 * kept slabs up, and so does every segment before memory is said to be exhausted.
 *
 * Accounting is exact: usedBytes is the sum of sizeOf() over all live blocks.
 * Slack within blocks counts as used, free blocks in slabs do not.
 */
import { assert } from '../base/assert.ts'
import { createHashKey, type HashKey } from '../base/siphash.ts'
import { widened } from '../base/wide-bytes.ts'
import {
  NIL,
  PAGE_BYTES,
  PAGE_WORD_SHIFT,
  PAGE_WORDS,
  type Ref,
  SEGMENT_BYTES,
  SEGMENT_PAGE_SHIFT,
  SEGMENT_PAGES,
  SEGMENT_SHIFT,
  SEGMENTS_MAX,
  WORD_MASK,
} from './layout.ts'
import { CLASS_COUNT, CLASS_WORDS, CLASS_WORDS_MAX, classOf, SPAN_BLOCKS, SPAN_PAGES } from './size-classes.ts'
import type { Witness } from './witness.ts'

const FREE = 0
const RUN = 252
const RUN_TAIL = 253
const HUGE = 254
const RESERVED = 255

const PAGES_MAX = SEGMENTS_MAX * SEGMENT_PAGES
const RUN_WORDS_MAX = (32 * 1024 * 1024) / 4
/** Huge blocks are a multiple of what the system hands out. */
const HUGE_GRANULE_BYTES = 4096
/** The largest single block: the longest string, and a table of 100 M items, stay below. */
export const BLOCK_BYTES_MAX = 2 ** 30

/** Each size class cuts its blocks from pages of its own: this many are free beyond those that are asked for. */
const ROOM_SLACK_PAGES = 16

// Slots of `totals`. Doubles in an array, because a field would allocate a heap number beyond 2^31.
const USED_WORDS = 0
const RESERVED_BYTES = 1

const NO_U32 = new Uint32Array(0)
const NO_U8 = widened(new Uint8Array(0))

const sharedU8 = (length: number): Uint8Array => new Uint8Array(new SharedArrayBuffer(length))
const sharedU16 = (length: number): Uint16Array => new Uint16Array(new SharedArrayBuffer(length * 2))
const sharedI32 = (length: number): Int32Array => new Int32Array(new SharedArrayBuffer(length * 4))

export class Memory {
  /** Views of the segments by number; empty ones where there is no segment. */
  readonly u32: Uint32Array[] = []
  readonly u8: Uint8Array[] = []
  /** Is told what is about to change; undefined while nobody needs to know. */
  witness: Witness | undefined

  private readonly pageClass = sharedU8(PAGES_MAX)
  private readonly pageSpan = sharedU16(PAGES_MAX)
  private readonly pageUsed = sharedI32(PAGES_MAX)
  private readonly pageFree = sharedI32(PAGES_MAX)
  private readonly pageBump = sharedI32(PAGES_MAX)
  private readonly pageNext = sharedI32(PAGES_MAX)
  private readonly pagePrev = sharedI32(PAGES_MAX)

  /** Per class: a slab with room, 0 = none (page 0 is RESERVED). */
  private readonly roomy = new Int32Array(CLASS_COUNT)
  /** Per class: the slab that is kept although it has no block in use, 0 = none. */
  private readonly kept = new Int32Array(CLASS_COUNT)
  /** Per segment: the slabs of it that are kept. */
  private readonly keptIn = new Int32Array(SEGMENTS_MAX)
  /** Per segment: its free pages; -1 where there is no normal segment. */
  private readonly freePages = new Int32Array(SEGMENTS_MAX).fill(-1)
  /** The free pages of all segments. */
  private freePagesInAll = 0
  /** Per segment: no run of free pages is longer than this. */
  private readonly longestRun = new Int32Array(SEGMENTS_MAX)
  /** Per segment: no page below this one is free. */
  private readonly firstFree = new Int32Array(SEGMENTS_MAX)
  /** Per segment: pages from here on have never been used and so hold zeros. */
  private readonly virginFrom = new Int32Array(SEGMENTS_MAX)

  private readonly totals = new Float64Array(new SharedArrayBuffer(16))
  /** Blocks may add up to this many bytes; beyond it alloc answers NIL. */
  limitBytes: number
  /** The key of the hash by which every table in this arena is ordered. */
  readonly hashKey: HashKey

  constructor(limitBytes = Number.POSITIVE_INFINITY, hashKey: HashKey = createHashKey()) {
    this.limitBytes = limitBytes
    this.hashKey = hashKey
    for (let segment = 0; segment < SEGMENTS_MAX; segment++) {
      this.u32.push(NO_U32)
      this.u8.push(NO_U8)
    }
    if (!this.addSegment(0)) throw new RangeError('no memory for the first segment of the arena')
    this.reservePageZero()
  }

  /** The bytes of all live blocks. */
  get usedBytes(): number {
    return this.totals[USED_WORDS] * 4
  }

  /** The bytes of all segments. Less of it is resident: pages never touched take no memory. */
  get reservedBytes(): number {
    return this.totals[RESERVED_BYTES]
  }

  /**
   * Whether so many bytes of blocks can be allocated, in many small ones or a few big ones: the limit leaves
   * room for them, and there are pages, for which segments are added now.
   */
  hasRoom(bytes: number): boolean {
    if (this.usedBytes + bytes > this.limitBytes) return false
    const pages = Math.ceil(bytes / PAGE_BYTES) + ROOM_SLACK_PAGES
    while (this.freePagesInAll < pages) {
      const segment = this.unusedSegment()
      if (segment === 0 || !this.addSegment(segment)) return false
    }
    return true
  }

  /**
   * A block of at least `bytes` bytes with undefined contents, or NIL when the limit, the system's
   * memory or the numbers of segments are exhausted; then nothing has changed. Views of existing
   * segments stay valid.
   */
  alloc(bytes: number): Ref {
    const words = (bytes + 3) >>> 2
    if (words > CLASS_WORDS_MAX) return this.allocLarge(bytes)
    const sizeClass = words === 0 ? 1 : classOf(words)
    const blockWords = CLASS_WORDS[sizeClass]
    const used = this.totals[USED_WORDS] + blockWords
    if (used * 4 > this.limitBytes) return NIL
    let page = this.roomy[sizeClass]
    if (page === 0) {
      page = this.addSlab(sizeClass)
      if (page === 0) return NIL
    }
    const segment = page >>> SEGMENT_PAGE_SHIFT
    const usedBlocks = this.pageUsed[page] + 1
    this.pageUsed[page] = usedBlocks
    if (usedBlocks === 1 && this.kept[sizeClass] === page) this.use(page, sizeClass)
    if (usedBlocks === SPAN_BLOCKS[sizeClass]) this.unlinkRoomy(page, sizeClass)
    let word = this.pageFree[page]
    if (word !== 0) {
      word--
      this.pageFree[page] = this.u32[segment][word]
    } else {
      word = this.pageBump[page]
      this.pageBump[page] = word + blockWords
    }
    this.totals[USED_WORDS] = used
    return (((segment << SEGMENT_SHIFT) | word) >>> 0) as Ref
  }

  /** As alloc, but filled with zeros; pages that are still untouched stay so. */
  allocZeroed(bytes: number): Ref {
    const words = (bytes + 3) >>> 2
    if (words <= CLASS_WORDS_MAX) {
      const ref = this.alloc(bytes)
      if (ref !== NIL) this.fillZero(ref, words)
      return ref
    }
    // A segment of its own is new. Of a run, only the pages that were used before need it.
    if (words > RUN_WORDS_MAX) return this.allocLarge(bytes)
    const virginBefore = this.virginFrom.slice()
    const ref = this.allocLarge(bytes)
    if (ref === NIL) return NIL
    const segment = ref >>> SEGMENT_SHIFT
    const word = ref & WORD_MASK
    const virginWord = virginBefore[segment] << PAGE_WORD_SHIFT
    this.u32[segment].fill(0, word, Math.max(word, Math.min(word + words, virginWord)))
    return ref
  }

  /** Gives a block back. Its first word is overwritten. */
  free(ref: Ref): void {
    const segment = ref >>> SEGMENT_SHIFT
    const word = ref & WORD_MASK
    let page = (segment << SEGMENT_PAGE_SHIFT) | (word >>> PAGE_WORD_SHIFT)
    const sizeClass = this.pageClass[page]
    if (sizeClass >= CLASS_COUNT) return this.freeLarge(page, sizeClass)
    assert(sizeClass !== FREE, 'a block that is freed lies in a page in use')
    page -= this.pageSpan[page]
    this.totals[USED_WORDS] -= CLASS_WORDS[sizeClass]
    const usedBlocks = this.pageUsed[page] - 1
    assert(usedBlocks >= 0, 'a block that is freed lies in a page in use')
    this.pageUsed[page] = usedBlocks
    const isEmpty = usedBlocks === 0
    if (isEmpty && !this.isWorthKeeping(page, sizeClass)) {
      if (SPAN_BLOCKS[sizeClass] > 1) this.unlinkRoomy(page, sizeClass)
      this.releasePages(page, SPAN_PAGES[sizeClass])
      return
    }
    this.u32[segment][word] = this.pageFree[page]
    this.pageFree[page] = word + 1
    if (isEmpty) return this.keep(page, sizeClass)
    if (usedBlocks === SPAN_BLOCKS[sizeClass] - 1) this.linkRoomy(page, sizeClass)
  }

  /** The usable bytes of a block: what was asked for, rounded up to its class. */
  sizeOf(ref: Ref): number {
    const page = ref >>> PAGE_WORD_SHIFT
    const sizeClass = this.pageClass[page]
    if (sizeClass < CLASS_COUNT) return CLASS_WORDS[sizeClass] << 2
    if (sizeClass === RUN) return this.pageSpan[page] * PAGE_BYTES
    assert(sizeClass === HUGE, 'a block lies in a page in use')
    return this.u8[page >>> SEGMENT_PAGE_SHIFT].length
  }

  /** The bytes that a block asked for with `bytes` would have. */
  blockSize(bytes: number): number {
    const words = (bytes + 3) >>> 2
    if (words <= CLASS_WORDS_MAX) return CLASS_WORDS[words === 0 ? 1 : classOf(words)] << 2
    const granule = words <= RUN_WORDS_MAX ? PAGE_BYTES : HUGE_GRANULE_BYTES
    return Math.ceil(bytes / granule) * granule
  }

  /**
   * Makes a block as big as alloc(bytes) would, where it lies. False when that takes another block;
   * then nothing has changed. A block of the same class always succeeds.
   */
  resizeInPlace(ref: Ref, bytes: number): boolean {
    const size = this.sizeOf(ref)
    const wanted = this.blockSize(bytes)
    if (wanted === size) return true
    const page = ref >>> PAGE_WORD_SHIFT
    if (this.pageClass[page] !== RUN || bytes <= CLASS_WORDS_MAX * 4 || bytes > RUN_WORDS_MAX * 4) return false
    const segment = page >>> SEGMENT_PAGE_SHIFT
    const has = size / PAGE_BYTES
    const wants = wanted / PAGE_BYTES
    if (wants < has) {
      this.pageSpan[page] = wants
      this.totals[USED_WORDS] -= (size - wanted) / 4
      this.releasePages(page + wants, has - wants)
      return true
    }
    const first = page & (SEGMENT_PAGES - 1)
    if (first + wants > SEGMENT_PAGES || this.usedBytes + wanted - size > this.limitBytes) return false
    for (let i = has; i < wants; i++) if (this.pageClass[page + i] !== FREE) return false
    this.takePages(segment, first + has, wants - has)
    this.pageClass.fill(RUN_TAIL, page + has, page + wants)
    this.pageSpan[page] = wants
    this.totals[USED_WORDS] += (wanted - size) / 4
    return true
  }

  /** Frees every block at once. Every Ref is dead afterwards. */
  reset(): void {
    for (let segment = SEGMENTS_MAX - 1; segment > 0; segment--) {
      if (this.u8[segment].length === 0) continue
      this.pageClass.fill(FREE, segment << SEGMENT_PAGE_SHIFT, (segment + 1) << SEGMENT_PAGE_SHIFT)
      this.dropSegment(segment)
    }
    this.pageClass.fill(FREE, 0, SEGMENT_PAGES)
    this.roomy.fill(0)
    this.kept.fill(0)
    this.keptIn.fill(0)
    this.freePages[0] = SEGMENT_PAGES
    this.totals[USED_WORDS] = 0
    this.reservePageZero()
  }

  /** Walks everything there is and throws where the books do not agree. For tests. */
  check(): void {
    let usedWords = 0
    let reserved = 0
    let freePages = 0
    for (let segment = 0; segment < SEGMENTS_MAX; segment++) {
      freePages += Math.max(0, this.freePages[segment])
      reserved += this.u8[segment].length
      const firstPage = segment << SEGMENT_PAGE_SHIFT
      if (this.u8[segment].length === 0) {
        for (let p = 0; p < SEGMENT_PAGES; p++)
          assert(this.pageClass[firstPage + p] === FREE, 'no page without segment')
      } else if (this.freePages[segment] < 0) {
        assert(this.pageClass[firstPage] === HUGE, 'a segment without pages is a huge block')
        usedWords += this.u32[segment].length
      } else usedWords += this.checkSegment(segment)
    }
    assert(usedWords === this.totals[USED_WORDS], `used words: counted ${usedWords}, booked ${this.totals[USED_WORDS]}`)
    assert(freePages === this.freePagesInAll, 'the free pages of all segments add up')
    assert(reserved === this.totals[RESERVED_BYTES], 'the segments add up to what is reserved')
    for (let sizeClass = 1; sizeClass < CLASS_COUNT; sizeClass++) {
      let previous = 0
      for (let page = this.roomy[sizeClass]; page !== 0; page = this.pageNext[page]) {
        assert(this.pagePrev[page] === previous, 'a list of slabs reads the same in both directions')
        assert(this.pageClass[page] === sizeClass, 'a slab is in the list of its class')
        assert(this.pageUsed[page] < SPAN_BLOCKS[sizeClass], 'a slab in the list has room')
        previous = page
      }
    }
  }

  /** The words in use in a segment, having checked each page of it. */
  private checkSegment(segment: number): number {
    const firstPage = segment << SEGMENT_PAGE_SHIFT
    let usedWords = 0
    let free = 0
    let run = 0
    for (let p = 0; p < SEGMENT_PAGES; ) {
      const page = firstPage + p
      const sizeClass = this.pageClass[page]
      if (sizeClass === FREE) {
        free++
        run++
        assert(run <= this.longestRun[segment], 'no run of free pages is longer than its bound')
        assert(p >= this.firstFree[segment], 'no free page lies below the first')
        p++
        continue
      }
      run = 0
      if (sizeClass === RESERVED) {
        assert(page === 0, 'only page 0 is reserved')
        p++
      } else if (sizeClass === RUN) {
        const pages = this.pageSpan[page]
        for (let i = 1; i < pages; i++) assert(this.pageClass[page + i] === RUN_TAIL, 'a run is whole')
        usedWords += pages * PAGE_WORDS
        p += pages
      } else {
        assert(sizeClass < CLASS_COUNT, 'a page that is neither free nor in a run belongs to a slab')
        usedWords += this.checkSlab(page, sizeClass)
        p += SPAN_PAGES[sizeClass]
      }
      assert(p <= this.virginFrom[segment], 'pages in use lie below the virgin ones')
    }
    assert(free === this.freePages[segment], 'free pages: counted and booked agree')
    return usedWords
  }

  private checkSlab(page: number, sizeClass: number): number {
    const segment = page >>> SEGMENT_PAGE_SHIFT
    const words = CLASS_WORDS[sizeClass]
    const start = (page & (SEGMENT_PAGES - 1)) << PAGE_WORD_SHIFT
    for (let i = 0; i < SPAN_PAGES[sizeClass]; i++) {
      assert(this.pageClass[page + i] === sizeClass && this.pageSpan[page + i] === i, 'a slab knows its pages')
    }
    const seen = new Set<number>()
    for (let link = this.pageFree[page]; link !== 0; link = this.u32[segment][link - 1]) {
      assert((link - 1 - start) % words === 0 && link - 1 < this.pageBump[page], 'a free block is a block')
      assert(!seen.has(link), 'no block is free twice')
      seen.add(link)
    }
    const fresh = SPAN_BLOCKS[sizeClass] - (this.pageBump[page] - start) / words
    assert(seen.size + fresh + this.pageUsed[page] === SPAN_BLOCKS[sizeClass], 'blocks: free, fresh and used add up')
    assert(this.pageUsed[page] > 0 !== (this.kept[sizeClass] === page), 'exactly the slabs without blocks are kept')
    let isListed = false
    for (let p = this.roomy[sizeClass]; p !== 0; p = this.pageNext[p]) if (p === page) isListed = true
    assert(isListed === this.pageUsed[page] < SPAN_BLOCKS[sizeClass], 'exactly the slabs with room are listed')
    return this.pageUsed[page] * words
  }

  // Slabs

  private addSlab(sizeClass: number): number {
    const pages = SPAN_PAGES[sizeClass]
    const page = this.findPagesOrKept(pages)
    if (page === 0) return 0
    for (let i = 0; i < pages; i++) {
      this.pageClass[page + i] = sizeClass
      this.pageSpan[page + i] = i
    }
    this.pageUsed[page] = 0
    this.pageFree[page] = 0
    this.pageBump[page] = (page & (SEGMENT_PAGES - 1)) << PAGE_WORD_SHIFT
    this.linkRoomy(page, sizeClass)
    return page
  }

  /** Whether a slab whose last block is freed is to stay: its class has no other one with room, and it takes one page. */
  private isWorthKeeping(page: number, sizeClass: number): boolean {
    return SPAN_PAGES[sizeClass] === 1 && this.roomy[sizeClass] === page && this.pageNext[page] === 0
  }

  private keep(page: number, sizeClass: number): void {
    const segment = page >>> SEGMENT_PAGE_SHIFT
    this.kept[sizeClass] = page
    this.keptIn[segment]++
    this.dropIfEmpty(segment)
  }

  /** A slab that was kept has a block in use again. */
  private use(page: number, sizeClass: number): void {
    this.kept[sizeClass] = 0
    this.keptIn[page >>> SEGMENT_PAGE_SHIFT]--
  }

  /** Gives the kept slabs of a segment up, or of all of them; false if there are none. */
  private releaseKept(segment?: number): boolean {
    let found = false
    for (let sizeClass = 1; sizeClass < CLASS_COUNT; sizeClass++) {
      const page = this.kept[sizeClass]
      if (page === 0 || (segment !== undefined && page >>> SEGMENT_PAGE_SHIFT !== segment)) continue
      this.use(page, sizeClass)
      this.unlinkRoomy(page, sizeClass)
      this.releasePages(page, 1)
      found = true
    }
    return found
  }

  private linkRoomy(page: number, sizeClass: number): void {
    const next = this.roomy[sizeClass]
    this.pagePrev[page] = 0
    this.pageNext[page] = next
    if (next !== 0) this.pagePrev[next] = page
    this.roomy[sizeClass] = page
  }

  private unlinkRoomy(page: number, sizeClass: number): void {
    const next = this.pageNext[page]
    const previous = this.pagePrev[page]
    if (previous === 0) this.roomy[sizeClass] = next
    else this.pageNext[previous] = next
    if (next !== 0) this.pagePrev[next] = previous
  }

  // Runs and huge blocks

  private allocLarge(bytes: number): Ref {
    if (bytes > BLOCK_BYTES_MAX) return NIL
    const size = this.blockSize(bytes)
    if (this.usedBytes + size > this.limitBytes) return NIL
    if (bytes > RUN_WORDS_MAX * 4) return this.allocHuge(size)
    const pages = size / PAGE_BYTES
    const page = this.findPagesOrKept(pages)
    if (page === 0) return NIL
    this.pageClass[page] = RUN
    this.pageClass.fill(RUN_TAIL, page + 1, page + pages)
    this.pageSpan[page] = pages
    this.totals[USED_WORDS] += size / 4
    return (page * PAGE_WORDS) as Ref
  }

  private allocHuge(size: number): Ref {
    const segment = this.unusedSegment()
    if (segment === 0 || !this.addBuffer(segment, size)) return NIL
    const page = segment << SEGMENT_PAGE_SHIFT
    this.pageClass[page] = HUGE
    this.totals[USED_WORDS] += size / 4
    return (page * PAGE_WORDS) as Ref
  }

  private freeLarge(page: number, mark: number): void {
    if (mark === HUGE) {
      const segment = page >>> SEGMENT_PAGE_SHIFT
      this.totals[USED_WORDS] -= this.u32[segment].length
      this.pageClass[page] = FREE
      this.dropSegment(segment)
      return
    }
    assert(mark === RUN, 'a block that is freed starts a run')
    const pages = this.pageSpan[page]
    this.totals[USED_WORDS] -= pages * PAGE_WORDS
    this.releasePages(page, pages)
  }

  private fillZero(ref: Ref, words: number): void {
    const u32 = this.u32[ref >>> SEGMENT_SHIFT]
    const word = ref & WORD_MASK
    if (words > 32) u32.fill(0, word, word + words)
    else for (let i = 0; i < words; i++) u32[word + i] = 0
  }

  // Pages

  /** As findPages, giving kept slabs up where it would fail. */
  private findPagesOrKept(count: number): number {
    const page = this.findPages(count)
    return page === 0 && this.releaseKept() ? this.findPages(count) : page
  }

  /** Takes `count` consecutive free pages, the lowest there are, adding a segment if need be. 0 = none. */
  private findPages(count: number): number {
    let unused = 0
    for (let segment = 0; segment < SEGMENTS_MAX; segment++) {
      if (this.freePages[segment] < count || this.longestRun[segment] < count) {
        if (unused === 0 && this.u8[segment].length === 0) unused = segment
        continue
      }
      const first = this.findRun(segment, count)
      if (first < 0) continue
      this.takePages(segment, first, count)
      return (segment << SEGMENT_PAGE_SHIFT) | first
    }
    if (unused === 0 || !this.addSegment(unused)) return 0
    this.takePages(unused, 0, count)
    return unused << SEGMENT_PAGE_SHIFT
  }

  /** First fit. When there is none the segment's bound becomes exact, so that it is not searched again. */
  private findRun(segment: number, count: number): number {
    const { pageClass } = this
    const base = segment << SEGMENT_PAGE_SHIFT
    let longest = 0
    let run = 0
    for (let p = this.firstFree[segment]; p < SEGMENT_PAGES; p++) {
      if (pageClass[base + p] !== FREE) run = 0
      else if (++run === count) return p - count + 1
      else if (run > longest) longest = run
    }
    this.longestRun[segment] = longest
    return -1
  }

  private takePages(segment: number, first: number, count: number): void {
    this.freePages[segment] -= count
    this.freePagesInAll -= count
    if (this.firstFree[segment] === first) this.firstFree[segment] = first + count
    if (this.virginFrom[segment] < first + count) this.virginFrom[segment] = first + count
  }

  private releasePages(page: number, count: number): void {
    const segment = page >>> SEGMENT_PAGE_SHIFT
    const first = page & (SEGMENT_PAGES - 1)
    this.pageClass.fill(FREE, page, page + count)
    this.freePages[segment] += count
    this.freePagesInAll += count
    this.longestRun[segment] = this.freePages[segment]
    if (first < this.firstFree[segment]) this.firstFree[segment] = first
    this.dropIfEmpty(segment)
  }

  /** Drops a segment, unless it is the spare one, in which no block is left. */
  private dropIfEmpty(segment: number): void {
    if (this.freePages[segment] + this.keptIn[segment] !== SEGMENT_PAGES) return
    // The last one to be released comes back here.
    if (this.keptIn[segment] > 0) this.releaseKept(segment)
    else this.dropUnlessOnlySpare(segment)
  }

  // Segments

  /**
   * Drops an empty segment when there is another empty one. One is kept, so that a block allocated
   * and freed at the border does not make and drop a segment each time.
   */
  private dropUnlessOnlySpare(segment: number): void {
    for (let other = SEGMENTS_MAX - 1; other > 0; other--) {
      if (other === segment || this.freePages[other] !== SEGMENT_PAGES) continue
      this.dropSegment(Math.max(other, segment))
      return
    }
  }

  private unusedSegment(): number {
    for (let segment = 1; segment < SEGMENTS_MAX; segment++) if (this.u8[segment].length === 0) return segment
    return 0
  }

  private addSegment(segment: number): boolean {
    if (!this.addBuffer(segment, SEGMENT_BYTES)) return false
    this.freePages[segment] = SEGMENT_PAGES
    this.freePagesInAll += SEGMENT_PAGES
    this.longestRun[segment] = SEGMENT_PAGES
    this.firstFree[segment] = 0
    this.virginFrom[segment] = 0
    return true
  }

  private addBuffer(segment: number, bytes: number): boolean {
    let buffer: SharedArrayBuffer
    try {
      buffer = new SharedArrayBuffer(bytes)
    } catch (error) {
      // The system refuses: the caller answers that memory is exhausted.
      if (error instanceof RangeError) return false
      throw error
    }
    this.u32[segment] = new Uint32Array(buffer)
    this.u8[segment] = widened(new Uint8Array(buffer))
    this.totals[RESERVED_BYTES] += bytes
    return true
  }

  private dropSegment(segment: number): void {
    // A huge block's segment has none to count.
    this.freePagesInAll -= Math.max(0, this.freePages[segment])
    this.totals[RESERVED_BYTES] -= this.u8[segment].length
    this.u32[segment] = NO_U32
    this.u8[segment] = NO_U8
    this.freePages[segment] = -1
    this.virginFrom[segment] = 0
  }

  /** Keeps word 0 of segment 0, whose Ref would be NIL, from being handed out. */
  private reservePageZero(): void {
    this.pageClass[0] = RESERVED
    this.freePages[0] = SEGMENT_PAGES - 1
    this.freePagesInAll = SEGMENT_PAGES - 1
    this.longestRun[0] = SEGMENT_PAGES - 1
    this.firstFree[0] = 1
    this.virginFrom[0] = Math.max(this.virginFrom[0], 1)
  }
}
