/* SPDX-License-Identifier: BSD-2-Clause */
/* The calls of <sys/mman.h> that the hosted machine makes, for a root task:
 * paged_memory.c answers them with frames of this kernel. */
#ifndef FALLOW_SYS_MMAN_H
#define FALLOW_SYS_MMAN_H
#include <stddef.h>

#define PROT_NONE     0
#define PROT_READ     1
#define PROT_WRITE    2
#define MAP_PRIVATE   2
#define MAP_ANONYMOUS 0x20
#define MAP_NORESERVE 0x4000
#define MAP_FAILED    ((void *)-1)
#define MADV_DONTNEED 4

void *mmap(void *hint, size_t bytes, int protection, int flags, int file,
           long offset);
int mprotect(void *start, size_t bytes, int protection);
int madvise(void *start, size_t bytes, int advice);
int munmap(void *start, size_t bytes);
#endif
