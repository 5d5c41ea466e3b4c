/* SPDX-License-Identifier: BSD-2-Clause */
/* Powers of two for the provers: 2^n as a number, and what shifts have to do
 * with it.  Two axioms, the rest is proved (pow2.c).
 *
 *   1 << n == pow2(n)      x << n == x * pow2(n)
 *   x >> n: the q with q * pow2(n) <= x < (q + 1) * pow2(n)
 *
 * A lemma is a ghost function: called where its fact is needed and nowhere
 * else, since products in every prover's context cost proofs elsewhere.
 */
#ifndef FALLOW_PROOF_POW2_H
#define FALLOW_PROOF_POW2_H
#include "types.h"

#define POW2_MAX 63u

/*@ axiomatic Pow2 {
  @   logic integer pow2(integer n);
  @   axiom pow2_zero: pow2(0) == 1;
  @   axiom pow2_succ:
  @     \forall integer n; n >= 0 ==> pow2(n + 1) == 2 * pow2(n);
  @ }
  @
  @ predicate aligned(integer x, integer n) = 0 <= x && x % pow2(n) == 0;
  @*/

/*@ ghost
  /@ requires 0 <= n <= POW2_MAX;
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures (1 << n) == pow2(n);
   @ ensures 1 <= pow2(n);
   @/
  void lemma_pow2(int n);
*/

/*@ ghost
  /@ requires 0 <= m <= n && n <= POW2_MAX;
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures pow2(m) * pow2(n - m) == pow2(n);
   @ ensures 1 <= pow2(m) <= pow2(n);
   @ ensures 1 <= pow2(n - m);
   @/
  void lemma_pow2_split(int m, int n);
*/

/*@ ghost
  /@ requires 0 <= n <= POW2_MAX;
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures 1 <= pow2(n) <= 0x8000000000000000;
   @/
  void lemma_pow2_max(int n);
*/

/*@ ghost
  /@ requires (a == 2 * h || a == 2 * h + 1) && 0 <= i < POW2_MAX;
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures a * pow2(i) == h * pow2(i + 1) ||
   @         a * pow2(i) == h * pow2(i + 1) + pow2(i);
   @/
  void lemma_halve(uint64_t a, uint64_t h, int i);
*/

/*@ ghost
  /@ requires 0 <= n <= POW2_MAX;
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures 0 <= a * pow2(n);
   @/
  void lemma_scale(uint64_t a, int n);
*/

/* How many times 2^n fits x. */
/*@ ghost
  /@ requires 0 <= n <= POW2_MAX;
   @ requires q * pow2(n) <= x <= q * pow2(n) + pow2(n) - 1;
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures k * pow2(n) <= x <==> k <= q;
   @/
  void lemma_quotient(uint64_t x, int n, uint64_t q, uint64_t k);
*/

/* The remainder of x by 2^n, q being the quotient at hand. */
/*@ ghost
  /@ requires 0 <= n <= POW2_MAX;
   @ requires q * pow2(n) <= x <= q * pow2(n) + pow2(n) - 1;
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures x % pow2(n) == x - q * pow2(n);
   @/
  void lemma_remainder(uint64_t x, int n, uint64_t q);
*/

/*@ ghost
  /@ requires 0 <= n <= POW2_MAX;
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures 0 <= (x >> n) <= x;
   @ ensures (x >> n) * pow2(n) <= x <= (x >> n) * pow2(n) + pow2(n) - 1;
   @/
  void lemma_shift_right(uint64_t x, int n);
*/

/*@ ghost
  /@ requires 0 <= n <= POW2_MAX;
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures (x << n) == x * pow2(n);
   @/
  void lemma_shift_left(uint64_t x, int n);
*/
#endif
