/* SPDX-License-Identifier: BSD-2-Clause */
/* P1: the arithmetic of retype is exact, for all 64-bit numbers. */
#include "pow2.h"
#include "bits.h"
#include "retype.h"

/*@ requires n <= POW2_MAX;
  @ terminates \true; exits \false; assigns \nothing;
  @ ensures \result == pow2(n) && 1 <= pow2(n) <= 0x8000000000000000;
  @*/
static inline uint64_t bits_size(unsigned n);

/*@ requires n <= POW2_MAX;
  @ terminates \true; exits \false; assigns \nothing;
  @ ensures \result * pow2(n) <= x <= \result * pow2(n) + pow2(n) - 1;
  @ ensures \result <= x;
  @*/
static inline uint64_t bits_down(uint64_t x, unsigned n);

/*@ requires n <= POW2_MAX && x * pow2(n) <= UINT64_MAX;
  @ terminates \true; exits \false; assigns \nothing;
  @ ensures \result == x * pow2(n);
  @*/
static inline uint64_t bits_up(uint64_t x, unsigned n);

/*@ requires n <= POW2_MAX;
  @ terminates \true; exits \false; assigns \nothing;
  @ ensures \result != 0 <==> aligned(x, n);
  @*/
static inline bool bits_aligned(uint64_t x, unsigned n);

/*@ requires n <= POW2_MAX;
  @ terminates \true; exits \false; assigns \nothing;
  @ ensures \result == (x >> n) % 2;
  @*/
static inline unsigned bits_bit(uint64_t x, unsigned n);

/* What R0 means. */
/*@ predicate window(integer s, integer b, integer offset, integer count) =
  @   b <= s && offset < pow2(s) && aligned(offset, b) &&
  @   offset + count * pow2(b) <= pow2(s);
  @*/

/*@ requires s <= RETYPE_BITS_MAX;
  @ terminates \true; exits \false; assigns \nothing;
  @ ensures exact: \result == RETYPE_WINDOW_OK <==>
  @   window(s, b, offset, count);
  @ ensures too_large: \result == RETYPE_TOO_LARGE <==> b > s;
  @ ensures misaligned: \result == RETYPE_MISALIGNED <==>
  @   b <= s && !aligned(offset, b);
  @ ensures outside: \result == RETYPE_OUTSIDE <==>
  @   b <= s && aligned(offset, b) && offset >= pow2(s);
  @ ensures no_memory: \result == RETYPE_NO_MEMORY <==>
  @   b <= s && aligned(offset, b) && offset < pow2(s) &&
  @   offset + count * pow2(b) > pow2(s);
  @*/
enum retype_window retype_check_window(unsigned s, uint64_t b, uint64_t offset,
                                       uint64_t count);

/*@ requires b <= RETYPE_BITS_MAX && watermark <= pow2(RETYPE_BITS_MAX);
  @ terminates \true; exits \false; assigns \nothing;
  @ ensures aligned: aligned(\result, b);
  @ ensures least: watermark <= \result < watermark + pow2(b);
  @*/
uint64_t retype_round_up(uint64_t watermark, unsigned b);

/*@ requires \exists integer s; b <= s <= RETYPE_BITS_MAX &&
  @   offset + count * pow2(b) <= pow2(s) && watermark <= pow2(s);
  @ terminates \true; exits \false; assigns \nothing;
  @ ensures monotone: watermark <= \result;
  @ ensures w1: offset + count * pow2(b) <= \result;
  @ ensures least: \result == watermark ||
  @   \result == offset + count * pow2(b);
  @*/
uint64_t retype_watermark(uint64_t watermark, unsigned b, uint64_t offset,
                          uint64_t count);

/*@ requires s <= RETYPE_BITS_MAX;
  @ terminates \true; exits \false; assigns \nothing;
  @ ensures none: \result == 0 <==> b > s;
  @ ensures whole: b <= s ==> \result == pow2(s - b) &&
  @   \result * pow2(b) == pow2(s) && window(s, b, 0, \result);
  @*/
uint64_t retype_count_whole(unsigned s, uint64_t b);

#include "../kernel/core/retype.c"
