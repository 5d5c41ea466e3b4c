/* SPDX-License-Identifier: BSD-2-Clause */
/* Facts about >> on integers, proved from WP's own axioms on shifts. */
/*@ lemma shr_more: \forall integer x, m, k;
  @   0 <= m && 0 <= k ==> ((x >> m) >> k) == x >> (m + k);
  @ lemma shr_shr: \forall integer x, m, k;
  @   0 <= m <= k ==> (x >> k) == ((x >> m) >> (k - m));
  @ lemma shr_eq: \forall integer x, y, m, k;
  @   0 <= m <= k && (x >> m) == (y >> m) ==> (x >> k) == (y >> k);
  @ lemma shr_step: \forall integer x, m;
  @   0 <= m && 0 <= (x >> m) ==> (x >> (m + 1)) == (x >> m) / 2;
  @*/
