/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads on the RV64 fixture: system calls made by setting registers.
 *
 *   root slots beside the fixture's:   48 ..  63  THREADS: TCBs by number
 *                                      64 ..  79  BUFFERS: their frames
 *                                      80 ...     FREE
 *
 * Thread 0 is the root task, FIX_TCB, the first to run, with priority and MCP
 * 255; it and every thread made here share the root CNode, FIX_VSPACE and
 * have an IPC buffer.  A test makes the current thread do something, and
 * looks at who is current then, at registers and at buffers.  After every
 * kernel entry the whole state is checked, threads included.
 */
#ifndef FALLOW_TEST_THREADS_H
#define FALLOW_TEST_THREADS_H
#include "fixture.h"
#include "invocations.h"
#include "ipc.h"
#include "syscall.h"

enum {
    THREADS = 48,
    THREADS_MAX = 16,
    BUFFERS = THREADS + THREADS_MAX,
    FREE = BUFFERS + THREADS_MAX,
};

#define TIMER_IRQ 96u

/* The fixture with threads; thread 0 runs. */
void threads_start(struct fixture *f);

/* The same with n domains and a schedule of m entries. */
void threads_start_domains(struct fixture *f, uint16_t domains,
                           uint16_t schedule);

/* Makes thread n of this priority, MCP 0, Inactive; no claim. */
void thread_make(struct fixture *f, unsigned n, uint8_t priority);

/* The same, and resumed: thread 0's doing.  It begins at pc 0x1000 * n. */
void thread_make_ready(struct fixture *f, unsigned n, uint8_t priority);

/* Address, state, buffer and registers of thread n. */
paddr_t thread_tcb(const struct fixture *f, unsigned n);
struct thread *thread_of(const struct fixture *f, unsigned n);
uint64_t *buffer_of(const struct fixture *f, unsigned n);
uint64_t *reg_of(const struct fixture *f, unsigned n);

/* The number of the current thread; -1: idle. */
int running(const struct fixture *f);
bool ok_running(struct fixture *f, int n, const char *name);

/* Claims thread n's state. */
bool ok_state(struct fixture *f, unsigned n, enum thread_state state,
              const char *name);

/* The current thread makes a system call: FaultIP goes on by 4 as a program
 * would, so that every call has an address of its own. */
void sys(struct fixture *f, int64_t number, uint64_t cptr, uint64_t info);

/* Registers and buffer words of the current thread's next message. */
void set_words(struct fixture *f, uint32_t count, const uint64_t *words);
void set_caps(struct fixture *f, uint32_t count, const uint64_t *cptrs);

/* An invocation by the current thread, by Call; repeated while preempted.
 * The reply is in f->reply as after call(), up to REPLY_WORDS_MAX words of
 * it.  Returns the label. */
uint64_t invoke_call(struct fixture *f, uint64_t cptr, uint64_t label,
                     uint32_t length, const uint64_t *words, uint32_t cap_count,
                     const uint64_t *cptrs);

/* Shorthands for invocations of threads by root slot. */
uint64_t tcb_resume(struct fixture *f, unsigned n);
uint64_t tcb_suspend(struct fixture *f, unsigned n);
uint64_t tcb_set_priority(struct fixture *f, unsigned n, uint64_t priority);
uint64_t tcb_set_space(struct fixture *f, unsigned n, uint64_t handler);

/* Deletes root slot `slot', by Call of the current thread. */
uint64_t delete_by_call(struct fixture *f, uint64_t slot);

/* Claims the registers of thread n: badge, info, then message registers. */
#define ok_message(f, n, name, ...)                                            \
    threads_ok_message(f, n, name,                                             \
                       sizeof((const uint64_t[]){__VA_ARGS__}) / 8,            \
                       (const uint64_t[]){__VA_ARGS__})
bool threads_ok_message(struct fixture *f, unsigned n, const char *name,
                        size_t count, const uint64_t *badge_info_words);

/* Checks kernel and threads now. */
void threads_check(struct fixture *f, const char *after);
#endif
