/* SPDX-License-Identifier: BSD-2-Clause */
/* Small help for the other headers, the same in C and in C++.  No header of
 * ours includes one of a C library. */
#ifndef SEL4_MACROS_H
#define SEL4_MACROS_H

#ifdef __cplusplus
#define SEL4_STATIC_ASSERT static_assert
#else
#define SEL4_STATIC_ASSERT _Static_assert
#endif

#define SEL4_COMPILE_ASSERT(name, holds) SEL4_STATIC_ASSERT(holds, #name);
#define SEL4_SIZE_SANITY(value_bits, entry_bits, size_bits)                    \
    SEL4_STATIC_ASSERT((value_bits) + (entry_bits) == (size_bits), "size");
#define SEL4_OFFSET_ASSERT(type, member, bytes)                                \
    SEL4_STATIC_ASSERT(__builtin_offsetof(type, member) == (bytes),            \
                       #type "." #member " is ABI")

/* Makes an enumeration as large as a word. */
#define SEL4_FORCE_LONG_ENUM(name) name##_is_a_word = 0x7fffffffffffffffl

#define LIBSEL4_BIT(n)      (1ul << (n))
#define LIBSEL4_UNUSED      __attribute__((unused))
#define LIBSEL4_NORETURN    __attribute__((noreturn))
#define LIBSEL4_WEAK        __attribute__((weak))
#define LIBSEL4_INLINE      static inline LIBSEL4_UNUSED
#define LIBSEL4_INLINE_FUNC static inline LIBSEL4_UNUSED
#define LIBSEL4_ALWAYS_INLINE                                                  \
    static inline __attribute__((always_inline, unused))
#define SEL4_DEPRECATED(text)         __attribute__((deprecated(text)))
#define SEL4_DEPRECATE_MACRO(x, text) _Pragma(text) x
#endif
