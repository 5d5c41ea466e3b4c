/* SPDX-License-Identifier: BSD-2-Clause */
/* Proofs of the lemmas of pow2.h: induction, written as loops. */
#include "pow2.h"

/*@ ghost
  void lemma_pow2(int n)
  {
    int i = 0;
    /@ loop invariant 0 <= i <= n;
     @ loop invariant (1 << i) == pow2(i);
     @ loop invariant 1 <= pow2(i);
     @ loop assigns i; loop variant n - i; @/
    while (i < n) {
      //@ assert (1 << (i + 1)) == ((1 << i) << 1);
      i = i + 1;
    }
  }
*/

/*@ ghost
  void lemma_pow2_split(int m, int n)
  {
    int i = 0;
    lemma_pow2(m);
    /@ loop invariant 0 <= i <= n - m;
     @ loop invariant pow2(m) * pow2(i) == pow2(m + i);
     @ loop invariant 1 <= pow2(i);
     @ loop invariant pow2(m) <= pow2(m + i);
     @ loop assigns i; loop variant n - i; @/
    while (i < n - m) {
      i = i + 1;
    }
  }
*/

/*@ ghost
  void lemma_pow2_max(int n)
  {
    lemma_pow2(63);
    lemma_pow2_split(n, 63);
  }
*/

/*@ ghost
  void lemma_halve(uint64_t a, uint64_t h, int i)
  {
    //@ assert a == 2 * h ==> a * pow2(i) == h * (2 * pow2(i));
    //@ assert a == 2 * h + 1 ==> a * pow2(i) == (2 * h) * pow2(i) + pow2(i);
    //@ assert (2 * h) * pow2(i) == h * (2 * pow2(i));
  }
*/

/*@ ghost
  void lemma_scale(uint64_t a, int n)
  {
    lemma_pow2(n);
  }
*/

/*@ ghost
  void lemma_quotient(uint64_t x, int n, uint64_t q, uint64_t k)
  {
    lemma_pow2(n);
    if (k <= q)
      lemma_scale(q - k, n);
    else
      lemma_scale(k - q - 1, n);
  }
*/

/*@ ghost
  void lemma_remainder(uint64_t x, int n, uint64_t q)
  {
    uint64_t p = 1;
    int i = 0;
    /@ loop invariant 0 <= i <= n;
     @ loop invariant p == pow2(i) && 1 <= pow2(i);
     @ loop assigns i, p; loop variant n - i; @/
    while (i < n) {
      lemma_pow2_max(i + 1);
      p = 2 * p;
      i = i + 1;
    }
    uint64_t k = x / p;
    //@ assert x == k * p + x % p;
    //@ assert 0 <= x % p < p;
    if (k < q)
      lemma_scale(q - k - 1, n);
    else if (k > q)
      lemma_scale(k - q - 1, n);
    //@ assert k == q;
  }
*/

/*@ ghost
  void lemma_shift_right(uint64_t x, int n)
  {
    int i = 0;
    /@ loop invariant 0 <= i <= n;
     @ loop invariant 1 <= pow2(i);
     @ loop invariant 0 <= (x >> i) <= x;
     @ loop invariant (x >> i) * pow2(i) <= x;
     @ loop invariant x <= (x >> i) * pow2(i) + pow2(i) - 1;
     @ loop assigns i; loop variant n - i; @/
    while (i < n) {
      //@ assert (x >> (i + 1)) == ((x >> i) >> 1);
      //@ assert ((x >> i) >> 1) == (x >> i) / 2;
      /@ assert (x >> i) == 2 * (x >> (i + 1)) ||
       @        (x >> i) == 2 * (x >> (i + 1)) + 1; @/
      lemma_halve(x >> i, x >> (i + 1), i);
      i = i + 1;
    }
  }
*/

/*@ ghost
  void lemma_shift_left(uint64_t x, int n)
  {
    int i = 0;
    /@ loop invariant 0 <= i <= n;
     @ loop invariant (x << i) == x * pow2(i);
     @ loop assigns i; loop variant n - i; @/
    while (i < n) {
      //@ assert (x << (i + 1)) == ((x << i) << 1);
      //@ assert ((x << i) << 1) == 2 * (x << i);
      i = i + 1;
    }
  }
*/
