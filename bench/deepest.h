/* SPDX-License-Identifier: BSD-2-Clause */
/* The deepest tree that an address width allows: a ladder of sizes.
 *
 *   0  16 32    64          128                    2^(W-2)       2^(W-1)
 *   +--+--+-----+-----------+--- ... --------------+-------------+---------
 *   | *|  2^4   |    2^5    |                      |   2^(W-2)   |  2^(W-1)
 *   +--+--+-----+-----------+--- ... --------------+-------------+---------
 *
 * All of it lies in one untyped of 2^W bytes, the root.  Each block [0, 2^k)
 * has its upper half as its largest region, so every depth down to W - 4 has
 * a node on the way to address 0: a longer way there cannot be, since no
 * region is smaller than 16 bytes.
 */
#ifndef FALLOW_DEEPEST_H
#define FALLOW_DEEPEST_H
#include <stdint.h>

/* Measures each operation where it takes longest in that tree; results are
 * named "deepest/OPERATION", their numbers are W, visits and the limit. */
void deepest_measure(uint8_t window_bits);
#endif
